package org.octolift.apps.train;

import org.octolift.apps.data.PointLists;

/// Labels of limited annotations: those of the points that a list names; all other
/// points in the cube are unlabelled.
final class LimitedAnnotations implements LabelSource {
  private final PointLists lists;

  LimitedAnnotations(PointLists lists) {
    this.lists = lists;
  }

  @Override
  public Supervision of(SegmentationBatch batch) {
    int[] labels = batch.labels().clone();
    int[] unlabelled = new int[labels.length];
    int row = 0;
    for (SegmentationBatch.Item item : batch.items()) {
      boolean[] annotated = lists.mask(item.name(), item.mask().length);
      for (int point = 0; point < annotated.length; point++) {
        if (item.mask()[point] != 0) {
          if (!annotated[point]) {
            labels[row] = NONE;
            unlabelled[row] = 1;
          }
          row++;
        }
      }
    }
    return new Supervision(labels, unlabelled);
  }
}
