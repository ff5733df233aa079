package org.octolift.apps.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import org.octolift.apps.data.Augmentation;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.ScanFiles;
import org.octolift.apps.data.Scans;
import org.octolift.apps.rooms.RoomGenerator;
import org.octolift.apps.rooms.RoomOptions;
import org.octolift.engine.InputException;
import org.octolift.engine.RandomSource;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.octree.Octree;
import org.octolift.engine.octree.OctreeBatch;
import org.octolift.engine.octree.OctreeBuilder;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.octree.OctreeOptions;
import org.octolift.engine.octree.Points;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// The scan that is measured on, some times over.
///
/// @param source where it comes from, for people
/// @param points in the cube
/// @param copies how often the batch holds it
/// @param options of the octrees
public record BenchScene(String source, Points points, int copies, OctreeOptions options) {
  /// Name of the input that holds the labels of the points.
  static final String LABELS = "labels";

  private static final long ROOM_SEED = 1;

  /// Reads a scan, or generates a room if {@code file} is null. Nothing about it is random: it is
  /// centred, and 5.12 m become 1.
  public static BenchScene load(Path file, int copies, int depth) {
    Scan scan =
        file == null
            ? RoomGenerator.generate(ROOM_SEED, RoomOptions.realistic()).scan()
            : Scans.requireFinite(ScanFiles.read(file));
    Points points = Augmentation.none().apply(scan, RandomSource.of(0)).points();
    OctreeOptions options = OctreeOptions.reference();
    return new BenchScene(
        scan.source(), points, copies, options.withDepth(depth, options.fullDepth()));
  }

  /// Builds the octrees and merges them.
  OctreeBatch build(Workers workers) {
    Octree octree = OctreeBuilder.build(points, options, workers);
    return OctreeBatch.merge(Collections.nCopies(copies, octree), workers);
  }

  /// The program inputs of a batch of this scene.
  OctreeInputs inputs(OctreeBatch batch) {
    int size = points.size();
    float[] xyz = new float[3 * size * copies];
    int[] trees = new int[size * copies];
    for (int tree = 0; tree < copies; tree++) {
      System.arraycopy(points.xyz(), 0, xyz, 3 * size * tree, 3 * size);
      Arrays.fill(trees, size * tree, size * (tree + 1), tree);
    }
    return new OctreeInputs(batch, xyz, trees);
  }

  /// The program inputs of a batch of this scene whose octrees a device may build.
  OctreeInputs scans(Workers workers) {
    return new OctreeInputs(Collections.nCopies(copies, points), options, workers);
  }

  /// The labels of all points of a batch.
  ///
  /// @throws InputException if the scan has none
  IntArray labels() {
    if (points.labels() == null) {
      throw new InputException(
          source + ": has no labels, which training needs; choose a labelled scan or unet-infer");
    }
    IntArray labels = new IntArray(Math.multiplyExact(points.size(), copies));
    for (int i = 0; i < labels.getSize(); i++) {
      labels.set(i, (int) points.labels()[i % points.size()]);
    }
    return labels;
  }
}
