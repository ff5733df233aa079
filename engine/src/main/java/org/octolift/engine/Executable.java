package org.octolift.engine;

import java.util.Map;
import org.octolift.engine.memory.MemoryPlan;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// A program on a device. Nothing is allocated in a run unless the batch outgrows the planned
/// capacities; then memory is planned anew for the next larger bucket.
public interface Executable extends AutoCloseable {
  /// Runs the program once on a batch.
  void run(BatchInputs batch);

  /// As [#run], but returns the nanoseconds of each op of the program, in order.
  long[] profile(BatchInputs batch);

  /// A kept float value or a variable after the last run; valid until the next one. The array may
  /// be larger than the value.
  FloatArray floats(Value value);

  /// A kept int value after the last run; valid until the next one.
  IntArray ints(Value value);

  /// The rows that a value had in the last run.
  int rows(Value value);

  /// The memory plan in force; null before the first run.
  MemoryPlan plan();

  /// Bytes on a device with memory of its own, by what they are for; empty for others, and before
  /// the first run.
  default Map<String, Long> deviceBytes() {
    return Map.of();
  }

  @Override
  void close();
}
