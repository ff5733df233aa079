package org.octolift.engine;

import java.util.HashMap;
import java.util.Map;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// A batch of given counts and arrays.
public final class TestBatch implements BatchInputs {
  private final Map<Rows, Integer> counts = new HashMap<>();
  private final Map<InputKey, FloatArray> floats = new HashMap<>();
  private final Map<InputKey, IntArray> ints = new HashMap<>();

  public TestBatch rows(Rows rows, int count) {
    counts.put(rows, count);
    return this;
  }

  public TestBatch floats(InputKey key, float... values) {
    floats.put(key, FloatArray.fromArray(values));
    return this;
  }

  public TestBatch ints(InputKey key, int... values) {
    ints.put(key, IntArray.fromArray(values));
    return this;
  }

  @Override
  public int rows(Rows rows) {
    Integer count = counts.get(rows);
    if (count == null) {
      throw new IllegalArgumentException("no count of " + rows);
    }
    return count;
  }

  @Override
  public FloatArray floats(InputKey key) {
    return present(floats.get(key), key);
  }

  @Override
  public IntArray ints(InputKey key) {
    return present(ints.get(key), key);
  }

  private static <T> T present(T array, InputKey key) {
    if (array == null) {
      throw new IllegalArgumentException("no input " + key);
    }
    return array;
  }
}
