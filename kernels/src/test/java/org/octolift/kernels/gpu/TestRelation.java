package org.octolift.kernels.gpu;

import java.util.Random;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// A random relation: its table, and what the kernels want beside it. Some offsets are rare, so
/// that tiles lack them.
record TestRelation(
    int rows,
    int inputRows,
    int offsets,
    int width,
    IntArray table,
    IntArray columns,
    IntArray order,
    IntArray masks,
    IntArray lists,
    IntArray blocks,
    IntArray list,
    IntArray starts,
    IntArray counts) {
  static final int SPARE = 5;

  /// A relation of `offsets` of the `width` columns; the identity if `width` is 0.
  static TestRelation of(int rows, int offsets, int width, boolean ordered) {
    Random random = new Random(31L * rows + width);
    int inputRows = width == 0 ? rows : rows + 9;
    int capacity = rows + SPARE;
    IntArray table = new IntArray(Math.max(1, capacity * width));
    table.init(1 << 30);
    for (int i = 0; i < rows * width; i++) {
      boolean rare = i % width % 3 == 2;
      boolean missing = random.nextInt(rare ? 200 : 2) > 0;
      table.set(i, missing ? -1 : random.nextInt(inputRows));
    }
    IntArray columns = new IntArray(offsets);
    for (int k = 0; k < offsets; k++) {
      columns.set(k, width == 0 ? 0 : width - 1 - k * width / offsets);
    }
    IntArray order = new IntArray(capacity);
    for (int i = 0; i < rows; i++) {
      int j = random.nextInt(i + 1);
      order.set(i, order.get(j));
      order.set(j, i);
    }
    IntArray counts = Device.counts(rows);
    IntArray masks = new IntArray(capacity);
    IntArray shape = IntArray.fromElements(1, width, capacity);
    int tiles = Math.ceilDiv(capacity, TileLists.ROWS) + 1;
    IntArray lists = new IntArray(TileLists.PITCH * tiles);
    int blocks = Math.ceilDiv(capacity, TileLists.BLOCK);
    IntArray blockMasks = new IntArray(blocks);
    IntArray blockLists = new IntArray(Math.max(1, width) * TileLists.blockPitch(blocks));
    if (width > 0) {
      TileLists.masks(masks, table, counts, shape, width);
      Device.run(
          Device.groups(TileLists.ROWS, tiles),
          graph ->
              graph.task(
                  "t",
                  TileLists::lists,
                  new KernelContext(),
                  lists,
                  masks,
                  columns,
                  order,
                  counts,
                  shape,
                  offsets,
                  ordered ? 1 : 0),
          lists,
          masks,
          columns,
          order,
          counts,
          shape);
      TileLists.blockMasks(blockMasks, masks, order, counts, shape, ordered ? 1 : 0);
      Device.run(
          Device.groups(TileLists.LISTERS, width),
          graph ->
              graph.task(
                  "t", TileLists::blockLists, new KernelContext(), blockLists, blockMasks, shape),
          blockLists,
          blockMasks,
          shape);
    }
    int segments = RowLists.segments(capacity);
    int all = segments * width;
    IntArray starts = new IntArray(all + 1);
    IntArray sizes = IntArray.fromElements(capacity, all);
    IntArray list = new IntArray(Math.max(1, capacity * width));
    if (width > 0) {
      Device.run(
          Device.groups(RowLists.THREADS, segments, width, 1),
          graph -> graph.task("t", RowLists::count, new KernelContext(), starts, masks, shape),
          starts,
          masks,
          shape);
      Device.run(
          Device.groups(Scan.THREADS, 1),
          graph -> graph.task("t", Scan::tileStarts, new KernelContext(), starts, sizes),
          starts,
          sizes);
      Device.run(
          Device.groups(RowLists.THREADS, segments, width, 1),
          graph -> graph.task("t", RowLists::fill, new KernelContext(), list, masks, starts, shape),
          list,
          masks,
          starts,
          shape);
    }
    return new TestRelation(
        rows,
        inputRows,
        offsets,
        width,
        table,
        columns,
        order,
        masks,
        lists,
        blockLists,
        list,
        starts,
        counts);
  }

  /// Segments of the rows.
  int segments() {
    return RowLists.segments(rows + SPARE);
  }

  /// Ints of a column's list of blocks.
  int pitch() {
    return blocks.getSize() / Math.max(1, width);
  }

  int tiles() {
    return lists.getSize() / TileLists.PITCH;
  }

  /// The input row that offset `k` of a row reads, or -1.
  int source(int row, int k) {
    return width == 0 ? row : table.get(row * width + columns.get(k));
  }

  /// What an element of x and one of the weights add to a sum.
  interface Product {
    double of(float a, float b);
  }

  /// The convolution in double precision.
  double[] convolve(FloatArray x, FloatArray weights, FloatArray bias, int ci, int co, Product p) {
    double[] y = new double[rows * co];
    for (int row = 0; row < rows; row++) {
      for (int j = 0; j < co; j++) {
        double sum = bias == null ? 0 : bias.get(j);
        for (int k = 0; k < offsets; k++) {
          int from = source(row, k);
          for (int c = 0; from >= 0 && c < ci; c++) {
            sum += p.of(x.get(from * ci + c), weights.get((k * ci + c) * co + j));
          }
        }
        y[row * co + j] = sum;
      }
    }
    return y;
  }

  /// The gradient to the weights in double precision.
  double[] weightGradient(FloatArray x, FloatArray dy, int ci, int co, Product p) {
    double[] dw = new double[offsets * ci * co];
    for (int row = 0; row < rows; row++) {
      for (int k = 0; k < offsets; k++) {
        int from = source(row, k);
        for (int c = 0; from >= 0 && c < ci; c++) {
          for (int j = 0; j < co; j++) {
            dw[(k * ci + c) * co + j] += p.of(x.get(from * ci + c), dy.get(row * co + j));
          }
        }
      }
    }
    return dw;
  }

  /// The weights with each matrix transposed.
  static FloatArray transposed(FloatArray weights, int offsets, int ci, int co) {
    FloatArray transposed = new FloatArray(weights.getSize());
    for (int i = 0; i < offsets * ci * co; i++) {
      int k = i / (ci * co);
      transposed.set((k * co + i % co) * ci + i / co % ci, weights.get(i));
    }
    return transposed;
  }
}
