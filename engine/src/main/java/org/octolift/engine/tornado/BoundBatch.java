package org.octolift.engine.tornado;

import org.octolift.engine.Value;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// A batch on the host, before a device runs on it.
public interface BoundBatch {
  /// The rows of a value.
  int rows(Value value);

  /// An int input; may be larger than the value.
  IntArray ints(Value input);
}
