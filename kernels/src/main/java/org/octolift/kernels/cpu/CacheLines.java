package org.octolift.kernels.cpu;

/// Where vectors in a heap array lie within cache lines. A vector of 512 bits is a whole line: if
/// it straddles two, its load takes twice as long, and tiles that read 6 vectors for 18 products
/// run at 84 instead of 90 % of the peak.
///
/// The launcher has the JVM place objects at multiples of 64 bytes, and the elements of an array
/// begin 16 bytes further. In a JVM that places them otherwise [#FIRST] costs a few bytes.
public final class CacheLines {
  /// The first element that begins a line, in an array of floats.
  public static final int FIRST = (64 - 16) / Float.BYTES;

  private CacheLines() {}
}
