package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.octolift.engine.Op;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.cpu.PairLists;
import org.octolift.engine.octree.Relation;
import org.octolift.kernels.cpu.PairKernels;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

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
    Value dWeights, Value x, Value dy, Value table, Relation relation) implements Op {
  private static final int PARTIALS = 0;
  private static final int GATHERED_X = 0;
  private static final int GATHERED_DY = 1;

  /// Pairs that are gathered at a time: their rows should fit the second-level cache.
  private static final int GATHER = 128;

  /// A chunk's partial sum for one group of offsets should fit half of the second-level cache.
  private static final int GROUP_FLOATS = 128 * 1024;

  /// About as many tasks as a large CPU has threads, a few times over.
  private static final int TASKS = 32;

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
      int group = Math.clamp(GROUP_FLOATS / matrix, 1, kernels);
      int groups = Math.ceilDiv(kernels, group);
      int chunks = Math.clamp(Math.ceilDiv(TASKS, groups), 1, Math.max(1, blocks));
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
            PARTIALS, Math.multiplyExact(cut.chunks, Math.multiplyExact(kernels, cut.matrix)));
    cpu.workers()
        .parallelByThread(
            cut.chunks * cut.groups,
            1,
            (thread, from, to) -> {
              for (int task = from; task < to; task++) {
                sumChunk(cpu, pairs, cut, partials, thread, task / cut.groups, task % cut.groups);
              }
            });
    cpu.workers()
        .parallel(
            kernels,
            1,
            (from, to) -> {
              for (int k = from; k < to; k++) {
                reduce(cpu.floats(dWeights), cut, partials, k, width);
              }
            });
  }

  private void sumChunk(
      CpuRun cpu, PairLists pairs, Cut cut, float[] partials, int thread, int chunk, int group) {
    int firstKernel = group * cut.group;
    int lastKernel = Math.min(cut.kernels, firstKernel + cut.group);
    int base = chunk * cut.kernels * cut.matrix;
    Arrays.fill(partials, base + firstKernel * cut.matrix, base + lastKernel * cut.matrix, 0f);
    int firstBlock = (int) ((long) pairs.blocks() * chunk / cut.chunks);
    int lastBlock = (int) ((long) pairs.blocks() * (chunk + 1) / cut.chunks);
    for (int block = firstBlock; block < lastBlock; block++) {
      for (int k = firstKernel; k < lastKernel; k++) {
        addList(cpu, pairs, cut, partials, base + k * cut.matrix, thread, block, k);
      }
    }
  }

  private void addList(
      CpuRun cpu,
      PairLists pairs,
      Cut cut,
      float[] partials,
      int at,
      int thread,
      int block,
      int k) {
    PairKernels kernel = cpu.pairKernels();
    int width = kernel.panelWidth();
    int in = x.channels();
    int out = dy.channels();
    int stride = cut.panels * width;
    float[] gatheredX = cpu.scratch(thread, GATHERED_X, GATHER * in);
    float[] gatheredDy = cpu.scratch(thread, GATHERED_DY, GATHER * stride);
    float[] tile = cpu.scratch(thread, Convolution.TILE, kernel.tileSize());
    MemorySegment input = cpu.floats(x).getSegment();
    MemorySegment gradient = cpu.floats(dy).getSegment();
    long blockOffset = (long) block * pairs.blockRows() * out;
    int column = relation == null ? 0 : relation.column(k);
    int start = pairs.start(block, column);
    int end = start + pairs.count(block, column);
    for (int from = start; from < end; from += GATHER) {
      int to = Math.min(end, from + GATHER);
      kernel.gather(gatheredX, in, input, 0, in, pairs.in(), from, to, in);
      kernel.gather(gatheredDy, stride, gradient, blockOffset, out, pairs.out(), from, to, out);
      for (int panel = 0; panel < cut.panels; panel++) {
        kernel.outerProduct(
            partials,
            at + panel * in * width,
            gatheredX,
            in,
            gatheredDy,
            panel * width,
            stride,
            to - from,
            in,
            tile);
      }
    }
  }

  /// Adds the chunks' partial sums in order and takes the panels apart.
  private void reduce(FloatArray target, Cut cut, float[] partials, int k, int width) {
    int in = x.channels();
    int out = dy.channels();
    int chunkSize = cut.kernels * cut.matrix;
    for (int c = 0; c < in; c++) {
      for (int j = 0; j < out; j++) {
        int at = k * cut.matrix + j / width * in * width + c * width + j % width;
        float sum = partials[at];
        for (int chunk = 1; chunk < cut.chunks; chunk++) {
          sum += partials[chunk * chunkSize + at];
        }
        target.set((k * in + c) * out + j, sum);
      }
    }
  }
}
