package org.octolift.engine.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.kernels.cpu.CacheLines;
import org.octolift.kernels.cpu.DenseKernels;

/// Matrix products `C = A · B` on all threads (blocks as in Goto and van de Geijn, "Anatomy of
/// High-Performance Matrix Multiplication", 2008). B is packed once, in panels. A task takes some
/// rows of C, packs theirs of A once, and computes some columns at a time, walking along the depth.
/// Where A and B come from is the ops' business.
///
/// The sums of each block of depth are added in order, so results do not depend on the threads.
///
/// @param rows of A and C
/// @param depth columns of A, rows of B
/// @param columns of B and C
record DenseProduct(int rows, int depth, int columns) {
  private static final int FIRST = CacheLines.FIRST;

  /// Thread scratch that holds a block of C.
  private static final int SUMS = 0;

  /// Thread scratch that holds a task's rows of A.
  private static final int LEFT = 1;

  /// Thread scratch of the kernels.
  private static final int TILE = 2;

  /// Shared scratch that holds all panels.
  private static final int PANELS = 0;

  /// Rows of a task at most: with 512 columns of A they take half of a second-level cache (1 MiB),
  /// and each panel is fetched from the third level once for 30 register tiles.
  private static final int ROW_BLOCK = 30 * DenseKernels.ROW_MULTIPLE;

  /// Columns of a block of C, which takes a quarter of a second-level cache.
  private static final int COLUMN_BLOCK = 256;

  /// The last rows, one task's for each thread, are cut into so many tasks of some columns each:
  /// threads that are not equally fast are idle for a part of the last one only.
  private static final int TASKS_PER_THREAD = 4;

  /// Rows of B that are packed at a time: read once for all panels, from so many pages.
  private static final int PACKED_ROWS = 64;

  private static final int DEPTH = DenseKernels.DEPTH;

  /// Copies a block of A.
  @FunctionalInterface
  interface Left {
    /// Copies columns first..first+depth of rows from..end; row r goes to {@code
    /// offset + (r - from) * DEPTH}.
    void pack(float[] to, int offset, int from, int end, int first, int depth);
  }

  /// Copies a part of B.
  @FunctionalInterface
  interface Right {
    /// Copies rows first..first+depth of {@code columns} columns from {@code column} on; row k goes
    /// to {@code offset + (k - first) * width}. What lies between columns and width is zero.
    void pack(float[] to, int offset, int width, int first, int depth, int column, int columns);
  }

  /// Depth of all blocks but the last, which is no deeper.
  private int blockDepth() {
    return Math.ceilDiv(depth, Math.ceilDiv(depth, DEPTH));
  }

  /// Packs all of B: panel j of depth block i is at {@code FIRST + (i * panels + j) * blockDepth
  /// * w}.
  float[] pack(CpuRun cpu, Right right) {
    int width = cpu.denseKernels().panelWidth();
    int panels = Math.ceilDiv(columns, width);
    int blockDepth = blockDepth();
    int blocks = Math.ceilDiv(depth, blockDepth);
    int size = blockDepth * width;
    float[] packed =
        cpu.sharedScratch(
            PANELS, FIRST + Math.multiplyExact(Math.multiplyExact(blocks, panels), size));
    int parts = Math.ceilDiv(blockDepth, PACKED_ROWS);
    cpu.workers()
        .parallel(
            blocks * parts,
            1,
            (from, to) -> {
              for (int index = from; index < to; index++) {
                int block = index / parts;
                int row = index % parts * PACKED_ROWS;
                int first = block * blockDepth + row;
                int count = Math.min(PACKED_ROWS, Math.min(blockDepth - row, depth - first));
                int at = FIRST + block * panels * size + row * width;
                packRows(packed, at, size, width, right, first, count);
              }
            });
    return packed;
  }

  /// Packs rows first..first+count of all panels, which lie {@code size} apart.
  private void packRows(
      float[] packed, int at, int size, int width, Right right, int first, int count) {
    if (count <= 0) {
      return;
    }
    for (int column = 0; column < columns; column += width) {
      int offset = at + column / width * size;
      int used = Math.min(width, columns - column);
      if (used < width) {
        Arrays.fill(packed, offset, offset + count * width, 0f);
      }
      right.pack(packed, offset, width, first, count, column, used);
    }
  }

  /// Computes `y = activation(A · B + bias)`.
  ///
  /// @param bias (1, columns), or null
  void run(CpuRun cpu, Value y, Value bias, Activation activation, Left left, float[] packed) {
    int threads = cpu.workers().threads();
    int panels = Math.ceilDiv(columns, cpu.denseKernels().panelWidth());
    int tileRows = cpu.denseKernels().tileRows();
    int tiles = Math.ceilDiv(rows, tileRows);
    int needed = Math.ceilDiv(rows, ROW_BLOCK);
    int blocks = needed < threads ? Math.max(1, needed) : Math.ceilDiv(needed, threads) * threads;
    int parts =
        Math.clamp(Math.ceilDiv(TASKS_PER_THREAD * threads, Math.min(blocks, threads)), 1, panels);
    int whole = Math.max(0, blocks - threads);
    Block[] latest = new Block[threads];
    cpu.workers()
        .parallelByThread(
            whole + (blocks - whole) * parts,
            1,
            (thread, from, to) -> {
              for (int task = from; task < to; task++) {
                int cut = task < whole ? 1 : parts;
                int block = task < whole ? task : whole + (task - whole) / parts;
                int part = task < whole ? 0 : (task - whole) % parts;
                int row = (int) ((long) tiles * block / blocks) * tileRows;
                int end = Math.min(rows, (int) ((long) tiles * (block + 1) / blocks) * tileRows);
                if (row < end) {
                  if (latest[thread] == null || latest[thread].row != row) {
                    latest[thread] = new Block(cpu, thread, row, end, left, packed);
                  }
                  int first = panels * part / cut;
                  latest[thread].run(y, bias, activation, first, panels * (part + 1) / cut);
                }
              }
            });
  }

  /// Some rows of C on one thread.
  private final class Block {
    private final CpuRun cpu;
    private final DenseKernels kernel;
    private final int row;
    private final int end;
    private final int width;
    private final int padded;
    private final int blockDepth = blockDepth();
    private final float[] sums;
    private final float[] block;
    private final float[] tile;
    private final float[] packed;

    Block(CpuRun cpu, int thread, int row, int end, Left left, float[] packed) {
      this.cpu = cpu;
      this.kernel = cpu.denseKernels();
      this.row = row;
      this.end = end;
      this.width = kernel.panelWidth();
      this.padded = Math.ceilDiv(end - row, kernel.tileRows()) * kernel.tileRows();
      this.packed = packed;
      this.sums = cpu.scratch(thread, SUMS, FIRST + padded * blockColumns());
      int blocks = Math.ceilDiv(depth, blockDepth);
      this.block = cpu.scratch(thread, LEFT, FIRST + Math.multiplyExact(padded * DEPTH, blocks));
      this.tile = cpu.scratch(thread, TILE, kernel.tileSize());
      for (int first = 0; first < depth; first += blockDepth) {
        int count = Math.min(blockDepth, depth - first);
        left.pack(block, FIRST + first / blockDepth * padded * DEPTH, row, end, first, count);
      }
    }

    private int blockColumns() {
      return Math.max(1, COLUMN_BLOCK / width) * width;
    }

    /// Computes panels first..last.
    void run(Value y, Value bias, Activation activation, int first, int last) {
      int step = blockColumns() / width;
      for (int panel = first; panel < last; panel += step) {
        int count = Math.min(step, last - panel);
        begin(bias == null ? null : cpu.floats(bias).getSegment(), panel * width, count * width);
        multiply(panel, count);
        finish(cpu.floats(y).getSegment(), activation, panel * width, count * width);
      }
    }

    private void multiply(int firstPanel, int count) {
      int panels = Math.ceilDiv(columns, width);
      for (int first = 0; first < depth; first += blockDepth) {
        int here = Math.min(blockDepth, depth - first);
        int from = FIRST + first / blockDepth * padded * DEPTH;
        for (int panel = 0; panel < count; panel++) {
          int at = FIRST + (first / blockDepth * panels + firstPanel + panel) * blockDepth * width;
          kernel.multiply(
              sums,
              FIRST + panel * width,
              count * width,
              block,
              from,
              packed,
              at,
              padded,
              here,
              tile);
        }
      }
    }

    /// Starts the sums with the bias.
    private void begin(MemorySegment bias, int column, int stride) {
      Arrays.fill(sums, FIRST, FIRST + padded * stride, 0f);
      int used = Math.min(stride, columns - column);
      for (int r = 0; bias != null && r < end - row; r++) {
        MemorySegment.copy(
            bias, JAVA_FLOAT, CpuLoops.bytes(column), sums, FIRST + r * stride, used);
      }
    }

    private void finish(MemorySegment y, Activation activation, int column, int stride) {
      int used = Math.min(stride, columns - column);
      for (int r = 0; r < end - row; r++) {
        int at = FIRST + r * stride;
        switch (activation) {
          case NONE -> {}
          case RELU -> rectify(sums, at, at + used);
          case GELU -> kernel.gelu(sums, at, at + used);
        }
        long to = CpuLoops.bytes((row + (long) r) * columns + column);
        MemorySegment.copy(sums, at, y, JAVA_FLOAT, to, used);
      }
    }

    private static void rectify(float[] x, int from, int to) {
      for (int i = from; i < to; i++) {
        x[i] = x[i] <= 0 ? 0 : x[i];
      }
    }
  }

  /// The left matrix that lies in memory row by row.
  static Left rowMajor(MemorySegment a, int columns) {
    return (to, offset, from, end, first, count) -> {
      for (int row = from; row < end; row++) {
        long start = CpuLoops.bytes((long) row * columns + first);
        MemorySegment.copy(a, JAVA_FLOAT, start, to, offset + (row - from) * DEPTH, count);
      }
    };
  }

  /// The right matrix that lies in memory row by row.
  static Right rowMajorRight(DenseKernels kernel, MemorySegment b, int columns) {
    return (to, offset, width, first, count, column, used) -> {
      if (used == width) {
        kernel.copyPanel(to, offset, b, (long) first * columns + column, columns, count);
        return;
      }
      for (int k = 0; k < count; k++) {
        long start = CpuLoops.bytes((long) (first + k) * columns + column);
        MemorySegment.copy(b, JAVA_FLOAT, start, to, offset + k * width, used);
      }
    };
  }

  /// The right matrix of transposed matrices one below the other: row `m · in + i`, column j of it
  /// is row `m · out + j`, column i of {@code b}.
  ///
  /// @param in columns of {@code b}
  /// @param out rows of each matrix in {@code b}
  static Right transposedRight(MemorySegment b, int in, int out) {
    return (to, offset, width, first, count, column, used) -> {
      float[] values = new float[Math.min(count, in)];
      int done = 0;
      while (done < count) {
        int matrix = (first + done) / in;
        int i = (first + done) % in;
        int run = Math.min(count - done, in - i);
        for (int j = 0; j < used; j++) {
          long start = CpuLoops.bytes(((long) matrix * out + column + j) * in + i);
          MemorySegment.copy(b, JAVA_FLOAT, start, values, 0, run);
          for (int k = 0; k < run; k++) {
            to[offset + (done + k) * width + j] = values[k];
          }
        }
        done += run;
      }
    };
  }
}
