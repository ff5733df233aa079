package org.octolift.apps.report;

import java.util.List;
import java.util.stream.IntStream;

/// Names of classes by label.
public final class ClassNames {
  private static final List<String> SCANNET_20 =
      List.of(
          "unlabelled",
          "wall",
          "floor",
          "cabinet",
          "bed",
          "chair",
          "sofa",
          "table",
          "door",
          "window",
          "bookshelf",
          "picture",
          "counter",
          "desk",
          "curtain",
          "refrigerator",
          "shower_curtain",
          "toilet",
          "sink",
          "bathtub",
          "otherfurniture");

  private ClassNames() {}

  /// The 20 classes of the ScanNet benchmark from index 1 on; index 0 is "unlabelled".
  public static List<String> scanNet20() {
    return SCANNET_20;
  }

  /// Names for any number of classes: "class 0", "class 1", ... ; the ScanNet names for 21.
  public static List<String> generic(int classes) {
    return classes == SCANNET_20.size()
        ? SCANNET_20
        : IntStream.range(0, classes).mapToObj(i -> "class " + i).toList();
  }
}
