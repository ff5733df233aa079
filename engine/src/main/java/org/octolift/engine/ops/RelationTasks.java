package org.octolift.engine.ops;

import org.octolift.engine.Value;
import org.octolift.engine.octree.Relation;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.SortTasks;
import org.octolift.kernels.gpu.RadixSort;
import org.octolift.kernels.gpu.RowLists;
import org.octolift.kernels.gpu.Scan;
import org.octolift.kernels.gpu.TileLists;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// What the convolution kernels want to know of a relation beside its table, as tasks that run once
/// a step for all convolutions that ask.
final class RelationTasks {
  /// Depths up to which a few rooms have too few rows to fill a large GPU.
  private static final int COARSE = 5;

  private RelationTasks() {}

  /// Whether groups are to share a tile's offsets, as there may be few tiles. It depends on the
  /// depth alone, as the order of additions must not depend on the batches before.
  static boolean isCoarse(Relation relation) {
    return isCoarse(relation, 0);
  }

  /// As [#isCoarse(Relation)], some depths further.
  static boolean isCoarse(Relation relation, int further) {
    return relation != null && relation.stride() == 1 && relation.depth() <= COARSE + further;
  }

  /// Whether kernels take rows in an order that brings rows with the same neighbours together.
  /// Where each row has one place in a kernel, or all, nothing is gained.
  static boolean isOrdered(Relation relation) {
    return relation != null && relation.stride() == 1 && relation.shape().size() > 1;
  }

  /// Tiles of output rows.
  static int tiles(Lowering tasks, Value out) {
    return Math.ceilDiv(tasks.capacity(out.rows()), TileLists.ROWS);
  }

  /// The table, or anything for the identity.
  static IntArray table(Lowering tasks, Value table) {
    return table == null ? tasks.counts() : tasks.ints(table);
  }

  /// Columns of the table, 0 for the identity.
  static int width(Value table) {
    return table == null ? 0 : table.channels();
  }

  /// Offsets of the kernel.
  static int offsets(Relation relation) {
    return relation == null ? 1 : relation.shape().size();
  }

  /// The column of the table that holds each offset.
  static IntArray columns(Lowering tasks, Relation relation) {
    int[] columns = new int[offsets(relation)];
    for (int k = 0; relation != null && k < columns.length; k++) {
      columns[k] = relation.column(k);
    }
    return tasks.constants(columns);
  }

  /// The offsets of each tile.
  ///
  /// @param ordered whether tiles take rows as [#order] says
  static IntArray lists(
      Lowering tasks, Value table, Relation relation, Value out, boolean ordered) {
    if (table == null) {
      return tasks.counts();
    }
    int tiles = tiles(tasks, out);
    IntArray masks = masks(tasks, table);
    IntArray order = order(tasks, table, ordered);
    return tasks
        .prepared(
            new ListKey(table, relation, ordered),
            arrays ->
                tasks
                    .graph()
                    .task(
                        tasks.id("tileLists", Lowering.groups(TileLists.ROWS, tiles, 1, 1)),
                        TileLists::lists,
                        new KernelContext(),
                        arrays[0],
                        masks,
                        columns(tasks, relation),
                        order,
                        tasks.counts(),
                        tasks.shape(out),
                        offsets(relation),
                        ordered ? 1 : 0),
            tiles * TileLists.PITCH)[0];
  }

  /// Ints of a column's list of blocks.
  static int blockPitch(Lowering tasks, Value out) {
    return TileLists.blockPitch(blocks(tasks, out));
  }

  private static int blocks(Lowering tasks, Value out) {
    return Math.ceilDiv(tasks.capacity(out.rows()), TileLists.BLOCK);
  }

  /// The blocks of rows that have each column of the table.
  ///
  /// @param ordered whether blocks take rows as [#order] says
  static IntArray blockLists(Lowering tasks, Value table, Value out, boolean ordered) {
    if (table == null) {
      return tasks.counts();
    }
    int blocks = blocks(tasks, out);
    IntArray masks = masks(tasks, table);
    IntArray order = order(tasks, table, ordered);
    return tasks
        .prepared(
            new BlockKey(table, ordered),
            arrays ->
                tasks
                    .graph()
                    .task(
                        tasks.id("blockMasks", Lowering.loop(blocks)),
                        TileLists::blockMasks,
                        arrays[1],
                        masks,
                        order,
                        tasks.counts(),
                        tasks.shape(out),
                        ordered ? 1 : 0)
                    .task(
                        tasks.id(
                            "blockLists",
                            Lowering.groups(TileLists.LISTERS, table.channels(), 1, 1)),
                        TileLists::blockLists,
                        new KernelContext(),
                        arrays[0],
                        arrays[1],
                        tasks.shape(out)),
            Math.multiplyExact(table.channels(), TileLists.blockPitch(blocks)),
            blocks)[0];
  }

  /// Segments of a table's rows by which [#rowLists] begin.
  static int segments(Lowering tasks, Value table) {
    return table == null ? 1 : RowLists.segments(tasks.capacity(table.rows()));
  }

  /// For each column of the table the rows that have it, and where the lists begin.
  static IntArray[] rowLists(Lowering tasks, Value table) {
    if (table == null) {
      return new IntArray[] {tasks.counts(), tasks.counts()};
    }
    int capacity = tasks.capacity(table.rows());
    int segments = segments(tasks, table);
    IntArray masks = masks(tasks, table);
    return tasks.prepared(
        new RowKey(table),
        arrays ->
            tasks
                .graph()
                .task(
                    tasks.id(
                        "rowCounts",
                        Lowering.groups(RowLists.THREADS, segments, table.channels(), 1)),
                    RowLists::count,
                    new KernelContext(),
                    arrays[1],
                    masks,
                    tasks.shape(table))
                .task(
                    tasks.id("rowStarts", Lowering.groups(Scan.THREADS, 1, 1, 1)),
                    Scan::tileStarts,
                    new KernelContext(),
                    arrays[1],
                    tasks.constants(capacity, segments * table.channels()))
                .task(
                    tasks.id(
                        "rowLists",
                        Lowering.groups(RowLists.THREADS, segments, table.channels(), 1)),
                    RowLists::fill,
                    new KernelContext(),
                    arrays[0],
                    masks,
                    arrays[1],
                    tasks.shape(table)),
        Math.multiplyExact(table.channels(), capacity),
        segments * table.channels() + 1);
  }

  private static IntArray masks(Lowering tasks, Value table) {
    int capacity = tasks.capacity(table.rows());
    return tasks
        .prepared(
            new MaskKey(table),
            arrays ->
                tasks
                    .graph()
                    .task(
                        tasks.id("rowMasks", Lowering.loop(capacity)),
                        TileLists::masks,
                        arrays[0],
                        tasks.ints(table),
                        tasks.counts(),
                        tasks.shape(table),
                        table.channels()),
            capacity)[0];
  }

  /// The order of the rows of a table of neighbours, or anything if rows stay as they are; one
  /// order serves all kernels and directions.
  static IntArray order(Lowering tasks, Value table, boolean ordered) {
    if (!ordered) {
      return tasks.counts();
    }
    IntArray masks = masks(tasks, table);
    int capacity = tasks.capacity(table.rows());
    if (capacity <= TileLists.WINDOW) {
      return tasks
          .prepared(
              new OrderKey(table), arrays -> sortWindow(tasks, table, arrays[0], masks), capacity)[
          0];
    }
    int counters = RadixSort.counts(capacity);
    return tasks
        .prepared(
            new OrderKey(table),
            arrays -> sort(tasks, table, arrays, masks),
            capacity,
            capacity,
            counters,
            counters,
            counters,
            SortTasks.sums(counters))[0];
  }

  private static void sortWindow(Lowering tasks, Value table, IntArray order, IntArray masks) {
    int[] significance = TileLists.significance();
    tasks
        .graph()
        .task(
            tasks.id("order", Lowering.groups(TileLists.SORTERS, 1, 1, 1)),
            TileLists::sort,
            new KernelContext(),
            order,
            masks,
            tasks.constants(significance),
            tasks.counts(),
            tasks.slot(table.rows()),
            significance.length);
  }

  private static void sort(Lowering tasks, Value table, IntArray[] arrays, IntArray masks) {
    IntArray order = arrays[0];
    int capacity = order.getSize();
    int[] significance = TileLists.significance();
    LongArray keys = tasks.scratchLongs(0, capacity);
    LongArray tileKeys = tasks.scratchLongs(1, capacity);
    tasks
        .graph()
        .task(
            tasks.id("orderKeys", Lowering.loop(capacity)),
            TileLists::keys,
            keys,
            order,
            masks,
            tasks.constants(significance),
            tasks.shape(table),
            significance.length);
    new SortTasks(keys, order, tileKeys, arrays[1], arrays[2], arrays[3], arrays[4], arrays[5])
        .sort(tasks, tasks.counts(), tasks.slot(table.rows()), TileLists.KEY_BITS);
  }

  private record MaskKey(Value table) {}

  private record OrderKey(Value table) {}

  private record ListKey(Value table, Relation relation, boolean ordered) {}

  private record BlockKey(Value table, boolean ordered) {}

  private record RowKey(Value table) {}
}
