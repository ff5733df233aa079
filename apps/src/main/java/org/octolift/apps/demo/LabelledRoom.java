package org.octolift.apps.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.octolift.apps.data.Scan;
import org.octolift.engine.InputException;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.Npz;

/// A test room with what the network says of it.
///
/// @param scan the points
/// @param labels class of each point; 0 is unlabelled
/// @param predictions class that the network gives each point; -1 for points outside the cube that
/// it looks at
record LabelledRoom(Scan scan, int[] labels, int[] predictions) {
  /// Takes the most probable class of each point from a file of `SOLVER.run evaluate`.
  ///
  /// @throws InputException when the file is not of this scan
  static LabelledRoom read(Scan scan, Path file) throws IOException {
    Map<String, NdArray> arrays = Npz.read(file);
    boolean[] inside = arrays.get("inbox_mask").expectShape(scan.size()).booleans();
    int[] shape = arrays.get("prob").shape();
    float[] probabilities = arrays.get("prob").floats();
    int classes = shape[1];
    int[] predictions = new int[scan.size()];
    Arrays.fill(predictions, -1);
    int row = 0;
    for (int i = 0; i < inside.length; i++) {
      if (inside[i]) {
        predictions[i] = greatest(probabilities, row * classes, classes);
        row++;
      }
    }
    if (row != shape[0]) {
      throw InputException.in(
          file, "has %d rows for %d points in the cube".formatted(shape[0], row));
    }
    return new LabelledRoom(scan, scan.labels(), predictions);
  }

  private static int greatest(float[] values, int from, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      if (values[from + i] > values[from + best]) {
        best = i;
      }
    }
    return best;
  }
}
