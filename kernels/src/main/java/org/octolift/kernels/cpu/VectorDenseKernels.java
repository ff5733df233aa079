package org.octolift.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// [DenseKernels] on the Vector API. Register tiles of 8 rows × 2 vectors where vectors have 512
/// bits and there are 32 of them, of 4 rows × 2 vectors otherwise. With 12 × 2 or 6 × 2, C2 spills
/// registers and the tiles run at 3/4 or half of their speed.
///
/// The left matrix is read row by row with broadcasts; its rows lie a constant distance apart, so
/// one register addresses them all. What else keeps C2 from boxing vectors stands at
/// [VectorPairKernels].
public final class VectorDenseKernels implements DenseKernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int WIDTH = 2 * LANES;
  private static final long VECTOR_BYTES = SPECIES.vectorByteSize();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final boolean TALL = SPECIES.vectorBitSize() >= 512;
  private static final int ROWS = TALL ? 8 : 4;

  private final ScalarDenseKernels scalar = new ScalarDenseKernels();

  @Override
  public int tileRows() {
    return ROWS;
  }

  @Override
  public int panelWidth() {
    return WIDTH;
  }

  @Override
  public int tileSize() {
    return CacheLines.FIRST + ROWS * WIDTH;
  }

  @Override
  public void multiply(
      float[] c,
      int cOffset,
      int cStride,
      float[] a,
      int aOffset,
      float[] panel,
      int panelOffset,
      int rows,
      int depth,
      float[] tile) {
    for (int row = 0; row < rows; row += ROWS) {
      if (TALL) {
        multiply8(tile, a, aOffset + row * DEPTH, panel, panelOffset, depth);
      } else {
        multiply4(tile, a, aOffset + row * DEPTH, panel, panelOffset, depth);
      }
      addTile(c, cOffset + row * cStride, cStride, tile);
    }
  }

  private static void multiply8(
      float[] tile, float[] a, int a0, float[] panel, int panel0, int depth) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector t0 = FloatVector.zero(SPECIES);
    FloatVector s1 = FloatVector.zero(SPECIES);
    FloatVector t1 = FloatVector.zero(SPECIES);
    FloatVector s2 = FloatVector.zero(SPECIES);
    FloatVector t2 = FloatVector.zero(SPECIES);
    FloatVector s3 = FloatVector.zero(SPECIES);
    FloatVector t3 = FloatVector.zero(SPECIES);
    FloatVector s4 = FloatVector.zero(SPECIES);
    FloatVector t4 = FloatVector.zero(SPECIES);
    FloatVector s5 = FloatVector.zero(SPECIES);
    FloatVector t5 = FloatVector.zero(SPECIES);
    FloatVector s6 = FloatVector.zero(SPECIES);
    FloatVector t6 = FloatVector.zero(SPECIES);
    FloatVector s7 = FloatVector.zero(SPECIES);
    FloatVector t7 = FloatVector.zero(SPECIES);
    for (int k = 0; k < depth; k++) {
      FloatVector p = load(panel, panel0 + k * WIDTH);
      FloatVector q = load(panel, panel0 + k * WIDTH + LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + 0 * DEPTH + k]);
      s0 = x0.fma(p, s0);
      t0 = x0.fma(q, t0);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a0 + 1 * DEPTH + k]);
      s1 = x1.fma(p, s1);
      t1 = x1.fma(q, t1);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a0 + 2 * DEPTH + k]);
      s2 = x2.fma(p, s2);
      t2 = x2.fma(q, t2);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a0 + 3 * DEPTH + k]);
      s3 = x3.fma(p, s3);
      t3 = x3.fma(q, t3);
      FloatVector x4 = FloatVector.broadcast(SPECIES, a[a0 + 4 * DEPTH + k]);
      s4 = x4.fma(p, s4);
      t4 = x4.fma(q, t4);
      FloatVector x5 = FloatVector.broadcast(SPECIES, a[a0 + 5 * DEPTH + k]);
      s5 = x5.fma(p, s5);
      t5 = x5.fma(q, t5);
      FloatVector x6 = FloatVector.broadcast(SPECIES, a[a0 + 6 * DEPTH + k]);
      s6 = x6.fma(p, s6);
      t6 = x6.fma(q, t6);
      FloatVector x7 = FloatVector.broadcast(SPECIES, a[a0 + 7 * DEPTH + k]);
      s7 = x7.fma(p, s7);
      t7 = x7.fma(q, t7);
    }
    s0.intoArray(tile, CacheLines.FIRST + 0 * LANES);
    t0.intoArray(tile, CacheLines.FIRST + 1 * LANES);
    s1.intoArray(tile, CacheLines.FIRST + 2 * LANES);
    t1.intoArray(tile, CacheLines.FIRST + 3 * LANES);
    s2.intoArray(tile, CacheLines.FIRST + 4 * LANES);
    t2.intoArray(tile, CacheLines.FIRST + 5 * LANES);
    s3.intoArray(tile, CacheLines.FIRST + 6 * LANES);
    t3.intoArray(tile, CacheLines.FIRST + 7 * LANES);
    s4.intoArray(tile, CacheLines.FIRST + 8 * LANES);
    t4.intoArray(tile, CacheLines.FIRST + 9 * LANES);
    s5.intoArray(tile, CacheLines.FIRST + 10 * LANES);
    t5.intoArray(tile, CacheLines.FIRST + 11 * LANES);
    s6.intoArray(tile, CacheLines.FIRST + 12 * LANES);
    t6.intoArray(tile, CacheLines.FIRST + 13 * LANES);
    s7.intoArray(tile, CacheLines.FIRST + 14 * LANES);
    t7.intoArray(tile, CacheLines.FIRST + 15 * LANES);
  }

  private static void multiply4(
      float[] tile, float[] a, int a0, float[] panel, int panel0, int depth) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector t0 = FloatVector.zero(SPECIES);
    FloatVector s1 = FloatVector.zero(SPECIES);
    FloatVector t1 = FloatVector.zero(SPECIES);
    FloatVector s2 = FloatVector.zero(SPECIES);
    FloatVector t2 = FloatVector.zero(SPECIES);
    FloatVector s3 = FloatVector.zero(SPECIES);
    FloatVector t3 = FloatVector.zero(SPECIES);
    for (int k = 0; k < depth; k++) {
      FloatVector p = load(panel, panel0 + k * WIDTH);
      FloatVector q = load(panel, panel0 + k * WIDTH + LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + 0 * DEPTH + k]);
      s0 = x0.fma(p, s0);
      t0 = x0.fma(q, t0);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a0 + 1 * DEPTH + k]);
      s1 = x1.fma(p, s1);
      t1 = x1.fma(q, t1);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a0 + 2 * DEPTH + k]);
      s2 = x2.fma(p, s2);
      t2 = x2.fma(q, t2);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a0 + 3 * DEPTH + k]);
      s3 = x3.fma(p, s3);
      t3 = x3.fma(q, t3);
    }
    s0.intoArray(tile, CacheLines.FIRST + 0 * LANES);
    t0.intoArray(tile, CacheLines.FIRST + 1 * LANES);
    s1.intoArray(tile, CacheLines.FIRST + 2 * LANES);
    t1.intoArray(tile, CacheLines.FIRST + 3 * LANES);
    s2.intoArray(tile, CacheLines.FIRST + 4 * LANES);
    t2.intoArray(tile, CacheLines.FIRST + 5 * LANES);
    s3.intoArray(tile, CacheLines.FIRST + 6 * LANES);
    t3.intoArray(tile, CacheLines.FIRST + 7 * LANES);
  }

  private static void addTile(float[] c, int offset, int stride, float[] tile) {
    for (int row = 0; row < ROWS; row++) {
      int at = offset + row * stride;
      int from = CacheLines.FIRST + row * WIDTH;
      load(c, at).add(load(tile, from)).intoArray(c, at);
      load(c, at + LANES).add(load(tile, from + LANES)).intoArray(c, at + LANES);
    }
  }

  @Override
  public void copyPanel(float[] to, int offset, MemorySegment from, long at, int stride, int rows) {
    for (int i = 0; i < rows; i++) {
      long start = Float.BYTES * (at + (long) i * stride);
      int place = offset + i * WIDTH;
      FloatVector.fromMemorySegment(SPECIES, from, start, ORDER).intoArray(to, place);
      FloatVector.fromMemorySegment(SPECIES, from, start + VECTOR_BYTES, ORDER)
          .intoArray(to, place + LANES);
    }
  }

  private static FloatVector exp(FloatVector x) {
    FloatVector at =
        x.blend(
            ScalarDenseKernels.SMALLEST_EXPONENT,
            x.compare(VectorOperators.LT, ScalarDenseKernels.SMALLEST_EXPONENT));
    FloatVector shifted = at.fma(of(ScalarDenseKernels.LOG2_E), of(ScalarDenseKernels.ROUND));
    FloatVector n = shifted.sub(ScalarDenseKernels.ROUND);
    FloatVector high = n.fma(of(-ScalarDenseKernels.LN2_HIGH), at);
    FloatVector r = n.fma(of(-ScalarDenseKernels.LN2_LOW), high);
    FloatVector p = of(ScalarDenseKernels.E4);
    p = p.fma(r, of(ScalarDenseKernels.E3));
    p = p.fma(r, of(ScalarDenseKernels.E2));
    p = p.fma(r, of(ScalarDenseKernels.E1));
    p = p.fma(r, of(ScalarDenseKernels.E0));
    FloatVector value = p.mul(r).fma(r, r).add(1f);
    FloatVector scale =
        shifted
            .reinterpretAsInts()
            .lanewise(VectorOperators.LSHL, ScalarDenseKernels.MANTISSA_BITS)
            .add(ScalarDenseKernels.ONE_BITS)
            .reinterpretAsFloats();
    return value.mul(scale);
  }

  private static FloatVector normal(FloatVector t) {
    FloatVector u = of(1).div(t.fma(of(ScalarDenseKernels.GELU_SCALE), of(1)));
    FloatVector p = of(ScalarDenseKernels.N6);
    p = p.fma(u, of(ScalarDenseKernels.N5));
    p = p.fma(u, of(ScalarDenseKernels.N4));
    p = p.fma(u, of(ScalarDenseKernels.N3));
    p = p.fma(u, of(ScalarDenseKernels.N2));
    p = p.fma(u, of(ScalarDenseKernels.N1));
    return p.fma(u, of(ScalarDenseKernels.N0));
  }

  @Override
  public void gelu(float[] x, int from, int to) {
    int end = from + SPECIES.loopBound(to - from);
    for (int i = from; i < end; i += LANES) {
      FloatVector value = load(x, i);
      FloatVector t = distance(value);
      FloatVector tail = t.mul(exp(t.mul(-0.5f).mul(t))).mul(normal(t));
      FloatVector rectified = value.blend(0, value.compare(VectorOperators.LE, 0));
      rectified.sub(tail).intoArray(x, i);
    }
    scalar.gelu(x, end, to);
  }

  private static FloatVector distance(FloatVector x) {
    FloatVector t = x.abs();
    return t.blend(
        ScalarDenseKernels.GELU_RANGE,
        t.compare(VectorOperators.GT, ScalarDenseKernels.GELU_RANGE));
  }

  @Override
  public float maximum(float[] x, int from, int to) {
    int end = from + SPECIES.loopBound(to - from);
    float maximum = x[from];
    if (end > from) {
      FloatVector greatest = load(x, from);
      for (int i = from + LANES; i < end; i += LANES) {
        greatest = greatest.max(load(x, i));
      }
      maximum = greatest.reduceLanes(VectorOperators.MAX);
    }
    for (int i = end; i < to; i++) {
      maximum = Math.max(maximum, x[i]);
    }
    return maximum;
  }

  @Override
  public void exponentials(float[] x, int from, int to, float maximum, float[] sums) {
    int end = from + (to - from) / PARTIALS * PARTIALS;
    if (LANES == PARTIALS) {
      // The sum stays in a register: through memory each step would wait for the one before.
      FloatVector sum = load(sums, 0);
      for (int i = from; i < end; i += LANES) {
        FloatVector value = exp(load(x, i).sub(maximum));
        value.intoArray(x, i);
        sum = sum.add(value);
      }
      sum.intoArray(sums, 0);
    } else {
      for (int i = from; i < end; i += LANES) {
        FloatVector value = exp(load(x, i).sub(maximum));
        value.intoArray(x, i);
        int partial = (i - from) % PARTIALS;
        load(sums, partial).add(value).intoArray(sums, partial);
      }
    }
    for (int i = end; i < to; i++) {
      x[i] = ScalarDenseKernels.exp(x[i] - maximum);
      sums[(i - from) % PARTIALS] += x[i];
    }
  }

  @Override
  public void normaliseRows(
      MemorySegment y,
      MemorySegment x,
      float[] affine,
      float epsilon,
      int channels,
      int from,
      int to,
      float[] sums) {
    for (int row = from; row < to; row++) {
      int at = row * channels;
      Arrays.fill(sums, 0, PARTIALS, 0f);
      addTo(sums, x, at, channels);
      float mean = ScalarDenseKernels.total(sums) / channels;
      Arrays.fill(sums, 0, PARTIALS, 0f);
      addSquares(sums, x, at, channels, mean);
      float variance = ScalarDenseKernels.total(sums) / channels;
      float scale = ScalarDenseKernels.reciprocalRoot(variance, epsilon);
      normalise(y, x, affine, at, channels, mean, scale);
    }
  }

  private static void addTo(float[] sums, MemorySegment x, int at, int channels) {
    int end = SPECIES.loopBound(channels);
    for (int c = 0; c < end; c += LANES) {
      int partial = c % PARTIALS;
      load(sums, partial).add(load(x, at + c)).intoArray(sums, partial);
    }
    ScalarDenseKernels.addTo(sums, x, at, channels, end);
  }

  private static void addSquares(float[] sums, MemorySegment x, int at, int channels, float mean) {
    int end = SPECIES.loopBound(channels);
    for (int c = 0; c < end; c += LANES) {
      int partial = c % PARTIALS;
      FloatVector difference = load(x, at + c).sub(mean);
      difference.fma(difference, load(sums, partial)).intoArray(sums, partial);
    }
    ScalarDenseKernels.addSquares(sums, x, at, channels, end, mean);
  }

  private static void normalise(
      MemorySegment y,
      MemorySegment x,
      float[] affine,
      int at,
      int channels,
      float mean,
      float scale) {
    int end = SPECIES.loopBound(channels);
    for (int c = 0; c < end; c += LANES) {
      FloatVector centred = load(x, at + c).sub(mean).mul(scale);
      store(y, at + c, centred.fma(load(affine, c), load(affine, channels + c)));
    }
    ScalarDenseKernels.normalise(y, x, affine, at, channels, end, mean, scale);
  }

  @Override
  public void blendRows(
      MemorySegment y,
      int row,
      MemorySegment x,
      int[] rows,
      float[] weights,
      int taps,
      int channels) {
    int end = SPECIES.loopBound(channels);
    for (int c = 0; c < end; c += LANES) {
      store(y, row * channels + c, blend(x, rows, weights, taps, channels, c));
    }
    ScalarDenseKernels.blendChannels(y, row, x, rows, weights, taps, channels, end);
  }

  private static FloatVector blend(
      MemorySegment x, int[] rows, float[] weights, int taps, int channels, int c) {
    FloatVector sum = load(x, rows[0] * channels + c).mul(weights[0]);
    for (int tap = 1; tap < taps; tap++) {
      sum = load(x, rows[tap] * channels + c).fma(of(weights[tap]), sum);
    }
    return sum;
  }

  private static FloatVector of(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(SPECIES, array, at);
  }

  private static FloatVector load(MemorySegment segment, int at) {
    return FloatVector.fromMemorySegment(SPECIES, segment, (long) at << 2, ORDER);
  }

  private static void store(MemorySegment segment, int at, FloatVector value) {
    value.intoMemorySegment(segment, (long) at << 2, ORDER);
  }
}
