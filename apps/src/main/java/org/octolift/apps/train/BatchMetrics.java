package org.octolift.apps.train;

import java.util.Optional;

/// How well one test batch was segmented.
///
/// @param loss mean loss
/// @param accuracy share of rows with the right class
/// @param miou mean of intersection / (union + 1e-10) over the classes that the labels have
/// @param intersection rows of each class that were found, (C)
/// @param union rows of each class or taken for it, (C)
public record BatchMetrics(
    double loss, double accuracy, double miou, long[] intersection, long[] union) {
  static final double EPSILON = 1e-10;

  /// Measures the first {@code rows} rows; those with a label up to {@code mask} are left out.
  /// Nothing when no row is left: such a batch does not count.
  ///
  /// @param loss of this batch
  /// @param labels class of each row
  /// @param predictions class that the network gives each row
  /// @param classes number of classes C
  public static Optional<BatchMetrics> of(
      double loss, int[] labels, int[] predictions, int rows, int mask, int classes) {
    if (rows > labels.length || rows > predictions.length) {
      throw new IllegalArgumentException(
          "metrics: %d rows, but %d labels and %d predictions"
              .formatted(rows, labels.length, predictions.length));
    }
    long[] intersection = new long[classes];
    long[] labelled = new long[classes];
    long[] predicted = new long[classes];
    long right = 0;
    long valid = 0;
    for (int row = 0; row < rows; row++) {
      int label = labels[row];
      int prediction = predictions[row];
      if (label <= mask) {
        continue;
      }
      valid++;
      if (label == prediction) {
        right++;
      }
      if (label < classes) {
        labelled[label]++;
        if (label == prediction) {
          intersection[label]++;
        }
      }
      if (prediction < classes) {
        predicted[prediction]++;
      }
    }
    if (valid == 0) {
      return Optional.empty();
    }
    long[] union = new long[classes];
    double sum = 0;
    int present = 0;
    for (int k = 0; k < classes; k++) {
      union[k] = labelled[k] + predicted[k] - intersection[k];
      if (labelled[k] > 0) {
        sum += intersection[k] / (union[k] + EPSILON);
        present++;
      }
    }
    return Optional.of(
        new BatchMetrics(
            loss, (double) right / valid, sum / (present + EPSILON), intersection, union));
  }
}
