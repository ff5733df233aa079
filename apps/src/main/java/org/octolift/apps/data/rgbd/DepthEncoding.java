package org.octolift.apps.data.rgbd;

import java.util.Locale;

/// What the numbers of a depth image mean.
public enum DepthEncoding {
  /// Units of 1 / scale metres: most cameras and data sets.
  LINEAR,
  /// SUN RGB-D: the bits are rotated left by 3, then as [#LINEAR].
  SUN,
  /// NYU Depth v2 raw frames: bytes swapped, Kinect disparity d, depth = 351.3 / (1092.5 − d).
  NYU;

  private static final int NYU_NO_DEPTH = 2047;

  /// Depth in metres of the stored value {@code raw}; 0 where there is none.
  ///
  /// @param scale units in a metre, without meaning for [#NYU]
  public double metres(char raw, double scale) {
    return switch (this) {
      case LINEAR -> raw / scale;
      case SUN -> (char) (raw >>> 3 | raw << 13) / scale;
      case NYU -> {
        int disparity = Character.reverseBytes(raw);
        yield disparity >= NYU_NO_DEPTH ? 0 : Math.max(0, 351.3 / (1092.5 - disparity));
      }
    };
  }

  /// The name in options and messages.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
