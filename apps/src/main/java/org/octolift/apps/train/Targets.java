package org.octolift.apps.train;

import java.util.List;
import org.octolift.apps.config.ModelConfig;
import org.octolift.apps.data.Scan;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.octree.PointTransform.Clipped;

/// What the rows of a batch are compared with.
interface Targets {
  /// A scan of a batch.
  ///
  /// @param item which of its list, from 0
  /// @param scan as read
  /// @param clipped its points in the cube, and which they are
  record Item(int item, Scan scan, Clipped clipped) {}

  /// Sets the inputs that hold the targets.
  ///
  /// @param inputs of the batch's octrees and points
  /// @param items the scans in it
  /// @return class of each row that is scored
  int[] set(OctreeInputs inputs, List<Item> items, ModelConfig model);

  /// How many threads may prepare batches; 0: the thread that uses them.
  ///
  /// @param asked by the configuration
  default int threads(int asked) {
    return asked;
  }
}
