package org.octolift.apps.train;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Decides what is learnt from each row of a batch.
interface LabelSource extends AutoCloseable {
  /// The label of a row without one. It lies below every mask.
  int NONE = -1;

  /// What is learnt from each row.
  ///
  /// @param labels class of each row; [#NONE] for rows that teach no class
  /// @param unlabelled 1 for rows that teach without a class: by consistency and entropy; else 0
  record Supervision(int[] labels, int[] unlabelled) {
    /// Rows whose label is above {@code mask}.
    int labelled(int mask) {
      int count = 0;
      for (int label : labels) {
        if (label > mask) {
          count++;
        }
      }
      return count;
    }

    /// Number of unlabelled rows.
    int unlabelledCount() {
      int count = 0;
      for (int selected : unlabelled) {
        count += selected;
      }
      return count;
    }
  }

  /// Whether a scan must have labels of its own.
  ///
  /// @param scan file name without folder
  default boolean needsLabels(String scan) {
    return true;
  }

  /// The supervision of a batch.
  Supervision of(SegmentationBatch batch);

  /// All labels that the scans have; every row of them.
  static LabelSource all() {
    return batch -> new Supervision(batch.labels(), new int[batch.labels().length]);
  }

  /// None: what is learnt is in the batch already.
  static LabelSource none() {
    return new LabelSource() {
      @Override
      public boolean needsLabels(String scan) {
        return false;
      }

      @Override
      public Supervision of(SegmentationBatch batch) {
        return new Supervision(batch.labels(), new int[batch.labels().length]);
      }
    };
  }

  /// Replaces the labels that a loader put into the batch.
  static void setLabels(SegmentationBatch batch, Supervision supervision) {
    batch.inputs().set(SegmentationBatch.LABELS, IntArray.fromArray(supervision.labels()));
  }

  @Override
  default void close() {}
}
