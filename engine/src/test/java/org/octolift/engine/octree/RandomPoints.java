package org.octolift.engine.octree;

import java.util.SplittableRandom;

/// Seeded point clouds for tests.
public final class RandomPoints {
  private RandomPoints() {}

  /// Points near a sphere with normals, three features and labels -1..4, several in some voxels.
  public static Points cloud(long seed, int size) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] xyz = new float[3 * size];
    float[] normals = new float[3 * size];
    float[] features = new float[3 * size];
    float[] labels = new float[size];
    for (int i = 0; i < size; i++) {
      double length = 0;
      double[] direction = new double[3];
      for (int c = 0; c < 3; c++) {
        direction[c] = random.nextGaussian();
        length += direction[c] * direction[c];
        features[3 * i + c] = (float) random.nextDouble();
      }
      for (int c = 0; c < 3; c++) {
        normals[3 * i + c] = (float) (direction[c] / Math.sqrt(length));
        xyz[3 * i + c] = normals[3 * i + c] * (float) random.nextDouble(0.6, 0.7);
      }
      labels[i] = random.nextInt(-1, 5);
    }
    return new Points(xyz, normals, features, labels);
  }

  /// Coordinates alone, anywhere in the cube.
  public static Points bare(long seed, int size) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] xyz = new float[3 * size];
    for (int i = 0; i < xyz.length; i++) {
      xyz[i] = (float) random.nextDouble(-1, 1);
    }
    return new Points(xyz, null, null, null);
  }
}
