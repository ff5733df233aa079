package org.octolift.apps.benchmark;

/// The ids by which the ScanNet benchmark knows its 20 classes (data.md §2).
public final class Nyu40 {
  /// The id of each class; class 0 is unlabelled.
  private static final int[] IDS = {
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 24, 28, 33, 34, 36, 39
  };

  private Nyu40() {}

  /// Number of classes, unlabelled included.
  public static int classes() {
    return IDS.length;
  }

  /// The id of class 0 to 20.
  public static int id(int label) {
    return IDS[label];
  }

  /// The class of an id; 0 for ids without one.
  public static int label(int id) {
    for (int label = 1; label < IDS.length; label++) {
      if (IDS[label] == id) {
        return label;
      }
    }
    return 0;
  }
}
