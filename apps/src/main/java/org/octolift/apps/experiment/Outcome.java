package org.octolift.apps.experiment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.octolift.apps.train.RunScore;
import org.octolift.engine.io.AtomicFile;
import org.octolift.engine.io.Json;

/// What a training came to: the test after its last epoch.
///
/// @param seed of the training
/// @param steps optimiser steps
/// @param seconds that the steps took
/// @param accuracy mean over the test rooms of the share of points with the right class
/// @param iou of each class over all test rooms, intersection / union, (C)
record Outcome(
    Method method, long seed, long steps, double seconds, double accuracy, double[] iou) {
  /// Mean over the classes {@code present}.
  double miou(int[] present) {
    return Arrays.stream(present).mapToDouble(k -> iou[k]).average().orElse(Double.NaN);
  }

  /// Reads what the run in {@code logdir} left; none unless it was tested after {@code epochs}.
  static Optional<Outcome> read(Method method, long seed, Path logdir, int epochs)
      throws IOException {
    return RunScore.read(logdir, epochs)
        .map(
            score ->
                new Outcome(
                    method, seed, score.steps(), score.seconds(), score.accuracy(), score.iou()));
  }

  Map<String, Object> fields(int[] present) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("method", method.title());
    fields.put("seed", seed);
    fields.put("miou", miou(present));
    fields.put("accuracy", accuracy);
    fields.put("steps", steps);
    fields.put("seconds", seconds);
    fields.put("iou", iou);
    return fields;
  }

  static void write(Path file, Object json) throws IOException {
    byte[] text = Json.writeIndented(json, Json.NonFinite.AS_NULL).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(text));
  }
}
