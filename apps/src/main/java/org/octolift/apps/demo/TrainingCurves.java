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
  private record Step(double iteration, double epoch, double loss, double rate) {}

  /// Loss and learning rate by step, test scores by epoch.
  ///
  /// @param run the run's directory
  /// @param classes the classes that the test mIoU is the mean of
  static List<Report.Chart> read(Path run, int[] classes) throws IOException {
    List<Step> steps = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("train.csv"))) {
      if (!line.startsWith("epoch")) {
        String[] cells = line.split(",", -1);
        steps.add(
            new Step(
                Double.parseDouble(cells[1]),
                Double.parseDouble(cells[0]),
                Double.parseDouble(cells[2]),
                Double.parseDouble(cells[3])));
      }
    }
    double perEpoch = steps.getLast().iteration / steps.getLast().epoch;
    double[] time = steps.stream().mapToDouble(s -> s.iteration / perEpoch).toArray();
    double[] loss = steps.stream().mapToDouble(Step::loss).toArray();
    double[] rate = steps.stream().mapToDouble(Step::rate).toArray();
    return List.of(
        chart("Loss of the training steps", new Report.Series("loss", time, loss)),
        tests(run.resolve("metrics.json"), classes),
        chart("Learning rate", new Report.Series("learning rate", time, rate)));
  }

  private static Report.Chart chart(String title, Report.Series... series) {
    return new Report.Chart(title, "epoch", List.of(series));
  }

  private static Report.Chart tests(Path file, int[] classes) throws IOException {
    if (!(Json.parse(file) instanceof Map<?, ?> content)
        || !(content.get("history") instanceof List<?> history)) {
      throw InputException.in(file, "expected an object with a list \"history\"");
    }
    double[] epochs = new double[history.size()];
    double[] miou = new double[epochs.length];
    double[] accuracy = new double[epochs.length];
    for (int i = 0; i < epochs.length; i++) {
      Map<?, ?> test = (Map<?, ?>) history.get(i);
      epochs[i] = number(test.get("epoch"));
      accuracy[i] = number(test.get("accuracy"));
      for (int k : classes) {
        double union = number(((List<?>) test.get("union")).get(k));
        miou[i] += number(((List<?>) test.get("intersection")).get(k)) / union / classes.length;
      }
    }
    return chart(
        "Unseen rooms",
        new Report.Series("mIoU", epochs, miou),
        new Report.Series("accuracy", epochs, accuracy));
  }

  private static double number(Object value) {
    return ((Number) value).doubleValue();
  }
}
