package org.octolift.engine.cpu;

import org.octolift.engine.Op;

/// An op on [CpuRun#denseKernels()]: a device that loads a program with one has them compiled while
/// weights and images are read.
public interface DenseOp extends Op {}
