package org.octolift.apps.demo;

import java.util.stream.IntStream;

/// How often each class is meant and named, over any number of points. Points whose label is 0
/// (unlabelled), and points without a prediction (-1), do not count.
final class ClassCounts {
  private final long[] truth;
  private final long[] predicted;
  private final long[] right;

  ClassCounts(int classes) {
    truth = new long[classes];
    predicted = new long[classes];
    right = new long[classes];
  }

  /// The counts of one scan.
  static ClassCounts of(LabelledRoom room, int classes) {
    ClassCounts counts = new ClassCounts(classes);
    counts.add(room);
    return counts;
  }

  /// Adds the points of a scan.
  void add(LabelledRoom room) {
    int[] labels = room.labels();
    int[] predictions = room.predictions();
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] > 0 && predictions[i] >= 0) {
        truth[labels[i]]++;
        predicted[predictions[i]]++;
        if (labels[i] == predictions[i]) {
          right[labels[i]]++;
        }
      }
    }
  }

  /// Points that are of class k.
  long truth(int k) {
    return truth[k];
  }

  /// Points that are of class k and were taken for it.
  long intersection(int k) {
    return right[k];
  }

  /// Points that are of class k or were taken for it.
  long union(int k) {
    return truth[k] + predicted[k] - right[k];
  }

  /// The classes that occur in the truth.
  int[] present() {
    return IntStream.range(0, truth.length).filter(k -> truth[k] > 0).toArray();
  }

  /// Number of points that count.
  long points() {
    return IntStream.range(0, truth.length).mapToLong(k -> truth[k]).sum();
  }

  /// Share of points with the right class.
  double accuracy() {
    return (double) IntStream.range(0, right.length).mapToLong(k -> right[k]).sum() / points();
  }

  /// Mean over the classes that occur in the truth of intersection / union.
  double miou() {
    return IntStream.of(present())
        .mapToDouble(k -> (double) intersection(k) / union(k))
        .average()
        .orElse(Double.NaN);
  }
}
