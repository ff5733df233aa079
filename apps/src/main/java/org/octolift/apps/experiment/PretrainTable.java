package org.octolift.apps.experiment;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.octolift.apps.experiment.PretrainExperiment.Result;
import org.octolift.apps.experiment.PretrainExperiment.Teacher;
import org.octolift.apps.experiment.ResultTable.Spread;
import org.octolift.apps.rooms.RoomClass;
import org.octolift.apps.transfer.Tuning;
import org.octolift.apps.transfer.Tuning.Start;

/// The results of pre-training as text.
///
/// @param results at least one; for each seed the same fine-tunings from both starts
/// @param teachers one for each seed; none if it was not trained here
record PretrainTable(List<Result> results, List<Teacher> teachers) {
  private int[] present() {
    return results.getFirst().present();
  }

  private List<Tuning> tunings() {
    return results.stream().map(Result::tuning).distinct().toList();
  }

  /// A row for each fine-tuning.
  String csv() {
    StringBuilder text = new StringBuilder("start,points,epochs,seed,miou,accuracy,steps,seconds");
    for (int k : present()) {
      text.append(",iou_").append(RoomClass.of(k).label());
    }
    text.append('\n');
    for (Result result : results) {
      text.append(
          String.format(
              Locale.ROOT,
              "\"%s\",%d,%d,%d,%.4f,%.4f,%d,%.1f",
              result.tuning().start().title(),
              result.tuning().points(),
              result.tuning().epochs(),
              result.seed(),
              result.miou(),
              result.score().accuracy(),
              result.score().steps(),
              result.score().seconds()));
      for (int k : present()) {
        text.append(String.format(Locale.ROOT, ",%.4f", result.score().iou()[k]));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /// Means and spreads.
  ///
  /// @param what was compared
  /// @param environment where it ran
  String markdown(String what, Map<?, ?> environment) {
    StringBuilder text = new StringBuilder(what).append(".\n\n");
    text.append("| labelled points a room | epochs | start | mIoU of ").append(present().length);
    text.append(" classes | gain, mIoU | accuracy | steps |\n|---|---|---|---|---|---|---|\n");
    for (Tuning tuning : tunings()) {
      text.append(
          "| %d | %d | %s | %s | %s | %s | %.0f |\n"
              .formatted(
                  tuning.points(),
                  tuning.epochs(),
                  tuning.start().title(),
                  spread(tuning, Result::miou).text("%.3f"),
                  tuning.start() == Start.SCRATCH ? "" : gain(tuning).text("%+.3f"),
                  spread(tuning, r -> r.score().accuracy()).text("%.3f"),
                  spread(tuning, r -> r.score().steps()).mean()));
    }
    text.append("\nMean and sample standard deviation of the seeds. ");
    if (!teachers.isEmpty()) {
      text.append(
          "The 2-D teacher in rooms that it had not seen: %s of the pixels right, mIoU %s. "
              .formatted(
                  Spread.of(teachers.stream().mapToDouble(Teacher::accuracy).toArray())
                      .text("%.3f"),
                  Spread.of(teachers.stream().mapToDouble(Teacher::miou).toArray()).text("%.3f")));
    }
    text.append(
        "Computed on %s, %s %s, %s.\n"
            .formatted(
                environment.get("device"),
                environment.get("jvm"),
                environment.get("java"),
                environment.get("architecture")));
    classes(text);
    return text.toString();
  }

  private void classes(StringBuilder text) {
    List<Tuning> tunings = tunings();
    text.append("\n| IoU |");
    for (Tuning tuning : tunings) {
      text.append(
          " %s, %d points, %d epochs |"
              .formatted(tuning.start().title(), tuning.points(), tuning.epochs()));
    }
    text.append("\n|---|").append("---|".repeat(tunings.size())).append('\n');
    for (int k : present()) {
      text.append("| ").append(RoomClass.of(k).label()).append(" |");
      for (Tuning tuning : tunings) {
        text.append(' ').append(spread(tuning, r -> r.score().iou()[k]).text("%.3f")).append(" |");
      }
      text.append('\n');
    }
  }

  /// Of the differences to the start from scratch with the same seed, points and epochs.
  private Spread gain(Tuning tuning) {
    return Spread.of(
        results.stream()
            .filter(result -> result.tuning().equals(tuning))
            .mapToDouble(result -> result.miou() - scratch(result).miou())
            .toArray());
  }

  private Result scratch(Result other) {
    Tuning scratch = other.tuning().from(Start.SCRATCH);
    return results.stream()
        .filter(result -> result.seed() == other.seed() && result.tuning().equals(scratch))
        .findAny()
        .orElseThrow();
  }

  private Spread spread(Tuning tuning, ToDoubleFunction<Result> value) {
    return Spread.of(
        results.stream()
            .filter(result -> result.tuning().equals(tuning))
            .mapToDouble(value)
            .toArray());
  }
}
