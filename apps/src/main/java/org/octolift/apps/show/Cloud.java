package org.octolift.apps.show;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.Scans;

/// A point cloud to show.
///
/// @param name for the reader, unlike the other clouds'
/// @param scan the points
/// @param predictions predicted label of each point, or null
public record Cloud(String name, Scan scan, int[] predictions) {
  private static final int MOST_CLASSES = 256;

  /// Checks the number of predictions.
  public Cloud {
    if (predictions != null && predictions.length != scan.size()) {
      throw new IllegalArgumentException(
          "%d predictions for %d points".formatted(predictions.length, scan.size()));
    }
  }

  /// What the points' colours can tell.
  public enum Colouring {
    /// The scan's own colours.
    RGB,
    /// Its labels.
    LABEL,
    /// Predicted labels.
    PREDICTION,
    /// Where label and prediction differ.
    ERROR;

    /// The name in options, files and pages.
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// What can be told of this cloud, at least [Colouring#RGB].
  public List<Colouring> colourings() {
    List<Colouring> colourings = new ArrayList<>();
    if (scan.colours() != null || (scan.labels() == null && predictions == null)) {
      colourings.add(Colouring.RGB);
    }
    if (scan.labels() != null) {
      colourings.add(Colouring.LABEL);
    }
    if (predictions != null) {
      colourings.add(Colouring.PREDICTION);
    }
    if (scan.labels() != null && predictions != null) {
      colourings.add(Colouring.ERROR);
    }
    return colourings;
  }

  /// The cloud with at most {@code limit} of its points, evenly taken in their order.
  public Cloud thinned(int limit) {
    if (scan.size() <= limit) {
      return this;
    }
    int[] rows = new int[limit];
    for (int i = 0; i < limit; i++) {
      rows[i] = (int) ((long) i * scan.size() / limit);
    }
    int[] kept =
        predictions == null ? null : Arrays.stream(rows).map(row -> predictions[row]).toArray();
    return new Cloud(name, Scans.select(scan, rows), kept);
  }

  /// One more than the largest label or prediction, at most 256: larger labels look alike.
  public int classes() {
    int largest = 0;
    for (int[] labels : new int[][] {scan.labels(), predictions}) {
      if (labels != null) {
        for (int label : labels) {
          largest = Math.max(largest, label);
        }
      }
    }
    return Math.min(largest, MOST_CLASSES - 1) + 1;
  }
}
