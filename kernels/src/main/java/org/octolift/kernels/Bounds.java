package org.octolift.kernels;

/// Bounds of parallel loops.
public final class Bounds {
  /// TornadoVM takes a parameter that is itself the bound of a parallel loop for the size of the
  /// grid, wherever the kernel uses it, if the task has a grid of its own. `size & LITERAL` is
  /// `size`, and compiled as such.
  public static final int LITERAL = Integer.MAX_VALUE;

  private Bounds() {}
}
