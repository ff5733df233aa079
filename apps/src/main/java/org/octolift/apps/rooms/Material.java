package org.octolift.apps.rooms;

/// How a surface looks: two colours, a pattern that mixes them in the solid's own frame, and how
/// much it disturbs a depth camera.
///
/// @param main colour of most of the surface
/// @param second colour that the pattern mixes in
/// @param scale size of the pattern in metres
/// @param glare fraction of depth pixels that glass or polish costs
record Material(Colour main, Colour second, Pattern pattern, double scale, double glare) {
  /// Reflected fractions of red, green and blue light, 0..1.
  record Colour(double red, double green, double blue) {
    /// From hue in turns, saturation and value, all 0..1.
    static Colour ofHue(double hue, double saturation, double value) {
      double h = 6 * (hue - Math.floor(hue));
      return new Colour(
          component(5, h, saturation, value),
          component(3, h, saturation, value),
          component(1, h, saturation, value));
    }

    private static double component(double n, double h, double saturation, double value) {
      double k = (n + h) % 6;
      return value - value * saturation * Math.clamp(Math.min(k, 4 - k), 0.0, 1.0);
    }

    /// This colour times a brightness, each part at most 1.
    Colour times(double f) {
      return new Colour(Math.min(1, red * f), Math.min(1, green * f), Math.min(1, blue * f));
    }
  }

  /// The patterns.
  enum Pattern {
    PLAIN,
    /// Streaks along x.
    WOOD,
    /// Square tiles with joints of the second colour.
    TILES,
    /// Fine irregular weave.
    CLOTH,
    /// Bars along z of irregular brightness: spines of books, slats.
    SPINES,
    /// Large soft patches of both colours: paintings, stone.
    PATCHES
  }

  static Material plain(Colour colour) {
    return new Material(colour, colour, Pattern.PLAIN, 1, 0);
  }

  Material withGlare(double fraction) {
    return new Material(main, second, pattern, scale, fraction);
  }

  /// Writes the colour at a point of the solid's frame whose outward normal is {@code normal}.
  void colourAt(double[] point, double[] normal, double[] out) {
    double x = point[0];
    double y = point[1];
    double z = point[2];
    double mix =
        switch (pattern) {
          case PLAIN -> 0;
          case WOOD -> noise(x / (8 * scale), y / scale, z / scale);
          case TILES -> joint(x, normal[0]) || joint(y, normal[1]) || joint(z, normal[2]) ? 1 : 0;
          case CLOTH -> noise(x / scale, y / scale, z / scale);
          case SPINES -> random((long) Math.floor((x + 7) / scale), 3, 5);
          case PATCHES -> {
            double n = noise(x / scale, y / scale, z / scale);
            double fine = noise(4 * x / scale, 4 * y / scale, 4 * z / scale);
            yield Math.clamp(3 * (0.75 * n + 0.25 * fine) - 1, 0.0, 1.0);
          }
        };
    out[0] = main.red + mix * (second.red - main.red);
    out[1] = main.green + mix * (second.green - main.green);
    out[2] = main.blue + mix * (second.blue - main.blue);
  }

  private boolean joint(double coordinate, double normal) {
    double u = (coordinate + 50 * scale) / scale;
    return Math.abs(normal) < 0.7 && u - Math.floor(u) < 0.04;
  }

  /// Value noise in 0..1: random values at integer points, blended smoothly between them.
  static double noise(double x, double y, double z) {
    double fx = Math.floor(x);
    double fy = Math.floor(y);
    double fz = Math.floor(z);
    double u = smooth(x - fx);
    double v = smooth(y - fy);
    double w = smooth(z - fz);
    long i = (long) fx;
    long j = (long) fy;
    long k = (long) fz;
    return blend(
        w,
        blend(
            v,
            blend(u, random(i, j, k), random(i + 1, j, k)),
            blend(u, random(i, j + 1, k), random(i + 1, j + 1, k))),
        blend(
            v,
            blend(u, random(i, j, k + 1), random(i + 1, j, k + 1)),
            blend(u, random(i, j + 1, k + 1), random(i + 1, j + 1, k + 1))));
  }

  private static double smooth(double t) {
    return t * t * (3 - 2 * t);
  }

  private static double blend(double t, double a, double b) {
    return a + t * (b - a);
  }

  private static double random(long i, long j, long k) {
    long hash = i * 0x9E3779B97F4A7C15L + j * 0xC2B2AE3D27D4EB4FL + k * 0x165667B19E3779F9L;
    return (Dice.mix(hash) >>> 11) * 0x1p-53;
  }
}
