package org.octolift.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// [PairKernels] on the Vector API. Register tiles of 8 rows × 2 vectors where the CPU has 32
/// vector registers (AVX-512: 16 accumulators, 2 weights, broadcasts), of 4 rows × 2 vectors
/// otherwise. The tiles are written out: C2 keeps accumulators in registers only as local
/// variables, never in arrays or loops. Tiles work on heap arrays alone. Reading rows in place
/// through memory segments saves the gather, but its bounds checks make C2's result depend on
/// what else the process has run: the same tile ran at 220 or at 22 GFLOP/s.
public final class VectorPairKernels implements PairKernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private static final int WIDTH = 2 * LANES;

  /// Eight-row tiles need more than 16 vector registers.
  private static final boolean TALL = SPECIES.vectorBitSize() >= 512;

  @Override
  public int panelWidth() {
    return WIDTH;
  }

  @Override
  public void multiply(
      float[] y,
      int yOffset,
      int yStride,
      int[] out,
      int from,
      float[] x,
      int xStride,
      int pairs,
      float[] panel,
      int panelOffset,
      int channels) {
    int p = 0;
    if (TALL) {
      for (; p + 8 <= pairs; p += 8) {
        multiply8(
            y,
            yOffset + out[from + p + 0] * yStride,
            yOffset + out[from + p + 1] * yStride,
            yOffset + out[from + p + 2] * yStride,
            yOffset + out[from + p + 3] * yStride,
            yOffset + out[from + p + 4] * yStride,
            yOffset + out[from + p + 5] * yStride,
            yOffset + out[from + p + 6] * yStride,
            yOffset + out[from + p + 7] * yStride,
            x,
            p * xStride,
            xStride,
            panel,
            panelOffset,
            channels);
      }
    }
    for (; p < pairs; p += 4) {
      multiply4(
          y,
          yOffset + out[from + p + 0] * yStride,
          yOffset + out[from + p + 1] * yStride,
          yOffset + out[from + p + 2] * yStride,
          yOffset + out[from + p + 3] * yStride,
          x,
          p * xStride,
          xStride,
          panel,
          panelOffset,
          channels);
    }
  }

  private static void multiply8(
      float[] y,
      int y0,
      int y1,
      int y2,
      int y3,
      int y4,
      int y5,
      int y6,
      int y7,
      float[] x,
      int x0,
      int xStride,
      float[] w,
      int w0,
      int channels) {
    int x1 = x0 + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    int x4 = x3 + xStride;
    int x5 = x4 + xStride;
    int x6 = x5 + xStride;
    int x7 = x6 + xStride;
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector b0 = a0;
    FloatVector a1 = FloatVector.zero(SPECIES);
    FloatVector b1 = a1;
    FloatVector a2 = FloatVector.zero(SPECIES);
    FloatVector b2 = a2;
    FloatVector a3 = FloatVector.zero(SPECIES);
    FloatVector b3 = a3;
    FloatVector a4 = FloatVector.zero(SPECIES);
    FloatVector b4 = a4;
    FloatVector a5 = FloatVector.zero(SPECIES);
    FloatVector b5 = a5;
    FloatVector a6 = FloatVector.zero(SPECIES);
    FloatVector b6 = a6;
    FloatVector a7 = FloatVector.zero(SPECIES);
    FloatVector b7 = a7;
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
      FloatVector v6 = FloatVector.broadcast(SPECIES, x[x6 + c]);
      a6 = v6.fma(wa, a6);
      b6 = v6.fma(wb, b6);
      FloatVector v7 = FloatVector.broadcast(SPECIES, x[x7 + c]);
      a7 = v7.fma(wa, a7);
      b7 = v7.fma(wb, b7);
    }
    add(y, y0, a0, b0);
    add(y, y1, a1, b1);
    add(y, y2, a2, b2);
    add(y, y3, a3, b3);
    add(y, y4, a4, b4);
    add(y, y5, a5, b5);
    add(y, y6, a6, b6);
    add(y, y7, a7, b7);
  }

  private static void multiply4(
      float[] y,
      int y0,
      int y1,
      int y2,
      int y3,
      float[] x,
      int x0,
      int xStride,
      float[] w,
      int w0,
      int channels) {
    int x1 = x0 + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector b0 = a0;
    FloatVector a1 = FloatVector.zero(SPECIES);
    FloatVector b1 = a1;
    FloatVector a2 = FloatVector.zero(SPECIES);
    FloatVector b2 = a2;
    FloatVector a3 = FloatVector.zero(SPECIES);
    FloatVector b3 = a3;
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
    }
    add(y, y0, a0, b0);
    add(y, y1, a1, b1);
    add(y, y2, a2, b2);
    add(y, y3, a3, b3);
  }

  @Override
  public void outerProduct(
      float[] dw,
      int dwOffset,
      float[] x,
      int xStride,
      float[] dy,
      int dyOffset,
      int dyStride,
      int pairs,
      int channels) {
    int c = 0;
    if (TALL) {
      for (; c + 8 <= channels; c += 8) {
        outer8(dw, dwOffset + c * WIDTH, x, c, xStride, dy, dyOffset, dyStride, pairs);
      }
    }
    for (; c + 4 <= channels; c += 4) {
      outer4(dw, dwOffset + c * WIDTH, x, c, xStride, dy, dyOffset, dyStride, pairs);
    }
    for (; c < channels; c++) {
      outer1(dw, dwOffset + c * WIDTH, x, c, xStride, dy, dyOffset, dyStride, pairs);
    }
  }

  private static void outer8(
      float[] dw,
      int dw0,
      float[] x,
      int x0,
      int xStride,
      float[] dy,
      int dy0,
      int dyStride,
      int pairs) {
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector b0 = a0;
    FloatVector a1 = FloatVector.zero(SPECIES);
    FloatVector b1 = a1;
    FloatVector a2 = FloatVector.zero(SPECIES);
    FloatVector b2 = a2;
    FloatVector a3 = FloatVector.zero(SPECIES);
    FloatVector b3 = a3;
    FloatVector a4 = FloatVector.zero(SPECIES);
    FloatVector b4 = a4;
    FloatVector a5 = FloatVector.zero(SPECIES);
    FloatVector b5 = a5;
    FloatVector a6 = FloatVector.zero(SPECIES);
    FloatVector b6 = a6;
    FloatVector a7 = FloatVector.zero(SPECIES);
    FloatVector b7 = a7;
    for (int p = 0; p < pairs; p++) {
      int xAt = x0 + p * xStride;
      int dyAt = dy0 + p * dyStride;
      FloatVector ga = load(dy, dyAt);
      FloatVector gb = load(dy, dyAt + LANES);
      FloatVector v0 = FloatVector.broadcast(SPECIES, x[xAt + 0]);
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
    add(dw, dw0 + 0 * WIDTH, a0, b0);
    add(dw, dw0 + 1 * WIDTH, a1, b1);
    add(dw, dw0 + 2 * WIDTH, a2, b2);
    add(dw, dw0 + 3 * WIDTH, a3, b3);
    add(dw, dw0 + 4 * WIDTH, a4, b4);
    add(dw, dw0 + 5 * WIDTH, a5, b5);
    add(dw, dw0 + 6 * WIDTH, a6, b6);
    add(dw, dw0 + 7 * WIDTH, a7, b7);
  }

  private static void outer4(
      float[] dw,
      int dw0,
      float[] x,
      int x0,
      int xStride,
      float[] dy,
      int dy0,
      int dyStride,
      int pairs) {
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector b0 = a0;
    FloatVector a1 = FloatVector.zero(SPECIES);
    FloatVector b1 = a1;
    FloatVector a2 = FloatVector.zero(SPECIES);
    FloatVector b2 = a2;
    FloatVector a3 = FloatVector.zero(SPECIES);
    FloatVector b3 = a3;
    for (int p = 0; p < pairs; p++) {
      int xAt = x0 + p * xStride;
      int dyAt = dy0 + p * dyStride;
      FloatVector ga = load(dy, dyAt);
      FloatVector gb = load(dy, dyAt + LANES);
      FloatVector v0 = FloatVector.broadcast(SPECIES, x[xAt + 0]);
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
    add(dw, dw0 + 0 * WIDTH, a0, b0);
    add(dw, dw0 + 1 * WIDTH, a1, b1);
    add(dw, dw0 + 2 * WIDTH, a2, b2);
    add(dw, dw0 + 3 * WIDTH, a3, b3);
  }

  private static void outer1(
      float[] dw,
      int dw0,
      float[] x,
      int x0,
      int xStride,
      float[] dy,
      int dy0,
      int dyStride,
      int pairs) {
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector b0 = a0;
    for (int p = 0; p < pairs; p++) {
      int xAt = x0 + p * xStride;
      int dyAt = dy0 + p * dyStride;
      FloatVector ga = load(dy, dyAt);
      FloatVector gb = load(dy, dyAt + LANES);
      FloatVector v0 = FloatVector.broadcast(SPECIES, x[xAt + 0]);
      a0 = v0.fma(ga, a0);
      b0 = v0.fma(gb, b0);
    }
    add(dw, dw0, a0, b0);
  }

  @Override
  public void gather(
      float[] to,
      int toStride,
      MemorySegment from,
      long offset,
      int stride,
      int[] rows,
      int begin,
      int end,
      int channels) {
    int whole = SPECIES.loopBound(channels);
    for (int p = begin; p < end; p++) {
      long row = 4 * (offset + (long) rows[p] * stride);
      int at = (p - begin) * toStride;
      int c = 0;
      for (; c < whole; c += LANES) {
        FloatVector.fromMemorySegment(SPECIES, from, row + 4L * c, ByteOrder.nativeOrder())
            .intoArray(to, at + c);
      }
      for (; c < channels; c++) {
        to[at + c] = from.get(ValueLayout.JAVA_FLOAT_UNALIGNED, row + 4L * c);
      }
    }
  }

  /// Adds the sums of one row of a tile to where they belong.
  private static void add(float[] array, int index, FloatVector a, FloatVector b) {
    load(array, index).add(a).intoArray(array, index);
    load(array, index + LANES).add(b).intoArray(array, index + LANES);
  }

  private static FloatVector load(float[] array, int index) {
    return FloatVector.fromArray(SPECIES, array, index);
  }
}
