package org.octolift.apps.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.octolift.engine.InputException;
import org.octolift.engine.io.Json;

/// What a training came to: the test after its last epoch.
///
/// @param steps optimiser steps
/// @param seconds that the steps took
/// @param accuracy mean over the test scans of the share of points with the right class
/// @param iou of each class over all test scans, intersection / union, (C)
public record RunScore(long steps, double seconds, double accuracy, double[] iou) {
  private static final String SECONDS = "seconds";

  /// Mean over the classes {@code present}.
  public double miou(int[] present) {
    return Arrays.stream(present).mapToDouble(k -> iou[k]).average().orElse(Double.NaN);
  }

  /// Reads what the run in {@code logdir} left; none unless it was tested after {@code epochs}.
  ///
  /// @throws InputException when its metrics are of something else
  public static Optional<RunScore> read(Path logdir, int epochs) throws IOException {
    Path metrics = logdir.resolve("metrics.json");
    if (!Files.exists(metrics)) {
      return Optional.empty();
    }
    if (!(Json.parse(metrics) instanceof Map<?, ?> test)
        || !(test.get("epoch") instanceof Long epoch)
        || !(test.get("accuracy") instanceof Number accuracy)
        || !(test.get("intersection") instanceof List<?> intersection)
        || !(test.get("union") instanceof List<?> union)) {
      throw InputException.in(metrics, "expected the last test of a run; delete " + logdir);
    }
    if (epoch != epochs) {
      return Optional.empty();
    }
    double[] iou = new double[union.size()];
    for (int k = 0; k < iou.length; k++) {
      double all = ((Number) union.get(k)).doubleValue();
      iou[k] = all == 0 ? 0 : ((Number) intersection.get(k)).doubleValue() / all;
    }
    List<String> rows = Files.readAllLines(logdir.resolve("train.csv"));
    int column = List.of(rows.getFirst().split(",")).indexOf(SECONDS);
    double seconds =
        rows.stream().skip(1).mapToDouble(row -> Double.parseDouble(row.split(",")[column])).sum();
    return Optional.of(new RunScore(rows.size() - 1L, seconds, accuracy.doubleValue(), iou));
  }
}
