package org.octolift.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.octolift.engine.InputKey;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.octree.OctreeOptions;
import org.octolift.engine.octree.Points;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Batches of small random scenes.
public final class RandomScenes {
  private static final InputKey.Named LABELS = new InputKey.Named("labels");

  private RandomScenes() {}

  /// One tree of {@code sizes[i]} points each, near a sphere, with three channels of normals, and
  /// the input `labels` of the points, 0..4.
  public static OctreeInputs batch(long seed, int depth, Workers workers, int... sizes) {
    OctreeInputs scans = scans(seed, depth, workers, sizes);
    float[] xyz = new float[3 * scans.trees().length];
    int at = 0;
    for (Points points : scans.scans()) {
      System.arraycopy(points.xyz(), 0, xyz, at, points.xyz().length);
      at += points.xyz().length;
    }
    return new OctreeInputs(scans.octrees(), xyz, scans.trees())
        .set(LABELS.name(), scans.ints(LABELS));
  }

  /// As [#batch], but of octrees that are not built yet.
  public static OctreeInputs scans(long seed, int depth, Workers workers, int... sizes) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Points> scans = new ArrayList<>();
    IntArray labels = new IntArray(Arrays.stream(sizes).sum());
    int at = 0;
    for (int size : sizes) {
      scans.add(sphere(random, size));
      for (int i = 0; i < size; i++) {
        labels.set(at++, random.nextInt(5));
      }
    }
    return new OctreeInputs(scans, OctreeOptions.of(depth, 2), workers).set(LABELS.name(), labels);
  }

  private static Points sphere(SplittableRandom random, int size) {
    float[] xyz = new float[3 * size];
    float[] normals = new float[3 * size];
    for (int i = 0; i < 3 * size; i += 3) {
      double[] direction = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
      double length = Math.sqrt(Arrays.stream(direction).map(value -> value * value).sum());
      for (int c = 0; c < 3; c++) {
        normals[i + c] = (float) (direction[c] / length);
        xyz[i + c] = normals[i + c] * (float) random.nextDouble(0.6, 0.8);
      }
    }
    return new Points(xyz, normals, null, null);
  }
}
