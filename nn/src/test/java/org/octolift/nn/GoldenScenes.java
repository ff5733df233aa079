package org.octolift.nn;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.octree.Octree;
import org.octolift.engine.octree.OctreeBatch;
import org.octolift.engine.octree.OctreeBuilder;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.octree.OctreeOptions;
import org.octolift.engine.octree.Points;
import org.octolift.engine.octree.PointsFile;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// The two golden scenes as a batch.
public final class GoldenScenes {
  private GoldenScenes() {}

  /// A resource of the folder `golden`, copied into {@code folder}.
  public static Path resource(Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = GoldenScenes.class.getResourceAsStream("/golden/" + name)) {
      Files.copy(in, file);
    }
    return file;
  }

  /// Both scenes, their points and the input `labels` of the points.
  public static OctreeInputs batch(Path folder, OctreeOptions options, Workers workers)
      throws IOException {
    List<Octree> octrees = new ArrayList<>();
    List<Points> scenes = new ArrayList<>();
    int count = 0;
    for (String name : List.of("scene0.points", "scene1.points")) {
      Points points = PointsFile.read(resource(folder, name));
      scenes.add(points);
      octrees.add(OctreeBuilder.build(points, options, workers));
      count += points.size();
    }
    float[] xyz = new float[3 * count];
    int[] trees = new int[count];
    IntArray labels = new IntArray(count);
    int at = 0;
    for (int tree = 0; tree < scenes.size(); tree++) {
      Points points = scenes.get(tree);
      System.arraycopy(points.xyz(), 0, xyz, 3 * at, 3 * points.size());
      for (int i = 0; i < points.size(); i++) {
        trees[at] = tree;
        labels.set(at++, (int) points.labels()[i]);
      }
    }
    return new OctreeInputs(OctreeBatch.merge(octrees, workers), xyz, trees).set("labels", labels);
  }
}
