package org.octolift.apps.train;

import org.octolift.apps.config.ModelConfig;
import org.octolift.engine.Program;

/// What a program asks of its batches.
///
/// @param program that the batches are for
/// @param target which rows are scored
/// @param model the network, whose input they are
record BatchFormat(Program program, Target target, ModelConfig model) {}
