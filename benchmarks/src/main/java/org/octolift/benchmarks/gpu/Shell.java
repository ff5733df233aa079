package org.octolift.benchmarks.gpu;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.octree.KernelShape;
import org.octolift.engine.octree.OctreeBatch;
import org.octolift.engine.octree.OctreeBuilder;
import org.octolift.engine.octree.OctreeOptions;
import org.octolift.engine.octree.Points;
import org.octolift.engine.octree.Relation;
import org.octolift.kernels.gpu.TileLists;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// The voxels that a sphere of radius 0.87 passes near: 234,000 at depth 8, 935,000 at depth 9, and
/// their 27 neighbours.
///
/// @param rows number of voxels
/// @param table (rows, 27)
/// @param pairs neighbours that exist
record Shell(int depth, int rows, IntArray table, long pairs) {
  static final int OFFSETS = 27;

  private static final double RADIUS = 0.87;

  /// The shell at a depth.
  static Shell of(int depth) {
    int size = 1 << depth;
    double voxel = 2.0 / size;
    float[] xyz = new float[3 * size];
    int count = 0;
    for (int i = 0; i < size * size; i++) {
      double x = (i / size + 0.5) * voxel - 1;
      double y = (i % size + 0.5) * voxel - 1;
      for (int z = 0; z < size; z++) {
        double centre = (z + 0.5) * voxel - 1;
        double distance = Math.sqrt(x * x + y * y + centre * centre) - RADIUS;
        if (Math.abs(distance) < 0.75 * voxel) {
          if (3 * count == xyz.length) {
            xyz = Arrays.copyOf(xyz, 2 * xyz.length);
          }
          xyz[3 * count] = (float) x;
          xyz[3 * count + 1] = (float) y;
          xyz[3 * count + 2] = (float) centre;
          count++;
        }
      }
    }
    float[] points = Arrays.copyOf(xyz, 3 * count);
    try (Workers workers = new Workers(Runtime.getRuntime().availableProcessors())) {
      OctreeBatch octree =
          OctreeBatch.of(
              OctreeBuilder.build(
                  new Points(points, null, null, null), OctreeOptions.of(depth, 2), workers),
              workers);
      IntArray table = octree.table(Relation.of(KernelShape.K333, 1, depth, true));
      long pairs = IntStream.range(0, table.getSize()).filter(i -> table.get(i) >= 0).count();
      return new Shell(depth, count, table, pairs);
    }
  }

  /// Tiles of rows.
  int tiles() {
    return Math.ceilDiv(rows, TileLists.ROWS);
  }

  /// The [org.octolift.kernels.Shape] of the table, where the number of rows is the only count.
  IntArray shape() {
    return IntArray.fromElements(0, OFFSETS, rows);
  }

  /// Rows in the order that [TileLists#keys] gives them.
  IntArray order() {
    LongArray keys = new LongArray(rows);
    IntArray masks = new IntArray(rows);
    TileLists.masks(masks, table, IntArray.fromElements(rows), shape(), OFFSETS);
    int[] significance = TileLists.significance();
    TileLists.keys(
        keys,
        new IntArray(rows),
        masks,
        IntArray.fromArray(significance),
        shape(),
        significance.length);
    int[] sorted =
        IntStream.range(0, rows)
            .boxed()
            .sorted((a, b) -> Long.compare(keys.get(a), keys.get(b)))
            .mapToInt(i -> i)
            .toArray();
    return IntArray.fromArray(sorted);
  }

  /// Reproducible numbers in -1..1.
  static FloatArray wave(int size, int seed) {
    FloatArray array = new FloatArray(size);
    int state = seed;
    for (int i = 0; i < size; i++) {
      state = state * 1_664_525 + 1_013_904_223;
      array.set(i, (state >> 8) / (float) (1 << 23));
    }
    return array;
  }
}
