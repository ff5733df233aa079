package org.octolift.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.octree.Octree;
import org.octolift.engine.octree.OctreeBatch;
import org.octolift.engine.octree.OctreeBuilder;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.octree.OctreeOptions;
import org.octolift.engine.octree.Points;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Batches of small random scenes.
public final class RandomScenes {
  private RandomScenes() {}

  /// One tree of {@code sizes[i]} points each, near a sphere, with three channels of normals, and
  /// the input `labels` of the points, 0..4.
  public static OctreeInputs batch(long seed, int depth, Workers workers, int... sizes) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Octree> octrees = new ArrayList<>();
    int count = Arrays.stream(sizes).sum();
    float[] xyz = new float[3 * count];
    int[] trees = new int[count];
    int[] labels = new int[count];
    int at = 0;
    for (int tree = 0; tree < sizes.length; tree++) {
      Points points = sphere(random, sizes[tree]);
      octrees.add(OctreeBuilder.build(points, OctreeOptions.of(depth, 2), workers));
      System.arraycopy(points.xyz(), 0, xyz, 3 * at, points.xyz().length);
      for (int i = 0; i < points.size(); i++) {
        trees[at] = tree;
        labels[at++] = random.nextInt(5);
      }
    }
    return new OctreeInputs(OctreeBatch.merge(octrees, workers), xyz, trees)
        .set("labels", IntArray.fromArray(labels));
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
