package org.octolift.engine.octree;

/// A ball that holds all points of a cloud, to normalise data of unknown size.
///
/// @param x centre
/// @param y centre
/// @param z centre
/// @param radius greater than 0
public record BoundingBall(float x, float y, float z, float radius) {
  static final float MARGIN = 1e-10f;

  /// Checks the radius.
  public BoundingBall {
    if (!(radius > 0)) {
      throw new IllegalArgumentException("radius must be > 0, is " + radius);
    }
  }

  /// The ball around the bounding box: its centre and half its diagonal.
  public static BoundingBall ofBox(float[] xyz) {
    float[] low = {xyz[0], xyz[1], xyz[2]};
    float[] high = low.clone();
    for (int i = 3; i < xyz.length; i++) {
      low[i % 3] = Math.min(low[i % 3], xyz[i]);
      high[i % 3] = Math.max(high[i % 3], xyz[i]);
    }
    float squares = MARGIN;
    for (int c = 0; c < 3; c++) {
      float half = (high[c] - low[c]) / 2;
      squares += half * half;
    }
    return new BoundingBall(
        (low[0] + high[0]) / 2,
        (low[1] + high[1]) / 2,
        (low[2] + high[2]) / 2,
        (float) Math.sqrt(squares));
  }

  /// The smallest enclosing ball, computed in double.
  public static BoundingBall smallest(float[] xyz) {
    return new SmallestBall(xyz).solve();
  }
}
