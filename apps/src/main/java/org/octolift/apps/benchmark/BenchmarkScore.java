package org.octolift.apps.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.octolift.engine.InputException;

/// How well label files agree with the ground truth (data.md §6, `calc_iou`): over the points whose
/// true label is one of the benchmark's 20.
///
/// @param scans accuracy of each file; files without such points are left out
/// @param iou intersection / (union + 1e-10) of class 1 to 20 over all files
public record BenchmarkScore(Map<String, Double> scans, double[] iou) {
  private static final double EPSILON = 1e-10;

  /// Compares every label file with the file of the same name in the other folder.
  ///
  /// @throws InputException when there is none, one is missing or has another length
  public static BenchmarkScore of(Path predictions, Path truths) throws IOException {
    List<Path> files = LabelFile.list(predictions, ".txt");
    Map<String, Double> scans = new TreeMap<>();
    int classes = Nyu40.classes();
    long[] intersection = new long[classes];
    long[] union = new long[classes];
    for (Path file : files) {
      String name = file.getFileName().toString();
      int[] predicted = LabelFile.read(file);
      Path truthFile = truths.resolve(name);
      int[] truth = LabelFile.read(truthFile);
      if (predicted.length != truth.length) {
        throw InputException.in(
            file,
            "expected %d labels as %s has, found %d"
                .formatted(truth.length, truthFile, predicted.length));
      }
      long valid = 0;
      long right = 0;
      for (int i = 0; i < truth.length; i++) {
        int label = Nyu40.label(truth[i]);
        if (label == 0) {
          continue;
        }
        valid++;
        union[label]++;
        if (predicted[i] == truth[i]) {
          right++;
          intersection[label]++;
        } else {
          union[Nyu40.label(predicted[i])]++;
        }
      }
      if (valid > 0) {
        scans.put(name, (double) right / valid);
      }
    }
    if (scans.isEmpty()) {
      throw InputException.in(truths, "no point has one of the 20 labels of the benchmark");
    }
    double[] iou = new double[classes - 1];
    for (int label = 1; label < classes; label++) {
      iou[label - 1] = intersection[label] / (union[label] + EPSILON);
    }
    return new BenchmarkScore(scans, iou);
  }

  /// Mean accuracy of the files.
  public double accuracy() {
    return scans.values().stream().mapToDouble(Double::doubleValue).average().orElse(0);
  }

  /// Mean over the 20 classes; one that is nowhere counts as 0.
  public double meanIou() {
    double sum = 0;
    for (double value : iou) {
      sum += value;
    }
    return sum / iou.length;
  }
}
