package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.types.BFloat16;
import uk.ac.manchester.tornado.api.types.HalfFloat;

/// The parts of matrices that the 32 lanes of a warp hold for D = A·B + C, where A is (16, 16),
/// B (16, 8) and C, D (16, 8): the layout of PTX's `mma.m16n8k16`, in which lane l holds rows l/4
/// and l/4 + 8 of A, C and D, and column l/4 of B.
final class MatrixFragment {
  /// Depth of the product, and the columns of A.
  static final int DEPTH = 16;

  private static final int HALF_BYTES = 2;
  private static final int A_ROW_BYTES = DEPTH * HALF_BYTES;
  private static final int B_ROW_BYTES = 8 * HALF_BYTES;

  private MatrixFragment() {}

  /// The lane's 8 elements of A from a row-major (16, 16) tile, two elements an int. Lanes 0..15
  /// bring the places of rows 0..15, columns 0..7, lanes 16..31 those of columns 8..15.
  static HalfFloat[] loadA(int[] tile, WorkItem.Exchange byteOffsets, int lane) {
    HalfFloat[] fragment = new HalfFloat[8];
    for (int i = 0; i < fragment.length; i++) {
      int row = row(lane, i / 2 % 2);
      int column = pairOf(lane) + i % 2 + 8 * (i / 4);
      int byteOffset = (int) byteOffsets.of(row + 2 * (column & 8));
      fragment[i] = half(tile, byteOffset + row * A_ROW_BYTES + column * HALF_BYTES);
    }
    return fragment;
  }

  /// The lane's 4 elements of B from a row-major (16, 8) tile, two elements an int. Lanes 0..15
  /// bring the places of the rows.
  static HalfFloat[] loadB(int[] tile, WorkItem.Exchange byteOffsets, int lane) {
    HalfFloat[] fragment = new HalfFloat[4];
    for (int i = 0; i < fragment.length; i++) {
      int row = pairOf(lane) + i % 2 + 8 * (i / 2);
      int column = lane / 4;
      int byteOffset = (int) byteOffsets.of(row);
      fragment[i] = half(tile, byteOffset + row * B_ROW_BYTES + column * HALF_BYTES);
    }
    return fragment;
  }

  /// Row of C and D of the lane's i-th element.
  static int accumulatorRow(int lane, int i) {
    return row(lane, i / 2);
  }

  /// Column of C and D of the lane's i-th element.
  static int accumulatorColumn(int lane, int i) {
    return pairOf(lane) + i % 2;
  }

  /// The fragments that one lane brings to a product.
  record Operands(HalfFloat[] a, HalfFloat[] b) {}

  /// How the 16 bits of an element are read.
  enum Type {
    FP16,
    BF16;

    double value(HalfFloat element) {
      return switch (this) {
        case FP16 -> element.getFloat32();
        case BF16 -> BFloat16.bf16ToFloat(element.getHalfFloatValue());
      };
    }
  }

  /// The lane's 4 elements of D. Products are exact, their sum is rounded to `float` once; a GPU
  /// rounds in between and may differ in the last bits.
  static float[] multiply(WorkItem.Exchange warp, float[] c, int lane, Type type) {
    float[] d = new float[c.length];
    for (int i = 0; i < d.length; i++) {
      int row = accumulatorRow(lane, i);
      int column = accumulatorColumn(lane, i);
      double sum = c[i];
      for (int k = 0; k < DEPTH; k++) {
        Operands ofA = (Operands) warp.of(row % 8 * 4 + k % 8 / 2);
        Operands ofB = (Operands) warp.of(column * 4 + k % 8 / 2);
        HalfFloat a = ofA.a()[k % 2 + row / 8 * 2 + k / 8 * 4];
        HalfFloat b = ofB.b()[k % 2 + k / 8 * 2];
        sum += type.value(a) * type.value(b);
      }
      d[i] = (float) sum;
    }
    return d;
  }

  private static int row(int lane, int half) {
    return lane / 4 + 8 * half;
  }

  private static int pairOf(int lane) {
    return lane % 4 * 2;
  }

  private static HalfFloat half(int[] tile, int byteAddress) {
    int pair = tile[byteAddress / Integer.BYTES];
    return new HalfFloat((short) (byteAddress % Integer.BYTES == 0 ? pair : pair >>> Short.SIZE));
  }
}
