package org.octolift.engine.tornado;

import java.util.List;
import java.util.function.Consumer;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.InverseIndex;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.WorkerGrid3D;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

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
  int MOST_TASKS = 24;

  /// Work-items of a group of a loop.
  int LOOP = 256;

  /// The first slot of [#unused].
  int UNUSED = 9;

  /// The graph to append tasks to.
  TaskGraph graph();

  /// The name of the next task, for a loop over one dimension: `name` with numbers. On a GPU it
  /// runs on as many work-items as that holds, whatever its range. A loop over two must have a
  /// grid: without it, one of them would be sequential.
  String id(String name);

  /// As [#id(String)], for a kernel that runs on {@code grid}. The grid is fixed: with a context it
  /// must cover the capacities; loops go on beyond it.
  String id(String name, WorkerGrid grid);

  /// Whether kernels for groups of work-items are wanted instead of loops: on GPUs.
  boolean prefersGroups();

  /// Which products convolutions by groups form.
  Precision precision();

  /// Whether dense products are left to a library ([org.octolift.engine.cublas.Matmul]). A library
  /// task has no grid.
  boolean hasLibrary();

  /// A grid of groups of {@code threads} work-items along the first dimension.
  static WorkerGrid groups(int threads, int x, int y, int z) {
    WorkerGrid grid = new WorkerGrid3D(threads * x, y, z);
    grid.setLocalWork(threads, 1, 1);
    return grid;
  }

  /// A grid for a loop of {@code size} steps. TornadoVM's own choice, groups of up to 1024,
  /// leaves a work-item 64 registers: a kernel that takes more cannot be launched.
  ///
  /// Where the loop's bound is a parameter of the kernel and nothing else, TornadoVM puts the
  /// grid's size in its place: see [org.octolift.kernels.Bounds].
  static WorkerGrid loop(int size) {
    WorkerGrid grid = new WorkerGrid1D(Math.ceilDiv(size, LOOP) * LOOP);
    grid.setLocalWork(LOOP, 1, 1);
    return grid;
  }

  /// The array of a float value, as large as its capacity.
  ///
  /// @throws IllegalStateException if it is not stored as floats
  FloatArray floats(Value value);

  /// Whether a value is stored as floats: if not, its writer writes nothing but twins.
  boolean isStored(Value value);

  /// The copies of a value in 16 bits that are stored.
  List<Twin> twins(Value value);

  /// The array of a copy in 16 bits; null if it is not stored.
  LongArray twin(Twin twin);

  /// The array of an int value, as large as its capacity.
  IntArray ints(Value value);

  /// The numbers of rows of the batch.
  IntArray counts();

  /// Where [#counts] has the number behind a symbol.
  int slot(Rows rows);

  /// The most rows that a symbol stands for in this plan.
  int capacity(Rows rows);

  /// An array that stands for an argument that a kernel neither reads nor writes. TornadoVM must
  /// not get the same array for two arguments of a task that writes one of them: it never ends
  /// building such a graph.
  default FloatArray unused() {
    return unused(0);
  }

  /// As [#unused] where a task has several.
  ///
  /// @param place from 0 on
  default FloatArray unused(int place) {
    return scratch(UNUSED + place, 1);
  }

  /// As [#unused(int)] for longs.
  default LongArray unusedLongs(int place) {
    return scratchLongs(UNUSED + place, 1);
  }

  /// Memory of at least {@code size} floats whose contents are undefined. Different slots do not
  /// overlap; the same slot is used again by the next op.
  FloatArray scratch(int slot, int size);

  /// Memory of at least {@code size} longs, as [#scratch].
  LongArray scratchLongs(int slot, int size);

  /// Arrays of ints that a table of the batch is turned into once a run: the first op that asks for
  /// {@code key} has {@code fill} append the tasks, later ones find the arrays.
  ///
  /// @param sizes numbers of elements
  IntArray[] prepared(Object key, Consumer<IntArray[]> fill, int... sizes);

  /// Whether a value is the same in every run: a variable that no op writes, or made of such.
  boolean isConstant(Value value);

  /// Longs that depend on constants alone. The first op that asks for {@code key}, in
  /// [PreparedOp#prepare], has {@code fill} append the tasks that write them; later ones find them.
  LongArray onceLongs(Object key, int size, Consumer<LongArray> fill);

  /// As [#onceLongs] for ints.
  IntArray onceInts(Object key, int size, Consumer<IntArray> fill);

  /// An array that never changes: for numbers that a kernel reads instead of having them compiled
  /// in, of which each combination would be another kernel ([org.octolift.kernels.Shape]).
  IntArray constants(int... values);

  /// The [org.octolift.kernels.Shape] of a value.
  default IntArray shape(Value value) {
    return shape(value, value.channels());
  }

  /// As [#shape(Value)] with another number of channels.
  default IntArray shape(Value value, int channels) {
    return constants(slot(value.rows()), channels, capacity(value.rows()));
  }

  /// For each of {@code rows}, the places of {@code index} that name it; computed on the host for
  /// each batch.
  ///
  /// @throws IllegalArgumentException if the index is no input of the batch
  InverseIndex inverse(Value index, Rows rows);

  /// Checks every batch on the host before a run: kernels cannot refuse their input.
  void verify(Consumer<BoundBatch> check);
}
