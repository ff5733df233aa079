package org.octolift.kernels.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// [PairKernels] on the Vector API. With 512-bit vectors, of which there are 32, products of rows
/// are tiles of 3 rows × 3 panels, 18 sums: a row is read once for 96 columns, and 3 addresses
/// leave the general registers free. Otherwise, and for single panels, they are tiles of 6 rows × 1
/// panel: 12 sums, 2 weights and a broadcast fit the 16 vector registers of AVX2. Outer products
/// have one address a side and take tiles of 8 rows × 1 panel, or 4 × 1. `docs/kernels.md` has the
/// measurements.
///
/// What keeps C2 from falling back to boxed vectors, at a tenth of the speed and without a word:
/// - Sums are local variables, written out; never arrays or loops.
/// - A tile of rows ends by storing its sums; another method adds them where they belong. Inlined
/// calls of the Vector API count towards a budget of nodes for each compiled method (18 000), and a
/// tile that also adds exceeds it: a tile of 6 × 2 by a single call, which showed only as 1.3 GB of
/// vectors allocated in a training step.
/// - Tiles work on heap arrays. Reading rows in place through memory segments saves the copy, but
/// its bounds checks make C2's result depend on what else the process has run.
public final class VectorPairKernels implements PairKernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private static final int WIDTH = 2 * LANES;

  /// Whether there are 32 vector registers, not 16.
  private static final boolean WIDE = SPECIES.vectorBitSize() >= 512;

  /// Vectors of the largest tile, 3 × 6.
  private static final int MAXIMUM_SUMS = 18;

  @Override
  public int panelWidth() {
    return WIDTH;
  }

  @Override
  public int tileSize() {
    return CacheLines.FIRST + MAXIMUM_SUMS * LANES;
  }

  @Override
  public void multiply(
      float[] y,
      int yOffset,
      int yStride,
      int[] out,
      float[] x,
      int xStride,
      int[] in,
      int begin,
      int end,
      float[] weights,
      int offset,
      int channels,
      int panels,
      float[] tile) {
    int done = 0;
    while (done < panels) {
      int left = panels - done;
      // Four panels as two and two: a single one is slower.
      int width = !WIDE ? 1 : left == 4 ? 2 : Math.min(left, 3);
      int y0 = yOffset + done * WIDTH;
      int w0 = offset + done * channels * WIDTH;
      int p = begin;
      for (; width == 1 && p + 6 <= end; p += 6) {
        multiply6x2(tile, x, xStride, in, p, weights, w0, channels);
        addRows(y, y0, yStride, out, p, 6, WIDTH, tile);
      }
      for (; p < end; p += 3) {
        switch (width) {
          case 3 -> multiply3x6(tile, x, xStride, in, p, weights, w0, channels);
          case 2 -> multiply3x4(tile, x, xStride, in, p, weights, w0, channels);
          default -> multiply3x2(tile, x, xStride, in, p, weights, w0, channels);
        }
        addRows(y, y0, yStride, out, p, 3, width * WIDTH, tile);
      }
      done += width;
    }
  }

  private static void multiply3x6(
      float[] tile, float[] x, int xStride, int[] in, int p, float[] w, int w0, int channels) {
    int x0 = in[p] * xStride;
    int x1 = in[p + 1] * xStride;
    int x2 = in[p + 2] * xStride;
    int w1 = w0 + channels * WIDTH;
    int w2 = w1 + channels * WIDTH;
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector b0 = a0;
    FloatVector c0 = a0;
    FloatVector d0 = a0;
    FloatVector e0 = a0;
    FloatVector f0 = a0;
    FloatVector a1 = a0;
    FloatVector b1 = a0;
    FloatVector c1 = a0;
    FloatVector d1 = a0;
    FloatVector e1 = a0;
    FloatVector f1 = a0;
    FloatVector a2 = a0;
    FloatVector b2 = a0;
    FloatVector c2 = a0;
    FloatVector d2 = a0;
    FloatVector e2 = a0;
    FloatVector f2 = a0;
    for (int c = 0; c < channels; c++) {
      FloatVector wa = load(w, w0 + c * WIDTH);
      FloatVector wb = load(w, w0 + c * WIDTH + LANES);
      FloatVector wc = load(w, w1 + c * WIDTH);
      FloatVector wd = load(w, w1 + c * WIDTH + LANES);
      FloatVector we = load(w, w2 + c * WIDTH);
      FloatVector wf = load(w, w2 + c * WIDTH + LANES);
      FloatVector v0 = FloatVector.broadcast(SPECIES, x[x0 + c]);
      a0 = v0.fma(wa, a0);
      b0 = v0.fma(wb, b0);
      c0 = v0.fma(wc, c0);
      d0 = v0.fma(wd, d0);
      e0 = v0.fma(we, e0);
      f0 = v0.fma(wf, f0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, x[x1 + c]);
      a1 = v1.fma(wa, a1);
      b1 = v1.fma(wb, b1);
      c1 = v1.fma(wc, c1);
      d1 = v1.fma(wd, d1);
      e1 = v1.fma(we, e1);
      f1 = v1.fma(wf, f1);
      FloatVector v2 = FloatVector.broadcast(SPECIES, x[x2 + c]);
      a2 = v2.fma(wa, a2);
      b2 = v2.fma(wb, b2);
      c2 = v2.fma(wc, c2);
      d2 = v2.fma(wd, d2);
      e2 = v2.fma(we, e2);
      f2 = v2.fma(wf, f2);
    }
    a0.intoArray(tile, CacheLines.FIRST + 0 * LANES);
    b0.intoArray(tile, CacheLines.FIRST + 1 * LANES);
    c0.intoArray(tile, CacheLines.FIRST + 2 * LANES);
    d0.intoArray(tile, CacheLines.FIRST + 3 * LANES);
    e0.intoArray(tile, CacheLines.FIRST + 4 * LANES);
    f0.intoArray(tile, CacheLines.FIRST + 5 * LANES);
    a1.intoArray(tile, CacheLines.FIRST + 6 * LANES);
    b1.intoArray(tile, CacheLines.FIRST + 7 * LANES);
    c1.intoArray(tile, CacheLines.FIRST + 8 * LANES);
    d1.intoArray(tile, CacheLines.FIRST + 9 * LANES);
    e1.intoArray(tile, CacheLines.FIRST + 10 * LANES);
    f1.intoArray(tile, CacheLines.FIRST + 11 * LANES);
    a2.intoArray(tile, CacheLines.FIRST + 12 * LANES);
    b2.intoArray(tile, CacheLines.FIRST + 13 * LANES);
    c2.intoArray(tile, CacheLines.FIRST + 14 * LANES);
    d2.intoArray(tile, CacheLines.FIRST + 15 * LANES);
    e2.intoArray(tile, CacheLines.FIRST + 16 * LANES);
    f2.intoArray(tile, CacheLines.FIRST + 17 * LANES);
  }

  private static void multiply3x4(
      float[] tile, float[] x, int xStride, int[] in, int p, float[] w, int w0, int channels) {
    int x0 = in[p] * xStride;
    int x1 = in[p + 1] * xStride;
    int x2 = in[p + 2] * xStride;
    int w1 = w0 + channels * WIDTH;
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector b0 = a0;
    FloatVector c0 = a0;
    FloatVector d0 = a0;
    FloatVector a1 = a0;
    FloatVector b1 = a0;
    FloatVector c1 = a0;
    FloatVector d1 = a0;
    FloatVector a2 = a0;
    FloatVector b2 = a0;
    FloatVector c2 = a0;
    FloatVector d2 = a0;
    for (int c = 0; c < channels; c++) {
      FloatVector wa = load(w, w0 + c * WIDTH);
      FloatVector wb = load(w, w0 + c * WIDTH + LANES);
      FloatVector wc = load(w, w1 + c * WIDTH);
      FloatVector wd = load(w, w1 + c * WIDTH + LANES);
      FloatVector v0 = FloatVector.broadcast(SPECIES, x[x0 + c]);
      a0 = v0.fma(wa, a0);
      b0 = v0.fma(wb, b0);
      c0 = v0.fma(wc, c0);
      d0 = v0.fma(wd, d0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, x[x1 + c]);
      a1 = v1.fma(wa, a1);
      b1 = v1.fma(wb, b1);
      c1 = v1.fma(wc, c1);
      d1 = v1.fma(wd, d1);
      FloatVector v2 = FloatVector.broadcast(SPECIES, x[x2 + c]);
      a2 = v2.fma(wa, a2);
      b2 = v2.fma(wb, b2);
      c2 = v2.fma(wc, c2);
      d2 = v2.fma(wd, d2);
    }
    a0.intoArray(tile, CacheLines.FIRST + 0 * LANES);
    b0.intoArray(tile, CacheLines.FIRST + 1 * LANES);
    c0.intoArray(tile, CacheLines.FIRST + 2 * LANES);
    d0.intoArray(tile, CacheLines.FIRST + 3 * LANES);
    a1.intoArray(tile, CacheLines.FIRST + 4 * LANES);
    b1.intoArray(tile, CacheLines.FIRST + 5 * LANES);
    c1.intoArray(tile, CacheLines.FIRST + 6 * LANES);
    d1.intoArray(tile, CacheLines.FIRST + 7 * LANES);
    a2.intoArray(tile, CacheLines.FIRST + 8 * LANES);
    b2.intoArray(tile, CacheLines.FIRST + 9 * LANES);
    c2.intoArray(tile, CacheLines.FIRST + 10 * LANES);
    d2.intoArray(tile, CacheLines.FIRST + 11 * LANES);
  }

  private static void multiply6x2(
      float[] tile, float[] x, int xStride, int[] in, int p, float[] w, int w0, int channels) {
    int x0 = in[p] * xStride;
    int x1 = in[p + 1] * xStride;
    int x2 = in[p + 2] * xStride;
    int x3 = in[p + 3] * xStride;
    int x4 = in[p + 4] * xStride;
    int x5 = in[p + 5] * xStride;
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector b0 = a0;
    FloatVector a1 = a0;
    FloatVector b1 = a0;
    FloatVector a2 = a0;
    FloatVector b2 = a0;
    FloatVector a3 = a0;
    FloatVector b3 = a0;
    FloatVector a4 = a0;
    FloatVector b4 = a0;
    FloatVector a5 = a0;
    FloatVector b5 = a0;
    for (int c = 0; c < channels; c++) {
      FloatVector wa = load(w, w0 + c * WIDTH);
      FloatVector wb = load(w, w0 + c * WIDTH + LANES);
      FloatVector v0 = FloatVector.broadcast(SPECIES, x[x0 + c]);
      a0 = v0.fma(wa, a0);
      b0 = v0.fma(wb, b0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, x[x1 + c]);
      a1 = v1.fma(wa, a1);
      b1 = v1.fma(wb, b1);
      FloatVector v2 = FloatVector.broadcast(SPECIES, x[x2 + c]);
      a2 = v2.fma(wa, a2);
      b2 = v2.fma(wb, b2);
      FloatVector v3 = FloatVector.broadcast(SPECIES, x[x3 + c]);
      a3 = v3.fma(wa, a3);
      b3 = v3.fma(wb, b3);
      FloatVector v4 = FloatVector.broadcast(SPECIES, x[x4 + c]);
      a4 = v4.fma(wa, a4);
      b4 = v4.fma(wb, b4);
      FloatVector v5 = FloatVector.broadcast(SPECIES, x[x5 + c]);
      a5 = v5.fma(wa, a5);
      b5 = v5.fma(wb, b5);
    }
    a0.intoArray(tile, CacheLines.FIRST + 0 * LANES);
    b0.intoArray(tile, CacheLines.FIRST + 1 * LANES);
    a1.intoArray(tile, CacheLines.FIRST + 2 * LANES);
    b1.intoArray(tile, CacheLines.FIRST + 3 * LANES);
    a2.intoArray(tile, CacheLines.FIRST + 4 * LANES);
    b2.intoArray(tile, CacheLines.FIRST + 5 * LANES);
    a3.intoArray(tile, CacheLines.FIRST + 6 * LANES);
    b3.intoArray(tile, CacheLines.FIRST + 7 * LANES);
    a4.intoArray(tile, CacheLines.FIRST + 8 * LANES);
    b4.intoArray(tile, CacheLines.FIRST + 9 * LANES);
    a5.intoArray(tile, CacheLines.FIRST + 10 * LANES);
    b5.intoArray(tile, CacheLines.FIRST + 11 * LANES);
  }

  private static void multiply3x2(
      float[] tile, float[] x, int xStride, int[] in, int p, float[] w, int w0, int channels) {
    int x0 = in[p] * xStride;
    int x1 = in[p + 1] * xStride;
    int x2 = in[p + 2] * xStride;
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector b0 = a0;
    FloatVector a1 = a0;
    FloatVector b1 = a0;
    FloatVector a2 = a0;
    FloatVector b2 = a0;
    for (int c = 0; c < channels; c++) {
      FloatVector wa = load(w, w0 + c * WIDTH);
      FloatVector wb = load(w, w0 + c * WIDTH + LANES);
      FloatVector v0 = FloatVector.broadcast(SPECIES, x[x0 + c]);
      a0 = v0.fma(wa, a0);
      b0 = v0.fma(wb, b0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, x[x1 + c]);
      a1 = v1.fma(wa, a1);
      b1 = v1.fma(wb, b1);
      FloatVector v2 = FloatVector.broadcast(SPECIES, x[x2 + c]);
      a2 = v2.fma(wa, a2);
      b2 = v2.fma(wb, b2);
    }
    a0.intoArray(tile, CacheLines.FIRST + 0 * LANES);
    b0.intoArray(tile, CacheLines.FIRST + 1 * LANES);
    a1.intoArray(tile, CacheLines.FIRST + 2 * LANES);
    b1.intoArray(tile, CacheLines.FIRST + 3 * LANES);
    a2.intoArray(tile, CacheLines.FIRST + 4 * LANES);
    b2.intoArray(tile, CacheLines.FIRST + 5 * LANES);
  }

  /// Adds the rows of a tile of some columns to the output rows of its pairs.
  private static void addRows(
      float[] y, int yOffset, int yStride, int[] out, int p, int rows, int columns, float[] tile) {
    for (int row = 0; row < rows; row++) {
      int to = yOffset + out[p + row] * yStride;
      int from = CacheLines.FIRST + row * columns;
      for (int j = 0; j < columns; j += WIDTH) {
        add2(y, to + j, tile, from + j);
      }
    }
  }

  private static void add2(float[] y, int to, float[] tile, int from) {
    FloatVector a = load(y, to).add(load(tile, from));
    FloatVector b = load(y, to + LANES).add(load(tile, from + LANES));
    a.intoArray(y, to);
    b.intoArray(y, to + LANES);
  }

  @Override
  public void outerProduct(
      float[] dw,
      int dwOffset,
      float[] x,
      int xOffset,
      float[] dy,
      int dyOffset,
      int pairs,
      int channels) {
    int c = 0;
    if (WIDE) {
      for (; c + 8 <= channels; c += 8) {
        outer8(dw, dwOffset + c * WIDTH, x, xOffset + c, dy, dyOffset, pairs);
      }
    }
    for (; c + 4 <= channels; c += 4) {
      outer4(dw, dwOffset + c * WIDTH, x, xOffset + c, dy, dyOffset, pairs);
    }
    for (; c < channels; c++) {
      outer1(dw, dwOffset + c * WIDTH, x, xOffset + c, dy, dyOffset, pairs);
    }
  }

  private static void outer8(
      float[] dw, int dw0, float[] x, int x0, float[] dy, int dy0, int pairs) {
    FloatVector a0 = load(dw, dw0);
    FloatVector b0 = load(dw, dw0 + LANES);
    FloatVector a1 = load(dw, dw0 + WIDTH);
    FloatVector b1 = load(dw, dw0 + WIDTH + LANES);
    FloatVector a2 = load(dw, dw0 + 2 * WIDTH);
    FloatVector b2 = load(dw, dw0 + 2 * WIDTH + LANES);
    FloatVector a3 = load(dw, dw0 + 3 * WIDTH);
    FloatVector b3 = load(dw, dw0 + 3 * WIDTH + LANES);
    FloatVector a4 = load(dw, dw0 + 4 * WIDTH);
    FloatVector b4 = load(dw, dw0 + 4 * WIDTH + LANES);
    FloatVector a5 = load(dw, dw0 + 5 * WIDTH);
    FloatVector b5 = load(dw, dw0 + 5 * WIDTH + LANES);
    FloatVector a6 = load(dw, dw0 + 6 * WIDTH);
    FloatVector b6 = load(dw, dw0 + 6 * WIDTH + LANES);
    FloatVector a7 = load(dw, dw0 + 7 * WIDTH);
    FloatVector b7 = load(dw, dw0 + 7 * WIDTH + LANES);
    for (int p = 0; p < pairs; p++) {
      int xAt = x0 + p * WIDTH;
      int dyAt = dy0 + p * WIDTH;
      FloatVector ga = load(dy, dyAt);
      FloatVector gb = load(dy, dyAt + LANES);
      FloatVector v0 = FloatVector.broadcast(SPECIES, x[xAt]);
      a0 = v0.fma(ga, a0);
      b0 = v0.fma(gb, b0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, x[xAt + 1]);
      a1 = v1.fma(ga, a1);
      b1 = v1.fma(gb, b1);
      FloatVector v2 = FloatVector.broadcast(SPECIES, x[xAt + 2]);
      a2 = v2.fma(ga, a2);
      b2 = v2.fma(gb, b2);
      FloatVector v3 = FloatVector.broadcast(SPECIES, x[xAt + 3]);
      a3 = v3.fma(ga, a3);
      b3 = v3.fma(gb, b3);
      FloatVector v4 = FloatVector.broadcast(SPECIES, x[xAt + 4]);
      a4 = v4.fma(ga, a4);
      b4 = v4.fma(gb, b4);
      FloatVector v5 = FloatVector.broadcast(SPECIES, x[xAt + 5]);
      a5 = v5.fma(ga, a5);
      b5 = v5.fma(gb, b5);
      FloatVector v6 = FloatVector.broadcast(SPECIES, x[xAt + 6]);
      a6 = v6.fma(ga, a6);
      b6 = v6.fma(gb, b6);
      FloatVector v7 = FloatVector.broadcast(SPECIES, x[xAt + 7]);
      a7 = v7.fma(ga, a7);
      b7 = v7.fma(gb, b7);
    }
    a0.intoArray(dw, dw0);
    b0.intoArray(dw, dw0 + LANES);
    a1.intoArray(dw, dw0 + WIDTH);
    b1.intoArray(dw, dw0 + WIDTH + LANES);
    a2.intoArray(dw, dw0 + 2 * WIDTH);
    b2.intoArray(dw, dw0 + 2 * WIDTH + LANES);
    a3.intoArray(dw, dw0 + 3 * WIDTH);
    b3.intoArray(dw, dw0 + 3 * WIDTH + LANES);
    a4.intoArray(dw, dw0 + 4 * WIDTH);
    b4.intoArray(dw, dw0 + 4 * WIDTH + LANES);
    a5.intoArray(dw, dw0 + 5 * WIDTH);
    b5.intoArray(dw, dw0 + 5 * WIDTH + LANES);
    a6.intoArray(dw, dw0 + 6 * WIDTH);
    b6.intoArray(dw, dw0 + 6 * WIDTH + LANES);
    a7.intoArray(dw, dw0 + 7 * WIDTH);
    b7.intoArray(dw, dw0 + 7 * WIDTH + LANES);
  }

  private static void outer4(
      float[] dw, int dw0, float[] x, int x0, float[] dy, int dy0, int pairs) {
    FloatVector a0 = load(dw, dw0);
    FloatVector b0 = load(dw, dw0 + LANES);
    FloatVector a1 = load(dw, dw0 + WIDTH);
    FloatVector b1 = load(dw, dw0 + WIDTH + LANES);
    FloatVector a2 = load(dw, dw0 + 2 * WIDTH);
    FloatVector b2 = load(dw, dw0 + 2 * WIDTH + LANES);
    FloatVector a3 = load(dw, dw0 + 3 * WIDTH);
    FloatVector b3 = load(dw, dw0 + 3 * WIDTH + LANES);
    for (int p = 0; p < pairs; p++) {
      int xAt = x0 + p * WIDTH;
      int dyAt = dy0 + p * WIDTH;
      FloatVector ga = load(dy, dyAt);
      FloatVector gb = load(dy, dyAt + LANES);
      FloatVector v0 = FloatVector.broadcast(SPECIES, x[xAt]);
      a0 = v0.fma(ga, a0);
      b0 = v0.fma(gb, b0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, x[xAt + 1]);
      a1 = v1.fma(ga, a1);
      b1 = v1.fma(gb, b1);
      FloatVector v2 = FloatVector.broadcast(SPECIES, x[xAt + 2]);
      a2 = v2.fma(ga, a2);
      b2 = v2.fma(gb, b2);
      FloatVector v3 = FloatVector.broadcast(SPECIES, x[xAt + 3]);
      a3 = v3.fma(ga, a3);
      b3 = v3.fma(gb, b3);
    }
    a0.intoArray(dw, dw0);
    b0.intoArray(dw, dw0 + LANES);
    a1.intoArray(dw, dw0 + WIDTH);
    b1.intoArray(dw, dw0 + WIDTH + LANES);
    a2.intoArray(dw, dw0 + 2 * WIDTH);
    b2.intoArray(dw, dw0 + 2 * WIDTH + LANES);
    a3.intoArray(dw, dw0 + 3 * WIDTH);
    b3.intoArray(dw, dw0 + 3 * WIDTH + LANES);
  }

  private static void outer1(
      float[] dw, int dw0, float[] x, int x0, float[] dy, int dy0, int pairs) {
    FloatVector a0 = load(dw, dw0);
    FloatVector b0 = load(dw, dw0 + LANES);
    for (int p = 0; p < pairs; p++) {
      int xAt = x0 + p * WIDTH;
      int dyAt = dy0 + p * WIDTH;
      FloatVector ga = load(dy, dyAt);
      FloatVector gb = load(dy, dyAt + LANES);
      FloatVector v0 = FloatVector.broadcast(SPECIES, x[xAt]);
      a0 = v0.fma(ga, a0);
      b0 = v0.fma(gb, b0);
    }
    a0.intoArray(dw, dw0);
    b0.intoArray(dw, dw0 + LANES);
  }

  @Override
  public void gather(
      float[] to,
      int toOffset,
      int row,
      int blockSize,
      float[] from,
      int fromOffset,
      int[] rows,
      int begin,
      int end,
      int channels) {
    int whole = channels / WIDTH * WIDTH;
    for (int p = begin; p < end; p++) {
      int start = fromOffset + rows[p] * channels;
      int at = toOffset + (row + p - begin) * WIDTH;
      int c = 0;
      for (; c < whole; c += WIDTH) {
        load(from, start + c).intoArray(to, at);
        load(from, start + c + LANES).intoArray(to, at + LANES);
        at += blockSize;
      }
      for (; c < channels; c++) {
        to[at++] = from[start + c];
      }
    }
  }

  private static FloatVector load(float[] array, int index) {
    return FloatVector.fromArray(SPECIES, array, index);
  }
}
