package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.cpu.PairLists;
import org.octolift.engine.octree.Relation;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Twin;
import org.octolift.kernels.cpu.CacheLines;
import org.octolift.kernels.cpu.PairKernels;

/// Octree convolution as a gather: `y[o] = b + Σ_k x[t(o, k)] · W[k]` over the offsets k whose
/// input row t(o, k) exists (O-CNN, `octree_conv`). No column matrix is formed.
///
/// The same op is the gradient to the input (the transposed relation and transposed weights), the
/// deconvolution (a transposed relation) and, without a relation, the 1×1 convolution.
///
/// Cost: 2·Ci·Co floating-point operations for each existing pair (o, k).
///
/// @param y written, (output rows, Co)
/// @param x not modified, (input rows, Ci)
/// @param weights not modified, K matrices: (K·Ci, Co) with row k·Ci + c, or (K·Co, Ci) if
///     {@code transposed}
/// @param bias not modified, (1, Co), or null
/// @param table the table of the relation, or null for a 1×1 convolution
/// @param relation which input row each offset reads, or null for a 1×1 convolution
/// @param transposed whether each weight matrix is used transposed
public record Convolution(
    Value y, Value x, Value weights, Value bias, Value table, Relation relation, boolean transposed)
    implements DeviceOp {
  private static final int FIRST = CacheLines.FIRST;

  /// Shared scratch that holds the packed weights.
  private static final int PACKED = 0;

  /// Thread scratch that holds the sums of one block.
  private static final int SUMS = 0;

  /// Thread scratch that holds a block's input rows.
  static final int LOCAL = 1;

  /// Thread scratch of the kernels.
  private static final int TILE = 2;

  /// Tasks of about the same length leave threads idle for a part of the last one only.
  private static final int TASKS_PER_THREAD = 4;

  /// So many blocks come last, the panels of a tile at a time: copying their rows for each part
  /// costs less than a thread that waits for another's whole block.
  private static final int LAST_BLOCKS_PER_THREAD = 2;

  /// Panels of a part of a last block at most, as many as the widest tile takes at once: single
  /// panels would be cut finer, but take a tenth longer.
  private static final int LAST_PANELS = 3;

  /// Checks all shapes.
  public Convolution {
    int kernels = checkRelation("Convolution", x, y, table, relation);
    int in = transposed ? weights.channels() : rowsPerKernel(weights, kernels);
    int out = transposed ? rowsPerKernel(weights, kernels) : weights.channels();
    if (in != x.channels() || out != y.channels()) {
      throw new IllegalArgumentException(
          "Convolution: weights %s of %d matrices join %d to %d channels; input is %s, output %s"
              .formatted(weights, kernels, in, out, x, y));
    }
    if (bias != null && bias.channels() != y.channels()) {
      throw new IllegalArgumentException("Convolution: bias %s for output %s".formatted(bias, y));
    }
  }

  /// Checks that the relation fits the values; returns its number of offsets.
  static int checkRelation(String op, Value in, Value out, Value table, Relation relation) {
    if ((table == null) != (relation == null)) {
      throw new IllegalArgumentException(op + ": table and relation come together");
    }
    boolean fits =
        relation == null
            ? in.rows().equals(out.rows())
            : relation.inputRows().equals(in.rows()) && relation.outputRows().equals(out.rows());
    if (!fits) {
      throw new IllegalArgumentException(
          "%s: %s does not lead from %s to %s"
              .formatted(op, relation == null ? "the identity" : relation, in, out));
    }
    return relation == null ? 1 : relation.shape().size();
  }

  private static int rowsPerKernel(Value weights, int kernels) {
    int rows = weights.rows().value();
    if (rows % kernels != 0) {
      throw new IllegalArgumentException(
          "Convolution: weights %s do not split into %d matrices".formatted(weights, kernels));
    }
    return rows / kernels;
  }

  @Override
  public String name() {
    return relation == null ? "linear" : "convolution";
  }

  @Override
  public List<Value> reads() {
    List<Value> reads = new ArrayList<>(List.of(x, weights));
    if (bias != null) {
      reads.add(bias);
    }
    if (table != null) {
      reads.add(table);
    }
    return reads;
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    if (relation == null) {
      multiply(cpu);
      return;
    }
    PairLists pairs = cpu.pairs(table);
    float[] packed = pack(cpu);
    int panels = Math.ceilDiv(y.channels(), cpu.pairKernels().panelWidth());
    int wanted = TASKS_PER_THREAD * cpu.workers().threads();
    int parts = Math.clamp(Math.ceilDiv(wanted, Math.max(1, pairs.blocks())), 1, panels);
    int last = Math.min(pairs.blocks(), LAST_BLOCKS_PER_THREAD * cpu.workers().threads());
    int lastParts = Math.max(parts, Math.ceilDiv(panels, LAST_PANELS));
    int whole = (pairs.blocks() - last) * parts;
    cpu.workers()
        .parallelByThread(
            whole + last * lastParts,
            1,
            (thread, from, to) -> {
              for (int task = from; task < to; task++) {
                int cut = task < whole ? parts : lastParts;
                int index = task < whole ? task : task - whole;
                int block = (task < whole ? 0 : pairs.blocks() - last) + index / cut;
                int part = index % cut;
                new Block(cpu, pairs, packed, thread, block)
                    .run(panels * part / cut, panels * (part + 1) / cut);
              }
            });
  }

  /// The 1×1 convolution.
  private void multiply(CpuRun cpu) {
    int in = x.channels();
    int out = y.channels();
    MemorySegment matrix = cpu.floats(weights).getSegment();
    DenseProduct product = new DenseProduct(cpu.rows(x), in, out);
    DenseProduct.Right right =
        transposed
            ? DenseProduct.transposedRight(matrix, in, out)
            : DenseProduct.rowMajorRight(cpu.denseKernels(), matrix, out);
    DenseProduct.Left left = DenseProduct.rowMajor(cpu.floats(x).getSegment(), in);
    product.run(cpu, y, bias, Activation.NONE, left, product.pack(cpu, right));
  }

  @Override
  public List<Twin> twinsRead(Set<Value> rounded, boolean library) {
    return HalfConvolutionTasks.twins(this);
  }

  @Override
  public void lower(Lowering tasks) {
    ConvolutionTasks.convolve(tasks, this);
  }

  private int kernels() {
    return relation == null ? 1 : relation.shape().size();
  }

  /// Packs the weights into panels of w columns, zero-padded: (K, panels, Ci, w).
  private float[] pack(CpuRun cpu) {
    int width = cpu.pairKernels().panelWidth();
    int in = x.channels();
    int out = y.channels();
    int panels = Math.ceilDiv(out, width);
    int panelSize = in * width;
    float[] packed =
        cpu.sharedScratch(PACKED, FIRST + Math.multiplyExact(kernels() * panels, panelSize));
    MemorySegment source = cpu.floats(weights).getSegment();
    cpu.workers()
        .parallel(
            kernels() * panels,
            1,
            (from, to) -> {
              for (int index = from; index < to; index++) {
                int k = index / panels;
                int column = index % panels * width;
                packPanel(packed, FIRST + index * panelSize, width, source, k, column);
              }
            });
    return packed;
  }

  private void packPanel(
      float[] packed, int offset, int width, MemorySegment source, int k, int column) {
    int in = x.channels();
    int out = y.channels();
    int columns = Math.min(width, out - column);
    long matrix = (long) k * in * out;
    Arrays.fill(packed, offset, offset + in * width, 0f);
    if (transposed) {
      float[] row = new float[in];
      for (int j = 0; j < columns; j++) {
        long from = matrix + (long) (column + j) * in;
        MemorySegment.copy(source, ValueLayout.JAVA_FLOAT, 4 * from, row, 0, in);
        for (int c = 0; c < in; c++) {
          packed[offset + c * width + j] = row[c];
        }
      }
      return;
    }
    for (int c = 0; c < in; c++) {
      long from = matrix + (long) c * out + column;
      MemorySegment.copy(
          source, ValueLayout.JAVA_FLOAT, 4 * from, packed, offset + c * width, columns);
    }
  }

  /// A block of output rows on one thread.
  private final class Block {
    private final PairKernels kernel;
    private final PairLists pairs;
    private final MemorySegment input;
    private final MemorySegment output;
    private final MemorySegment start;
    private final float[] packed;
    private final float[] sums;
    private final float[] local;
    private final float[] tile;
    private final int block;
    private final int rows;
    private final int width;

    Block(CpuRun cpu, PairLists pairs, float[] packed, int thread, int block) {
      this.kernel = cpu.pairKernels();
      this.pairs = pairs;
      this.input = cpu.floats(x).getSegment();
      this.output = cpu.floats(y).getSegment();
      this.start = bias == null ? null : cpu.floats(bias).getSegment();
      this.packed = packed;
      this.block = block;
      this.rows = Math.min(pairs.blockRows(), pairs.rows() - block * pairs.blockRows());
      this.width = kernel.panelWidth();
      int stride = Math.ceilDiv(y.channels(), width) * width;
      this.sums = cpu.scratch(thread, SUMS, FIRST + (pairs.blockRows() + 1) * stride);
      this.local = cpu.scratch(thread, LOCAL, pairs.inputCount(block) * x.channels());
      this.tile = cpu.scratch(thread, TILE, kernel.tileSize());
    }

    /// Computes the columns of some panels.
    void run(int firstPanel, int lastPanel) {
      int stride = (lastPanel - firstPanel) * width;
      int column = firstPanel * width;
      int columns = Math.min(stride, y.channels() - column);
      begin(stride, column, columns);
      int count = pairs.inputCount(block);
      kernel.load(local, 0, input, pairs.inputRows(block), count, x.channels());
      for (int k = 0; k < kernels(); k++) {
        addOffset(k, firstPanel, lastPanel);
      }
      long first = (long) block * pairs.blockRows() * y.channels();
      if (columns == stride && columns == y.channels()) {
        MemorySegment.copy(sums, FIRST, output, ValueLayout.JAVA_FLOAT, 4 * first, rows * columns);
        return;
      }
      for (int row = 0; row < rows; row++) {
        long to = first + (long) row * y.channels() + column;
        MemorySegment.copy(
            sums, FIRST + row * stride, output, ValueLayout.JAVA_FLOAT, 4 * to, columns);
      }
    }

    /// Starts the sums with the bias.
    private void begin(int stride, int column, int columns) {
      Arrays.fill(sums, FIRST, FIRST + rows * stride, 0f);
      if (start != null) {
        for (int row = 0; row < rows; row++) {
          MemorySegment.copy(
              start, ValueLayout.JAVA_FLOAT, 4L * column, sums, FIRST + row * stride, columns);
        }
      }
    }

    /// Adds the products of one offset.
    private void addOffset(int k, int firstPanel, int lastPanel) {
      int in = x.channels();
      int panels = Math.ceilDiv(y.channels(), width);
      int column = relation.column(k);
      int first = pairs.start(block, column);
      kernel.multiply(
          sums,
          FIRST,
          (lastPanel - firstPanel) * width,
          pairs.out(),
          local,
          in,
          pairs.in(),
          first,
          first + pairs.paddedCount(block, column),
          packed,
          FIRST + (k * panels + firstPanel) * in * width,
          in,
          lastPanel - firstPanel,
          tile);
    }
  }
}
