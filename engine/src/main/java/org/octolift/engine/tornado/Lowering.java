package org.octolift.engine.tornado;

import java.util.function.Consumer;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.InverseIndex;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// What an op sees while it appends its tasks to a device's graphs:
///
/// ```
/// tasks.graph().task(tasks.id("relu"), Elementwise::relu, tasks.floats(y), tasks.floats(x),
///     tasks.counts(), tasks.slot(y.rows()), channels, tasks.capacity(y.rows()));
/// ```
///
/// An array that is to be an argument must be asked for here, by every op that uses it: that is how
/// transfers between host, device and graphs are found.
public interface Lowering {
  /// The most tasks of an op.
  int MOST_TASKS = 16;

  /// The graph to append tasks to.
  TaskGraph graph();

  /// The name of the next task: `name` with a number.
  String id(String name);

  /// As [#id(String)], for a kernel with a context that runs on {@code grid}. The grid is fixed: it
  /// must cover the capacities.
  String id(String name, WorkerGrid grid);

  /// The array of a float value, as large as its capacity.
  FloatArray floats(Value value);

  /// The array of an int value, as large as its capacity.
  IntArray ints(Value value);

  /// The numbers of rows of the batch.
  IntArray counts();

  /// Where [#counts] has the number behind a symbol.
  int slot(Rows rows);

  /// The most rows that a symbol stands for in this plan.
  int capacity(Rows rows);

  /// Memory of at least {@code size} floats whose contents are undefined. Different slots do not
  /// overlap; the same slot is used again by the next op.
  FloatArray scratch(int slot, int size);

  /// An array that never changes.
  IntArray constants(int... values);

  /// For each of {@code rows}, the places of {@code index} that name it; computed on the host for
  /// each batch.
  ///
  /// @throws IllegalArgumentException if the index is no input of the batch
  InverseIndex inverse(Value index, Rows rows);

  /// Checks every batch on the host before a run: kernels cannot refuse their input.
  void verify(Consumer<BoundBatch> check);
}
