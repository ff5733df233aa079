package org.octolift.apps.report;

import org.octolift.apps.data.Scan;

/// Colours of points, 0xRRGGBB each: what a [CloudRenderer] draws.
public final class PointColours {
  private static final int RIGHT = 0x9DBBD0;
  private static final int WRONG = 0xD7301F;
  private static final int IGNORED = 0xDADADA;

  private PointColours() {}

  /// The scan's own colours; light grey when it has none.
  public static int[] ofScan(Scan scan) {
    int[] out = new int[scan.size()];
    float[] rgb = scan.colours();
    for (int i = 0; i < out.length; i++) {
      out[i] =
          rgb == null
              ? 0xC8C8C8
              : channel(rgb[3 * i]) << 16 | channel(rgb[3 * i + 1]) << 8 | channel(rgb[3 * i + 2]);
    }
    return out;
  }

  /// The colours of labels or predictions.
  public static int[] ofLabels(int[] labels, ClassPalette palette) {
    int[] out = new int[labels.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = palette.colour(labels[i]);
    }
    return out;
  }

  /// Wrong predictions red, right ones pale blue, points that do not count light grey.
  ///
  /// @param ignored label whose points do not count; negative labels never do
  public static int[] ofErrors(int[] truth, int[] prediction, int ignored) {
    if (truth.length != prediction.length) {
      throw new IllegalArgumentException(
          "%d labels, %d predictions".formatted(truth.length, prediction.length));
    }
    int[] out = new int[truth.length];
    for (int i = 0; i < out.length; i++) {
      boolean counts = truth[i] >= 0 && truth[i] != ignored;
      out[i] = !counts ? IGNORED : truth[i] == prediction[i] ? RIGHT : WRONG;
    }
    return out;
  }

  private static int channel(float value) {
    return Math.clamp(Math.round(value), 0, 255);
  }
}
