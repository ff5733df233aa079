package org.octolift.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// [PairKernels] on the Vector API. Register tiles of 8 rows × 2 vectors where the CPU has 32
/// vector registers (AVX-512: 16 accumulators, 2 weights, broadcasts), of 4 rows × 2 vectors
/// otherwise.
///
/// What keeps C2 from falling back to boxed vectors, at a tenth of the speed and without a word:
/// - Accumulators are local variables, written out; never arrays or loops.
/// - A tile ends by storing its sums; another method adds them where they belong. Inlined calls of
/// the Vector API count towards a budget of nodes for each compiled method (18 000), and a tile
/// of 8 × 2 that also adds exceeds it.
/// - Tiles work on heap arrays. Reading rows in place through memory segments saves the gather, but
/// its bounds checks make C2's result depend on what else the process has run.
public final class VectorPairKernels implements PairKernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private static final int WIDTH = 2 * LANES;

  /// Eight-row tiles need more than 16 vector registers.
  private static final boolean TALL = SPECIES.vectorBitSize() >= 512;

  private static final int TILE_ROWS = TALL ? 8 : 4;

  @Override
  public int panelWidth() {
    return WIDTH;
  }

  @Override
  public int tileSize() {
    return TILE_ROWS * WIDTH;
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
      int channels,
      float[] tile) {
    int p = 0;
    if (TALL) {
      for (; p + 8 <= pairs; p += 8) {
        multiply8(tile, x, p * xStride, xStride, panel, panelOffset, channels);
        scatterAdd(y, yOffset, yStride, out, from + p, 8, tile);
      }
    }
    for (; p < pairs; p += 4) {
      multiply4(tile, x, p * xStride, xStride, panel, panelOffset, channels);
      scatterAdd(y, yOffset, yStride, out, from + p, 4, tile);
    }
  }

  private static void multiply8(
      float[] tile, float[] x, int x0, int xStride, float[] w, int w0, int channels) {
    int x1 = x0 + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    int x4 = x3 + xStride;
    int x5 = x4 + xStride;
    int x6 = x5 + xStride;
    int x7 = x6 + xStride;
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
    FloatVector a6 = a0;
    FloatVector b6 = a0;
    FloatVector a7 = a0;
    FloatVector b7 = a0;
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
    a0.intoArray(tile, 0 * LANES);
    b0.intoArray(tile, 1 * LANES);
    a1.intoArray(tile, 2 * LANES);
    b1.intoArray(tile, 3 * LANES);
    a2.intoArray(tile, 4 * LANES);
    b2.intoArray(tile, 5 * LANES);
    a3.intoArray(tile, 6 * LANES);
    b3.intoArray(tile, 7 * LANES);
    a4.intoArray(tile, 8 * LANES);
    b4.intoArray(tile, 9 * LANES);
    a5.intoArray(tile, 10 * LANES);
    b5.intoArray(tile, 11 * LANES);
    a6.intoArray(tile, 12 * LANES);
    b6.intoArray(tile, 13 * LANES);
    a7.intoArray(tile, 14 * LANES);
    b7.intoArray(tile, 15 * LANES);
  }

  private static void multiply4(
      float[] tile, float[] x, int x0, int xStride, float[] w, int w0, int channels) {
    int x1 = x0 + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector b0 = a0;
    FloatVector a1 = a0;
    FloatVector b1 = a0;
    FloatVector a2 = a0;
    FloatVector b2 = a0;
    FloatVector a3 = a0;
    FloatVector b3 = a0;
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
    a0.intoArray(tile, 0 * LANES);
    b0.intoArray(tile, 1 * LANES);
    a1.intoArray(tile, 2 * LANES);
    b1.intoArray(tile, 3 * LANES);
    a2.intoArray(tile, 4 * LANES);
    b2.intoArray(tile, 5 * LANES);
    a3.intoArray(tile, 6 * LANES);
    b3.intoArray(tile, 7 * LANES);
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
      int channels,
      float[] tile) {
    int c = 0;
    if (TALL) {
      for (; c + 8 <= channels; c += 8) {
        outer8(tile, x, xOffset + c, dy, dyOffset, pairs);
        addTile(dw, dwOffset + c * WIDTH, tile, 8 * WIDTH);
      }
    }
    for (; c + 4 <= channels; c += 4) {
      outer4(tile, x, xOffset + c, dy, dyOffset, pairs);
      addTile(dw, dwOffset + c * WIDTH, tile, 4 * WIDTH);
    }
    for (; c < channels; c++) {
      outer1(tile, x, xOffset + c, dy, dyOffset, pairs);
      addTile(dw, dwOffset + c * WIDTH, tile, WIDTH);
    }
  }

  private static void outer8(float[] tile, float[] x, int x0, float[] dy, int dy0, int pairs) {
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
    FloatVector a6 = a0;
    FloatVector b6 = a0;
    FloatVector a7 = a0;
    FloatVector b7 = a0;
    for (int p = 0; p < pairs; p++) {
      int xAt = x0 + p * WIDTH;
      int dyAt = dy0 + p * WIDTH;
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
    a0.intoArray(tile, 0 * LANES);
    b0.intoArray(tile, 1 * LANES);
    a1.intoArray(tile, 2 * LANES);
    b1.intoArray(tile, 3 * LANES);
    a2.intoArray(tile, 4 * LANES);
    b2.intoArray(tile, 5 * LANES);
    a3.intoArray(tile, 6 * LANES);
    b3.intoArray(tile, 7 * LANES);
    a4.intoArray(tile, 8 * LANES);
    b4.intoArray(tile, 9 * LANES);
    a5.intoArray(tile, 10 * LANES);
    b5.intoArray(tile, 11 * LANES);
    a6.intoArray(tile, 12 * LANES);
    b6.intoArray(tile, 13 * LANES);
    a7.intoArray(tile, 14 * LANES);
    b7.intoArray(tile, 15 * LANES);
  }

  private static void outer4(float[] tile, float[] x, int x0, float[] dy, int dy0, int pairs) {
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector b0 = a0;
    FloatVector a1 = a0;
    FloatVector b1 = a0;
    FloatVector a2 = a0;
    FloatVector b2 = a0;
    FloatVector a3 = a0;
    FloatVector b3 = a0;
    for (int p = 0; p < pairs; p++) {
      int xAt = x0 + p * WIDTH;
      int dyAt = dy0 + p * WIDTH;
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
    a0.intoArray(tile, 0 * LANES);
    b0.intoArray(tile, 1 * LANES);
    a1.intoArray(tile, 2 * LANES);
    b1.intoArray(tile, 3 * LANES);
    a2.intoArray(tile, 4 * LANES);
    b2.intoArray(tile, 5 * LANES);
    a3.intoArray(tile, 6 * LANES);
    b3.intoArray(tile, 7 * LANES);
  }

  private static void outer1(float[] tile, float[] x, int x0, float[] dy, int dy0, int pairs) {
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector b0 = a0;
    for (int p = 0; p < pairs; p++) {
      int xAt = x0 + p * WIDTH;
      int dyAt = dy0 + p * WIDTH;
      FloatVector ga = load(dy, dyAt);
      FloatVector gb = load(dy, dyAt + LANES);
      FloatVector v0 = FloatVector.broadcast(SPECIES, x[xAt + 0]);
      a0 = v0.fma(ga, a0);
      b0 = v0.fma(gb, b0);
    }
    a0.intoArray(tile, 0 * LANES);
    b0.intoArray(tile, 1 * LANES);
  }

  @Override
  public void gather(
      float[] to,
      int row,
      int width,
      int blockSize,
      MemorySegment from,
      long offset,
      int[] rows,
      int begin,
      int end,
      int channels) {
    for (int p = begin; p < end; p++) {
      long start = 4 * (offset + (long) rows[p] * channels);
      int at = (row + p - begin) * width;
      for (int c = 0; c < channels; c += width) {
        copy(to, at, from, start + 4L * c, Math.min(width, channels - c));
        at += blockSize;
      }
    }
  }

  private static void copy(float[] to, int at, MemorySegment from, long bytes, int count) {
    int whole = SPECIES.loopBound(count);
    int c = 0;
    for (; c < whole; c += LANES) {
      FloatVector.fromMemorySegment(SPECIES, from, bytes + 4L * c, ByteOrder.nativeOrder())
          .intoArray(to, at + c);
    }
    for (; c < count; c++) {
      to[at + c] = from.get(ValueLayout.JAVA_FLOAT_UNALIGNED, bytes + 4L * c);
    }
  }

  /// Adds the rows of a tile to the output rows of its pairs.
  private static void scatterAdd(
      float[] y, int yOffset, int yStride, int[] out, int from, int rows, float[] tile) {
    for (int r = 0; r < rows; r++) {
      int at = yOffset + out[from + r] * yStride;
      load(y, at).add(load(tile, r * WIDTH)).intoArray(y, at);
      load(y, at + LANES).add(load(tile, r * WIDTH + LANES)).intoArray(y, at + LANES);
    }
  }

  /// Adds a tile to as many floats.
  private static void addTile(float[] dw, int offset, float[] tile, int size) {
    for (int i = 0; i < size; i += LANES) {
      load(dw, offset + i).add(load(tile, i)).intoArray(dw, offset + i);
    }
  }

  private static FloatVector load(float[] array, int index) {
    return FloatVector.fromArray(SPECIES, array, index);
  }
}
