package org.octolift.apps.train;

import org.octolift.apps.config.ModelConfig;
import org.octolift.engine.Program;

/// What a program asks of its batches.
///
/// @param program that the batches are for
/// @param targets what their rows are compared with
/// @param model the network, whose input they are
record BatchFormat(Program program, Targets targets, ModelConfig model) {}
