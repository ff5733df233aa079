package org.octolift.apps.report;

import java.awt.Color;
import java.util.Arrays;

/// A colour for each class. Neighbouring classes differ in lightness as well as in hue, so that
/// they stay apart for colour-blind readers and in greyscale print.
public final class ClassPalette {
  private static final int UNKNOWN = 0x8E9196;

  /// Large surfaces pale, furniture strong; order of [ClassNames#scanNet20()].
  private static final int[] SCANNET_20 = {
    UNKNOWN, 0xC9D2DE, 0xE8D3AE, 0x2C7FB8, 0xF4A3BF, 0xF2C318, 0x1B9E77, 0xF07C22, 0x8A5430,
    0x7FD3F7, 0x7E3FA4, 0xE0218A, 0xB7E04F, 0xC0271F, 0xAAA3F2, 0x14407F, 0x4BE3CB, 0x66801A,
    0xFF6D70, 0x0A6B4D, 0x4A4358
  };

  private static final double GOLDEN_RATIO = 0.6180339887498949;

  private final int[] colours;

  private ClassPalette(int[] colours) {
    this.colours = colours;
  }

  /// Colours of the ScanNet-20 classes.
  public static ClassPalette scanNet20() {
    return new ClassPalette(SCANNET_20.clone());
  }

  /// Colours for any number of classes; those of ScanNet for up to 21, where label 0 is grey.
  public static ClassPalette of(int classes) {
    if (classes < 1) {
      throw new IllegalArgumentException("classes must be at least 1, is " + classes);
    }
    int[] colours = Arrays.copyOf(SCANNET_20, classes);
    for (int i = SCANNET_20.length; i < classes; i++) {
      float hue = (float) (i * GOLDEN_RATIO % 1);
      float saturation = i % 2 == 0 ? 0.75f : 0.45f;
      colours[i] = Color.HSBtoRGB(hue, saturation, 0.95f - 0.2f * (i % 3)) & 0xFFFFFF;
    }
    return new ClassPalette(colours);
  }

  /// Number of classes.
  public int size() {
    return colours.length;
  }

  /// The colour of a label as 0xRRGGBB; grey for labels outside the palette.
  public int colour(int label) {
    return label >= 0 && label < colours.length ? colours[label] : UNKNOWN;
  }
}
