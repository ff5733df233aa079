package org.octolift.engine;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// What a batch gives to a program: the number behind each row symbol and the input arrays.
/// Arrays may be larger than rows × channels; only that prefix is read.
public interface BatchInputs {
  /// The number of rows. Fixed symbols answer themselves.
  int rows(Rows rows);

  /// A float input.
  ///
  /// @throws IllegalArgumentException if this batch has no such input
  FloatArray floats(InputKey key);

  /// An int input.
  ///
  /// @throws IllegalArgumentException if this batch has no such input
  IntArray ints(InputKey key);
}
