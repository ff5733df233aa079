package org.octolift.kernels;

/// The shape of a matrix of rows as an array that a kernel reads: [#SLOT], [#CHANNELS],
/// [#CAPACITY]. Numbers among a kernel's arguments are literals of its code, and each combination
/// of them is compiled by itself. That pays where they decide what the code looks like; a kernel
/// that runs at the speed of memory takes its shapes from arrays, so that one serves for all
/// layers.
public final class Shape {
  /// Where the slot is: the place of the number of rows among the counts.
  public static final int SLOT = 0;

  /// Where the number of channels is.
  public static final int CHANNELS = 1;

  /// Where the most rows are.
  public static final int CAPACITY = 2;

  /// How many numbers a shape has.
  public static final int LENGTH = 3;

  private Shape() {}
}
