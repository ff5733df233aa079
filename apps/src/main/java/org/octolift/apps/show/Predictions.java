package org.octolift.apps.show;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.octolift.apps.benchmark.LabelFile;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.ScanFiles;
import org.octolift.engine.InputException;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.Npz;

/// Reads predicted labels: the `VV.NNNN.npz` of `SOLVER.run evaluate`, text with a label a line, or
/// a scan with labels.
public final class Predictions {
  private Predictions() {}

  /// The predicted label of each point of {@code scan}; 0 where nothing was predicted.
  ///
  /// @throws InputException when the file is none of these, or for another number of points
  public static int[] read(Path file, Scan scan) throws IOException {
    String name = file.getFileName().toString();
    int[] labels;
    if (name.endsWith(".txt")) {
      labels = LabelFile.read(file);
    } else if (name.endsWith(".npz") && Npz.read(file).containsKey("inbox_mask")) {
      labels = evaluated(file, Npz.read(file));
    } else {
      labels = ScanFiles.read(file).labels();
    }
    if (labels == null) {
      throw InputException.in(file, "has no labels");
    }
    if (labels.length != scan.size()) {
      throw InputException.in(
          file,
          "has %,d labels, %s has %,d points".formatted(labels.length, scan.source(), scan.size()));
    }
    return labels;
  }

  private static int[] evaluated(Path file, Map<String, NdArray> arrays) {
    boolean[] inside = arrays.get("inbox_mask").booleans();
    NdArray prob = arrays.get("prob");
    int count = 0;
    for (boolean value : inside) {
      count += value ? 1 : 0;
    }
    if (prob == null || prob.rank() != 2 || prob.shape()[0] != count) {
      throw InputException.in(
          file, "expected prob with %,d rows, one for each true of inbox_mask".formatted(count));
    }
    int classes = prob.shape()[1];
    float[] probabilities = prob.floats();
    int[] labels = new int[inside.length];
    int row = 0;
    for (int i = 0; i < inside.length; i++) {
      if (inside[i]) {
        int best = 0;
        for (int c = 1; c < classes; c++) {
          if (probabilities[row * classes + c] > probabilities[row * classes + best]) {
            best = c;
          }
        }
        labels[i] = best;
        row++;
      }
    }
    return labels;
  }
}
