package org.octolift.engine.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Twin;
import org.octolift.kernels.cpu.DenseKernels;
import org.octolift.kernels.cpu.ScalarDenseKernels;
import org.octolift.kernels.gpu.HalfHeads;

/// Multi-head self-attention (Vaswani et al., 2017): `y = softmax(Q · Kᵀ / √d) · V` within each
/// image and head. The scores of a few queries at a time are kept, never those of all.
///
/// Cost: 4·tokens²·channels floating-point operations for each image.
///
/// @param y written, (images · tokens, channels): heads side by side
/// @param qkv not modified, (images · tokens, 3 · channels): Q, K and V side by side
/// @param images number of sequences
/// @param heads number of heads; divides the channels
public record Attention(Value y, Value qkv, int images, int heads) implements DeviceOp {
  private static final String NAME = "attention";

  /// Queries of a task: their scores, with 1200 keys, take half of a second-level cache.
  private static final int QUERIES = 12 * DenseKernels.ROW_MULTIPLE;

  private static final int DEPTH = DenseKernels.DEPTH;
  private static final int PACKED = 0;
  private static final int SCORES = 0;
  private static final int QUERY = 1;
  private static final int TILE = 2;
  private static final int RESULT = 3;

  /// Checks types and shapes.
  public Attention {
    Checks.floats(NAME, y);
    int channels = y.channels();
    Checks.floats(NAME, qkv, y.rows(), 3 * channels);
    if (y.rows().kind() != Rows.Kind.FIXED || images < 1 || y.rows().value() % images != 0) {
      throw new IllegalArgumentException(
          "%s: %d images must divide the rows of %s".formatted(NAME, images, y));
    }
    if (heads < 1 || channels % heads != 0 || channels / heads > DEPTH) {
      throw new IllegalArgumentException(
          "%s: %d heads must divide the channels of %s, %d for a head at most"
              .formatted(NAME, heads, y, DEPTH));
    }
    Checks.distinct(NAME, List.of(y), List.of(qkv));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(qkv);
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  /// Channels of a head.
  private int size() {
    return y.channels() / heads;
  }

  /// Tokens of a sequence.
  public int tokens() {
    return y.rows().value() / images;
  }

  @Override
  public void run(CpuRun cpu) {
    int width = cpu.denseKernels().panelWidth();
    int keyPanels = Math.ceilDiv(tokens(), width);
    int keySize = keyPanels * size() * width;
    int headSize = keySize + Math.ceilDiv(size(), width) * tokens() * width;
    float[] packed =
        cpu.sharedScratch(PACKED, Math.multiplyExact(Math.multiplyExact(images, heads), headSize));
    MemorySegment input = cpu.floats(qkv).getSegment();
    cpu.workers()
        .parallel(
            images * heads,
            1,
            (from, to) -> {
              for (int head = from; head < to; head++) {
                packKeys(packed, head * headSize, input, head, width);
                packValues(packed, head * headSize + keySize, input, head, width);
              }
            });
    int blocks = Math.ceilDiv(tokens(), QUERIES);
    cpu.workers()
        .parallelByThread(
            images * heads * blocks,
            1,
            (thread, from, to) -> {
              for (int task = from; task < to; task++) {
                int head = task / blocks;
                attend(cpu, thread, packed, head * headSize, keySize, head, task % blocks);
              }
            });
  }

  /// Where a token's query (0), key (1) or value (2) of a head begins, in bytes.
  private long at(int head, int token, int which) {
    long row = (long) (head / heads) * tokens() + token;
    long first = (3 * row + which) * y.channels();
    return CpuLoops.bytes(first + (long) (head % heads) * size());
  }

  /// Keys as columns, in panels of {@code width} keys: (panels, size, width).
  private void packKeys(float[] to, int offset, MemorySegment input, int head, int width) {
    int size = size();
    int tokens = tokens();
    float[] key = new float[size];
    Arrays.fill(to, offset, offset + Math.ceilDiv(tokens, width) * size * width, 0f);
    for (int token = 0; token < tokens; token++) {
      MemorySegment.copy(input, JAVA_FLOAT, at(head, token, 1), key, 0, size);
      int column = offset + token / width * size * width + token % width;
      for (int c = 0; c < size; c++) {
        to[column + c * width] = key[c];
      }
    }
  }

  /// Values as rows, in panels of {@code width} channels: (panels, tokens, width).
  private void packValues(float[] to, int offset, MemorySegment input, int head, int width) {
    int size = size();
    int tokens = tokens();
    Arrays.fill(to, offset, offset + Math.ceilDiv(size, width) * tokens * width, 0f);
    for (int column = 0; column < size; column += width) {
      int panel = offset + column * tokens;
      int used = Math.min(width, size - column);
      for (int token = 0; token < tokens; token++) {
        long from = at(head, token, 2) + CpuLoops.bytes(column);
        MemorySegment.copy(input, JAVA_FLOAT, from, to, panel + token * width, used);
      }
    }
  }

  /// The results of a block of queries of a head. Scores lie in blocks of DEPTH keys, as the
  /// product with the values reads them: (key blocks, queries, DEPTH).
  private void attend(
      CpuRun cpu, int thread, float[] packed, int keys, int keySize, int head, int block) {
    DenseKernels kernel = cpu.denseKernels();
    int width = kernel.panelWidth();
    int size = size();
    int tokens = tokens();
    int first = block * QUERIES;
    int count = Math.min(QUERIES, tokens - first);
    int padded = Math.ceilDiv(count, kernel.tileRows()) * kernel.tileRows();
    int blockSize = padded * DEPTH;
    int blocks = Math.ceilDiv(tokens, DEPTH);
    int stride = Math.ceilDiv(size, width) * width;
    float[] scores = cpu.scratch(thread, SCORES, blocks * blockSize);
    float[] query = cpu.scratch(thread, QUERY, blockSize);
    float[] tile = cpu.scratch(thread, TILE, kernel.tileSize());
    float[] result = cpu.scratch(thread, RESULT, padded * stride);
    packQueries(query, cpu.floats(qkv).getSegment(), head, first, count);
    Arrays.fill(scores, 0, blocks * blockSize, 0f);
    for (int column = 0; column < tokens; column += width) {
      int to = column / DEPTH * blockSize + column % DEPTH;
      kernel.multiply(
          scores, to, DEPTH, query, 0, packed, keys + column * size, padded, size, tile);
    }
    float[] sums = new float[count];
    for (int row = 0; row < count; row++) {
      sums[row] = exponentials(kernel, scores, row, blockSize);
    }
    Arrays.fill(result, 0, padded * stride, 0f);
    for (int from = 0; from < tokens; from += DEPTH) {
      int depth = Math.min(DEPTH, tokens - from);
      for (int column = 0; column < size; column += width) {
        int values = keys + keySize + column * tokens + from * width;
        int at = from / DEPTH * blockSize;
        kernel.multiply(result, column, stride, scores, at, packed, values, padded, depth, tile);
      }
    }
    MemorySegment output = cpu.floats(y).getSegment();
    for (int row = 0; row < count; row++) {
      for (int c = row * stride; c < row * stride + size; c++) {
        result[c] /= sums[row];
      }
      long to = ((long) (head / heads) * tokens + first + row) * y.channels();
      to += (long) (head % heads) * size;
      MemorySegment.copy(result, row * stride, output, JAVA_FLOAT, CpuLoops.bytes(to), size);
    }
  }

  private void packQueries(float[] to, MemorySegment input, int head, int first, int count) {
    float scale = (float) (1 / Math.sqrt(size()));
    for (int row = 0; row < count; row++) {
      int at = row * DEPTH;
      MemorySegment.copy(input, JAVA_FLOAT, at(head, first + row, 0), to, at, size());
      for (int c = at; c < at + size(); c++) {
        to[c] *= scale;
      }
    }
  }

  /// Scores of a query to exponentials of their distance to the greatest; returns their sum.
  private float exponentials(DenseKernels kernel, float[] scores, int row, int blockSize) {
    int tokens = tokens();
    float maximum = Float.NEGATIVE_INFINITY;
    for (int from = 0; from < tokens; from += DEPTH) {
      int at = from / DEPTH * blockSize + row * DEPTH;
      maximum = Math.max(maximum, kernel.maximum(scores, at, at + Math.min(DEPTH, tokens - from)));
    }
    float[] sums = new float[DenseKernels.PARTIALS];
    for (int from = 0; from < tokens; from += DEPTH) {
      int at = from / DEPTH * blockSize + row * DEPTH;
      kernel.exponentials(scores, at, at + Math.min(DEPTH, tokens - from), maximum, sums);
    }
    return ScalarDenseKernels.total(sums);
  }

  /// What a library writes: Q, K and V are rounded to BF16 in any case.
  @Override
  public List<Twin> twinsRead(Set<Value> rounded, boolean library) {
    return library && size() == HalfHeads.SIZE ? List.of(Twin.plain(qkv)) : List.of();
  }

  @Override
  public List<Twin> twinsWritten(Value value, List<Twin> wanted) {
    return size() == HalfHeads.SIZE ? DenseTwins.written(y, wanted) : List.of();
  }

  @Override
  public void lower(Lowering tasks) {
    AttentionTasks.lower(tasks, this);
  }
}
