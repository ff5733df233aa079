package org.octolift.engine.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.kernels.cpu.DenseKernels;

/// Matrix products `C = A · B` on all threads (blocks as in Goto and van de Geijn, "Anatomy of
/// High-Performance Matrix Multiplication", 2008). B is packed once, in panels; each task takes
/// some rows and columns of C and walks along the depth, packing [DenseKernels#DEPTH] columns of A
/// at a time. Where A and B come from is the ops' business.
///
/// The sums of each block of depth are added in order, so results do not depend on the threads.
///
/// @param rows of A and C
/// @param depth columns of A, rows of B
/// @param columns of B and C
record DenseProduct(int rows, int depth, int columns) {
  /// Thread scratch that holds a task's part of C.
  private static final int SUMS = 0;

  /// Thread scratch that holds a block of A.
  private static final int LEFT = 1;

  /// Thread scratch of the kernels.
  private static final int TILE = 2;

  /// Shared scratch that holds all panels.
  private static final int PANELS = 0;

  /// Rows of a task: A's block of 256 columns takes a quarter of a second-level cache (1 MiB), and
  /// each panel is fetched from the third level once for 30 register tiles.
  private static final int ROW_BLOCK = 30 * DenseKernels.ROW_MULTIPLE;

  /// Columns of a task: the more, the less often A is packed; C's block takes half of a second-
  /// level cache.
  private static final int COLUMN_BLOCK = 512;

  /// Tasks of about the same length leave threads idle for a part of the last one only.
  private static final int TASKS_PER_THREAD = 4;

  private static final int DEPTH = DenseKernels.DEPTH;

  /// Copies a block of A.
  @FunctionalInterface
  interface Left {
    /// Copies columns first..first+depth of rows from..end; row r goes to {@code
    /// (r - from) * DEPTH}.
    void pack(float[] to, int from, int end, int first, int depth);
  }

  /// Copies a part of B.
  @FunctionalInterface
  interface Right {
    /// Copies rows first..first+depth of {@code columns} columns from {@code column} on; row k goes
    /// to {@code offset + (k - first) * width}. What lies between columns and width is zero.
    void pack(float[] to, int offset, int width, int first, int depth, int column, int columns);
  }

  /// Packs all of B: panel j of depth block i is at {@code (i * panels + j) * DEPTH * w}.
  float[] pack(CpuRun cpu, Right right) {
    int width = cpu.denseKernels().panelWidth();
    int panels = Math.ceilDiv(columns, width);
    int blocks = Math.ceilDiv(depth, DEPTH);
    int size = DEPTH * width;
    float[] packed =
        cpu.sharedScratch(PANELS, Math.multiplyExact(Math.multiplyExact(blocks, panels), size));
    cpu.workers()
        .parallel(
            blocks * panels,
            1,
            (from, to) -> {
              for (int index = from; index < to; index++) {
                int first = index / panels * DEPTH;
                int column = index % panels * width;
                int count = Math.min(DEPTH, depth - first);
                int used = Math.min(width, columns - column);
                if (used < width) {
                  Arrays.fill(packed, index * size, index * size + count * width, 0f);
                }
                right.pack(packed, index * size, width, first, count, column, used);
              }
            });
    return packed;
  }

  /// Computes `y = activation(A · B + bias)`.
  ///
  /// @param bias (1, columns), or null
  void run(CpuRun cpu, Value y, Value bias, Activation activation, Left left, float[] packed) {
    int rowBlocks = Math.max(1, Math.ceilDiv(rows, ROW_BLOCK));
    int tile = cpu.denseKernels().tileRows();
    int blockRows = Math.ceilDiv(Math.ceilDiv(rows, rowBlocks), tile) * tile;
    int panels = Math.ceilDiv(columns, cpu.denseKernels().panelWidth());
    int wanted = Math.ceilDiv(TASKS_PER_THREAD * cpu.workers().threads(), rowBlocks);
    int parts = Math.clamp(wanted, Math.ceilDiv(columns, COLUMN_BLOCK), panels);
    cpu.workers()
        .parallelByThread(
            rowBlocks * parts,
            1,
            (thread, from, to) -> {
              for (int task = from; task < to; task++) {
                int row = task / parts * blockRows;
                int part = task % parts;
                int end = Math.min(rows, row + blockRows);
                if (row < end) {
                  new Block(
                          cpu, thread, row, end, panels * part / parts, panels * (part + 1) / parts)
                      .run(cpu, y, bias, activation, left, packed);
                }
              }
            });
  }

  /// Some rows and panels of C on one thread.
  private final class Block {
    private final DenseKernels kernel;
    private final int row;
    private final int end;
    private final int firstPanel;
    private final int lastPanel;
    private final int width;
    private final int stride;
    private final int column;
    private final int used;
    private final int padded;
    private final float[] sums;
    private final float[] block;
    private final float[] tile;

    Block(CpuRun cpu, int thread, int row, int end, int firstPanel, int lastPanel) {
      this.kernel = cpu.denseKernels();
      this.row = row;
      this.end = end;
      this.firstPanel = firstPanel;
      this.lastPanel = lastPanel;
      this.width = kernel.panelWidth();
      this.stride = (lastPanel - firstPanel) * width;
      this.column = firstPanel * width;
      this.used = Math.min(stride, columns - column);
      this.padded = Math.ceilDiv(end - row, kernel.tileRows()) * kernel.tileRows();
      this.sums = cpu.scratch(thread, SUMS, padded * stride);
      this.block = cpu.scratch(thread, LEFT, padded * DEPTH);
      this.tile = cpu.scratch(thread, TILE, kernel.tileSize());
    }

    void run(CpuRun cpu, Value y, Value bias, Activation activation, Left left, float[] packed) {
      begin(bias == null ? null : cpu.floats(bias).getSegment());
      int panels = Math.ceilDiv(columns, width);
      for (int first = 0; first < depth; first += DEPTH) {
        int count = Math.min(DEPTH, depth - first);
        left.pack(block, row, end, first, count);
        for (int panel = firstPanel; panel < lastPanel; panel++) {
          int offset = (first / DEPTH * panels + panel) * DEPTH * width;
          int to = (panel - firstPanel) * width;
          kernel.multiply(sums, to, stride, block, 0, packed, offset, padded, count, tile);
        }
      }
      finish(cpu.floats(y).getSegment(), activation);
    }

    /// Starts the sums with the bias.
    private void begin(MemorySegment bias) {
      Arrays.fill(sums, 0, padded * stride, 0f);
      for (int r = 0; bias != null && r < end - row; r++) {
        MemorySegment.copy(bias, JAVA_FLOAT, CpuLoops.bytes(column), sums, r * stride, used);
      }
    }

    private void finish(MemorySegment y, Activation activation) {
      for (int r = 0; r < end - row; r++) {
        int at = r * stride;
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
    return (to, from, end, first, count) -> {
      for (int row = from; row < end; row++) {
        long start = CpuLoops.bytes((long) row * columns + first);
        MemorySegment.copy(a, JAVA_FLOAT, start, to, (row - from) * DEPTH, count);
      }
    };
  }

  /// The right matrix that lies in memory row by row.
  static Right rowMajorRight(MemorySegment b, int columns) {
    return (to, offset, width, first, count, column, used) -> {
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
