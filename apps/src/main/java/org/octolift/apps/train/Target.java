package org.octolift.apps.train;

import java.util.List;
import org.octolift.apps.config.LossConfig;
import org.octolift.apps.config.ModelConfig;
import org.octolift.engine.octree.OctreeBatch;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.octree.Points;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Which rows are scored, by their labels.
public enum Target implements Targets {
  /// The points in the cube.
  POINTS {
    @Override
    int[] labels(OctreeBatch octrees, List<Item> items, ModelConfig model) {
      int count = items.stream().mapToInt(item -> item.clipped().points().size()).sum();
      int[] labels = new int[count];
      int at = 0;
      for (Item item : items) {
        Points points = item.clipped().points();
        for (int i = 0; i < points.size(); i++) {
          labels[at++] = points.labels() == null ? 0 : (int) points.labels()[i];
        }
      }
      return labels;
    }
  },
  /// The finest voxels, by the majority of their points' labels.
  VOXELS {
    @Override
    int[] labels(OctreeBatch octrees, List<Item> items, ModelConfig model) {
      int depth = octrees.depth();
      boolean nonEmpty = model.nonEmpty();
      if (!octrees.octree().hasLabels(depth)) {
        return new int[nonEmpty ? octrees.octree().nonEmpty(depth) : octrees.octree().nodes(depth)];
      }
      IntArray labels = nonEmpty ? octrees.labels() : octrees.octree().labels(depth);
      return labels.toHeapArray();
    }
  };

  /// That of a configuration: `LOSS.point_wise` (training.md §2).
  public static Target of(LossConfig loss) {
    return loss.pointWise() ? POINTS : VOXELS;
  }

  /// Labels of the rows; 0 where scans have none, -1 for voxels without one.
  abstract int[] labels(OctreeBatch octrees, List<Item> items, ModelConfig model);

  @Override
  public int[] set(OctreeInputs inputs, List<Item> items, ModelConfig model) {
    int[] labels = labels(inputs.octrees(), items, model);
    inputs.set(SegmentationBatch.LABELS, IntArray.fromArray(labels));
    return labels;
  }
}
