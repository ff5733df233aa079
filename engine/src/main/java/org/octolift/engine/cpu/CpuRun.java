package org.octolift.engine.cpu;

import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.kernels.cpu.DenseKernels;
import org.octolift.kernels.cpu.PairKernels;
import org.octolift.kernels.cpu.RowKernels;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// What an op sees while it runs on the CPU: its values' arrays, the batch's row counts, the
/// threads and scratch memory.
public interface CpuRun {
  /// The array of a float value; may be larger than the value.
  FloatArray floats(Value value);

  /// The array of an int value; may be larger than the value.
  IntArray ints(Value value);

  /// The number behind a row symbol in this run.
  int rows(Rows rows);

  /// The number of rows of a value in this run.
  default int rows(Value value) {
    return rows(value.rows());
  }

  /// The threads.
  Workers workers();

  /// The inner loops of sparse products for this CPU.
  PairKernels pairKernels();

  /// The inner loops over rows and elements for this CPU.
  RowKernels rowKernels();

  /// The inner loops of dense products, attention and images for this CPU.
  DenseKernels denseKernels();

  /// Pairs of output and input rows for every column of a relation's table; built once a batch.
  PairLists pairs(Value table);

  /// Pairs that join row i to row i.
  PairLists identity(int rows);

  /// For each of `rows` rows, the places of `index` that name it; built once a batch if the index
  /// is an input.
  InverseIndex inverse(Value index, int rows);

  /// Scratch memory of one thread, at least {@code size} floats; contents undefined. Different
  /// slots (0..7) do not overlap; the same slot is reused by the next op.
  float[] scratch(int thread, int slot, int size);

  /// Scratch memory that all threads share, at least {@code size} floats; contents undefined.
  float[] sharedScratch(int slot, int size);

  /// As [#sharedScratch], for kernels on off-heap arrays. Slots 0..3.
  FloatArray offHeapScratch(int slot, int size);
}
