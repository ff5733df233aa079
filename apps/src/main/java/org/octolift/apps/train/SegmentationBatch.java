package org.octolift.apps.train;

import java.util.List;
import org.octolift.engine.octree.OctreeInputs;

/// One step's data: octrees, the points in their cubes, a label for each row that is scored.
///
/// @param inputs of the program, the labels among them as `labels`
/// @param labels class of each scored row: of each point, or of each leaf
/// @param items the scans in it
public record SegmentationBatch(OctreeInputs inputs, int[] labels, List<Item> items) {
  /// Name of the input that holds the labels.
  public static final String LABELS = "labels";

  /// A scan of a batch.
  ///
  /// @param name file name without folder
  /// @param mask for each point of the scan 1 if it lies in the cube, else 0
  public record Item(String name, int[] mask) {
    /// Number of the scan's points that lie in the cube: its rows in the batch.
    public int inside() {
      int count = 0;
      for (int inside : mask) {
        count += inside;
      }
      return count;
    }
  }
}
