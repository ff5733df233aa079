package org.octolift.apps.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.octolift.apps.report.Report;
import org.octolift.engine.InputException;
import org.octolift.engine.io.Json;

/// The curves of a training run, from the files that the run wrote.
final class TrainingCurves {
  private TrainingCurves() {}

  /// One row of `train.csv`.
  private record Step(double iteration, double epoch, double loss) {}

  /// The loss of each step over the epochs.
  ///
  /// @param run the run's directory
  static Report.Series losses(String name, Path run) throws IOException {
    List<Step> steps = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("train.csv"))) {
      if (!line.startsWith("epoch")) {
        String[] cells = line.split(",", -1);
        steps.add(
            new Step(
                Double.parseDouble(cells[1]),
                Double.parseDouble(cells[0]),
                Double.parseDouble(cells[2])));
      }
    }
    double perEpoch = steps.getLast().iteration / steps.getLast().epoch;
    return new Report.Series(
        name,
        steps.stream().mapToDouble(s -> s.iteration / perEpoch).toArray(),
        steps.stream().mapToDouble(Step::loss).toArray());
  }

  /// The mIoU of each test over the epochs.
  ///
  /// @param run the run's directory
  /// @param classes the classes that it is the mean of
  static Report.Series miou(String name, Path run, int[] classes) throws IOException {
    Path file = run.resolve("metrics.json");
    if (!(Json.parse(file) instanceof Map<?, ?> content)
        || !(content.get("history") instanceof List<?> history)) {
      throw InputException.in(file, "expected an object with a list \"history\"");
    }
    double[] epochs = new double[history.size()];
    double[] miou = new double[epochs.length];
    for (int i = 0; i < epochs.length; i++) {
      Map<?, ?> test = (Map<?, ?>) history.get(i);
      epochs[i] = number(test.get("epoch"));
      for (int k : classes) {
        double union = number(((List<?>) test.get("union")).get(k));
        miou[i] += number(((List<?>) test.get("intersection")).get(k)) / union / classes.length;
      }
    }
    return new Report.Series(name, epochs, miou);
  }

  private static double number(Object value) {
    return ((Number) value).doubleValue();
  }
}
