package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// How rows are dealt to partial sums of weight gradients, and the sum of those.
public final class WeightGradientSums {
  /// Groups to launch: those that a large GPU runs at a time, about twice over.
  private static final int GROUPS = 2048;

  private static final int FEWEST = 4;
  private static final int MOST = 512;

  private WeightGradientSums() {}

  /// Chunks of rows for a gradient of {@code matrices} independent parts. It depends on shapes
  /// alone, as the order of additions must.
  public static int chunks(int matrices) {
    return Math.clamp(GROUPS / matrices, FEWEST, MOST);
  }

  /// Adds the partial sums in order.
  ///
  /// @param dWeights written, (offsets·ci, co)
  /// @param partials not modified, (parts, offsets, rowsOut, columnsOut)
  /// @param parts partial sums of each weight
  /// @param rowsOut padded output channels of the partial sums
  /// @param columnsOut padded input channels of the partial sums
  public static void sum(
      FloatArray dWeights,
      FloatArray partials,
      int offsets,
      int ci,
      int co,
      int parts,
      int rowsOut,
      int columnsOut) {
    for (@Parallel int i = 0; i < offsets * co * ci; i++) {
      int channel = i % ci;
      int out = i / ci % co;
      int k = i / ci / co;
      int matrix = rowsOut * columnsOut;
      int at = k * matrix + out * columnsOut + channel;
      float sum = 0;
      for (int part = 0; part < parts; part++) {
        sum += partials.get(at);
        at += offsets * matrix;
      }
      dWeights.set((k * ci + channel) * co + out, sum);
    }
  }
}
