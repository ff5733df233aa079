package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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

/// The gradient of [Convolution] to its weights: `dW[k] = Σ_o x[t(o, k)]ᵀ · dy[o]`.
///
/// Blocks of output rows are dealt to a fixed number of chunks, each with a partial sum of its own;
/// the partial sums are added in order. The number of chunks depends on shapes and rows alone, so
/// the result does not depend on the number of threads.
///
/// @param dWeights written, (K·Ci, Co) with row k·Ci + c
/// @param x not modified, (input rows, Ci)
/// @param dy not modified, (output rows, Co)
/// @param table the table of the relation, or null for a 1×1 convolution
/// @param relation the relation of the forward convolution, or null for a 1×1 convolution
public record ConvolutionWeightGradient(
    Value dWeights, Value x, Value dy, Value table, Relation relation) implements DeviceOp {
  private static final int FIRST = CacheLines.FIRST;
  private static final int PARTIALS = 0;
  private static final int GATHERED_X = 3;
  private static final int GATHERED_DY = 4;
  private static final int LOCAL_X = Convolution.LOCAL;
  private static final int LOCAL_DY = 5;

  /// Pairs that are gathered at a time: a block of each side fits half of a first-level cache.
  private static final int GATHER = 128;

  /// Blocks of rows are taken together until their rows of both sides fill half of a second-level
  /// cache (1 MiB): then lists are long, and sums are added to memory rarely.
  private static final int SPAN_FLOATS = 256 * 1024;

  /// A chunk's partial sum for one group of offsets should fit a second-level cache.
  private static final int GROUP_FLOATS = 256 * 1024;

  /// Each chunk of a group has a partial sum in memory: no more than it takes to keep a handful of
  /// threads busy to the end.
  private static final int TASKS = 16;

  /// So many tasks come last in so many parts, some offsets each: a thread that waits for another's
  /// whole task loses more than copying its rows for each part.
  private static final int LAST_TASKS_PER_THREAD = 2;

  private static final int PARTS = 4;

  /// Checks all shapes.
  public ConvolutionWeightGradient {
    int kernels = Convolution.checkRelation("ConvolutionWeightGradient", x, dy, table, relation);
    if (dWeights.rows().value() != kernels * x.channels() || dWeights.channels() != dy.channels()) {
      throw new IllegalArgumentException(
          "ConvolutionWeightGradient: %d matrices of (%d, %d) do not fit %s"
              .formatted(kernels, x.channels(), dy.channels(), dWeights));
    }
  }

  @Override
  public String name() {
    return relation == null ? "linearWeightGradient" : "convolutionWeightGradient";
  }

  @Override
  public List<Value> reads() {
    return table == null ? List.of(x, dy) : List.of(x, dy, table);
  }

  @Override
  public List<Value> writes() {
    return List.of(dWeights);
  }

  /// How the work is cut.
  private record Cut(int kernels, int panels, int matrix, int group, int groups, int chunks) {
    static Cut of(int kernels, int in, int out, int width, int blocks) {
      int panels = Math.ceilDiv(out, width);
      int matrix = in * panels * width;
      // Not by the padded size: the cut decides the order of additions, on any processor.
      int group = Math.clamp(GROUP_FLOATS / (in * out), 1, kernels);
      int groups = Math.ceilDiv(kernels, group);
      int chunks = Math.clamp(TASKS / groups, 1, Math.max(1, blocks));
      return new Cut(kernels, panels, matrix, group, groups, chunks);
    }
  }

  @Override
  public void run(CpuRun cpu) {
    PairLists pairs = table == null ? cpu.identity(cpu.rows(x)) : cpu.pairs(table);
    int kernels = relation == null ? 1 : relation.shape().size();
    int width = cpu.pairKernels().panelWidth();
    Cut cut = Cut.of(kernels, x.channels(), dy.channels(), width, pairs.blocks());
    float[] partials =
        cpu.sharedScratch(
            PARTIALS,
            FIRST + Math.multiplyExact(cut.chunks, Math.multiplyExact(kernels, cut.matrix)));
    int tasks = cut.chunks * cut.groups;
    int last = Math.min(tasks, LAST_TASKS_PER_THREAD * cpu.workers().threads());
    int whole = tasks - last;
    cpu.workers()
        .parallelByThread(
            whole + last * PARTS,
            1,
            (thread, from, to) -> {
              for (int index = from; index < to; index++) {
                int task = index < whole ? index : whole + (index - whole) / PARTS;
                int first = task % cut.groups * cut.group;
                int count = Math.min(cut.group, kernels - first);
                int part = index < whole ? 0 : (index - whole) % PARTS;
                int parts = index < whole ? 1 : PARTS;
                int firstKernel = first + count * part / parts;
                int lastKernel = first + count * (part + 1) / parts;
                if (firstKernel < lastKernel) {
                  sumChunk(
                      cpu,
                      pairs,
                      cut,
                      partials,
                      thread,
                      task / cut.groups,
                      firstKernel,
                      lastKernel);
                }
              }
            });
    cpu.workers()
        .parallel(
            kernels,
            1,
            (from, to) -> {
              for (int k = from; k < to; k++) {
                reduce(cpu.floats(dWeights).getSegment(), cut, partials, k, width);
              }
            });
  }

  @Override
  public List<Twin> twinsRead(Set<Value> rounded, boolean library) {
    return HalfConvolutionTasks.twins(this);
  }

  @Override
  public void lower(Lowering tasks) {
    ConvolutionTasks.weightGradient(tasks, this);
  }

  private void sumChunk(
      CpuRun cpu,
      PairLists pairs,
      Cut cut,
      float[] partials,
      int thread,
      int chunk,
      int firstKernel,
      int lastKernel) {
    int base = FIRST + chunk * cut.kernels * cut.matrix;
    int firstBlock = (int) ((long) pairs.blocks() * chunk / cut.chunks);
    int lastBlock = (int) ((long) pairs.blocks() * (chunk + 1) / cut.chunks);
    if (firstBlock == lastBlock) {
      Arrays.fill(partials, base + firstKernel * cut.matrix, base + lastKernel * cut.matrix, 0f);
    }
    int span = Math.max(1, SPAN_FLOATS / (pairs.blockRows() * (x.channels() + dy.channels())));
    Gathered gathered = new Gathered(cpu, pairs, thread, cut.panels);
    for (int block = firstBlock; block < lastBlock; block += span) {
      int end = Math.min(lastBlock, block + span);
      gathered.load(block, end);
      for (int k = firstKernel; k < lastKernel; k++) {
        int at = base + k * cut.matrix;
        if (block == firstBlock) { // Here, the zeros are still in the cache when they are read.
          Arrays.fill(partials, at, at + cut.matrix, 0f);
        }
        gathered.addLists(block, end, relation == null ? 0 : relation.column(k), partials, at);
        gathered.flush(partials, at);
      }
    }
  }

  /// Rows of both sides that wait for their product, in blocks of a panel's width.
  private final class Gathered {
    private final PairKernels kernel;
    private final CpuRun cpu;
    private final PairLists pairs;
    private final int thread;
    private final int width;
    private final int blockSize;
    private final int panels;
    private final float[] rowsX;
    private final float[] rowsDy;
    private float[] localX;
    private float[] localDy;
    private int count;

    Gathered(CpuRun cpu, PairLists pairs, int thread, int panels) {
      this.kernel = cpu.pairKernels();
      this.cpu = cpu;
      this.pairs = pairs;
      this.thread = thread;
      this.width = kernel.panelWidth();
      this.blockSize = GATHER * width;
      this.panels = panels;
      this.rowsX =
          cpu.scratch(thread, GATHERED_X, FIRST + Math.ceilDiv(x.channels(), width) * blockSize);
      this.rowsDy = cpu.scratch(thread, GATHERED_DY, FIRST + panels * blockSize);
    }

    /// Copies the rows of both sides of some blocks.
    void load(int firstBlock, int lastBlock) {
      int inputs = 0;
      for (int block = firstBlock; block < lastBlock; block++) {
        inputs += pairs.inputCount(block);
      }
      localX = cpu.scratch(thread, LOCAL_X, FIRST + inputs * x.channels());
      int at = FIRST;
      for (int block = firstBlock; block < lastBlock; block++) {
        int[] rows = pairs.inputRows(block);
        int count = pairs.inputCount(block);
        kernel.load(localX, at, cpu.floats(x).getSegment(), rows, count, x.channels());
        at += count * x.channels();
      }
      int first = firstBlock * pairs.blockRows();
      int outputs = Math.min(pairs.rows(), lastBlock * pairs.blockRows()) - first;
      localDy = cpu.scratch(thread, LOCAL_DY, FIRST + outputs * dy.channels());
      MemorySegment.copy(
          cpu.floats(dy).getSegment(),
          ValueLayout.JAVA_FLOAT,
          4L * first * dy.channels(),
          localDy,
          FIRST,
          outputs * dy.channels());
    }

    /// Adds the products of the pairs of a column, but for those that do not fill the buffers.
    void addLists(int firstBlock, int lastBlock, int column, float[] sums, int at) {
      int fromX = FIRST;
      int fromDy = FIRST;
      for (int block = firstBlock; block < lastBlock; block++) {
        addList(block, column, fromX, fromDy, sums, at);
        fromX += pairs.inputCount(block) * x.channels();
        fromDy += pairs.blockRows() * dy.channels();
      }
    }

    private void addList(int block, int column, int fromX, int fromDy, float[] sums, int at) {
      int from = pairs.start(block, column);
      int end = from + pairs.count(block, column);
      while (from < end) {
        int to = Math.min(end, from + GATHER - count);
        kernel.gather(
            rowsX, FIRST, count, blockSize, localX, fromX, pairs.in(), from, to, x.channels());
        kernel.gather(
            rowsDy, FIRST, count, blockSize, localDy, fromDy, pairs.out(), from, to, dy.channels());
        count += to - from;
        from = to;
        if (count == GATHER) {
          flush(sums, at);
        }
      }
    }

    /// Adds the products of all rows that wait.
    void flush(float[] sums, int at) {
      int in = x.channels();
      for (int panel = 0; panel < panels; panel++) {
        for (int c = 0; c < in; c += width) {
          kernel.outerProduct(
              sums,
              at + (panel * in + c) * width,
              rowsX,
              FIRST + c * GATHER,
              rowsDy,
              FIRST + panel * blockSize,
              count,
              Math.min(width, in - c));
        }
      }
      count = 0;
    }
  }

  /// Adds the chunks' partial sums of an offset in order and takes the panels apart, one panel
  /// after the other: it fits a first-level cache.
  private void reduce(MemorySegment target, Cut cut, float[] partials, int k, int width) {
    int in = x.channels();
    int out = dy.channels();
    for (int column = 0; column < out; column += width) {
      int first = FIRST + k * cut.matrix + column * in;
      for (int chunk = 1; chunk < cut.chunks; chunk++) {
        int other = chunk * cut.kernels * cut.matrix + first;
        for (int i = 0; i < in * width; i++) {
          partials[first + i] += partials[other + i];
        }
      }
      for (int c = 0; c < in; c++) {
        MemorySegment.copy(
            partials,
            first + c * width,
            target,
            ValueLayout.JAVA_FLOAT,
            4L * ((k * in + c) * out + column),
            Math.min(width, out - column));
      }
    }
  }
}
