package org.octolift.apps.broken.engine.cpu;

/// What networks should not know.
public final class CpuDevice {}
