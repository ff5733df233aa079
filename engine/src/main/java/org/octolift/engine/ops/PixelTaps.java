package org.octolift.engine.ops;

import org.octolift.engine.Grid;

/// Which pixels of images make up each pixel of images of another size, and with what weights; one
/// output pixel at a time.
final class PixelTaps {
  private final Grid to;
  private final Grid from;
  private final Resampler.Axis vertical;
  private final Resampler.Axis horizontal;

  /// Rows of the input, the first [#count] of them.
  final int[] rows;

  /// Their weights.
  final float[] weights;

  /// At least one.
  int count;

  PixelTaps(Grid to, Grid from, Resampler.Axis vertical, Resampler.Axis horizontal) {
    this.to = to;
    this.from = from;
    this.vertical = vertical;
    this.horizontal = horizontal;
    int most = Math.max(1, vertical.widest() * horizontal.widest());
    rows = new int[most];
    weights = new float[most];
  }

  /// Finds the taps of a row of the output; one of weight 0 where there is none.
  void find(int row) {
    int image = row / to.pixels() * from.height();
    int line = row / to.width() % to.height();
    int column = row % to.width();
    int[] lines = vertical.starts();
    int[] columns = horizontal.starts();
    rows[0] = image * from.width();
    weights[0] = 0;
    count = 0;
    for (int a = lines[line]; a < lines[line + 1]; a++) {
      int first = (image + vertical.indices()[a]) * from.width();
      for (int b = columns[column]; b < columns[column + 1]; b++) {
        rows[count] = first + horizontal.indices()[b];
        weights[count++] = vertical.weights()[a] * horizontal.weights()[b];
      }
    }
    count = Math.max(count, 1);
  }
}
