package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/// What tensor-core kernels know about TornadoVM's arrays.
final class Fragments {
  /// Bytes in front of the elements of Java's own arrays.
  private static final int JAVA_HEADER = 16;

  /// The column at which `KernelContext.mmaStore` finds an array's first element. It takes every
  /// array to begin as Java's own do, whereas TornadoVM's arrays have a header as long as {@code
  /// tornado.panama.objectHeader} says.
  static final int ORIGIN =
      System.getProperty("tornado.panama.objectHeader") == null
          ? 0
          : (int) (TornadoNativeArray.ARRAY_HEADER - JAVA_HEADER) / Float.BYTES;

  private Fragments() {}
}
