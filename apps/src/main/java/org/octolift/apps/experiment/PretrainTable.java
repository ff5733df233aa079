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
/// @param results at least one; for each seed and number of points both starts
/// @param teachers one for each seed; none if it was not trained here
record PretrainTable(List<Result> results, List<Teacher> teachers) {
  private int[] present() {
    return results.getFirst().present();
  }

  private List<Integer> budgets() {
    return results.stream().map(result -> result.tuning().points()).distinct().toList();
  }

  /// A row for each fine-tuning.
  String csv() {
    StringBuilder text = new StringBuilder("start,points,seed,miou,accuracy,steps,seconds");
    for (int k : present()) {
      text.append(",iou_").append(RoomClass.of(k).label());
    }
    text.append('\n');
    for (Result result : results) {
      text.append(
          String.format(
              Locale.ROOT,
              "\"%s\",%d,%d,%.4f,%.4f,%d,%.1f",
              result.tuning().start().title(),
              result.tuning().points(),
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
    text.append("| labelled points a room | mIoU of ").append(present().length);
    text.append(" classes, from scratch | mIoU, pre-trained | gain, mIoU");
    text.append(" | accuracy, from scratch | accuracy, pre-trained |\n");
    text.append("|---|---|---|---|---|---|\n");
    for (int points : budgets()) {
      Tuning scratch = new Tuning(Start.SCRATCH, points);
      Tuning pretrained = new Tuning(Start.PRETRAINED, points);
      text.append(
          "| %d | %s | %s | %s | %s | %s |\n"
              .formatted(
                  points,
                  spread(scratch, Result::miou).text("%.3f"),
                  spread(pretrained, Result::miou).text("%.3f"),
                  gain(points).text("%+.3f"),
                  spread(scratch, r -> r.score().accuracy()).text("%.3f"),
                  spread(pretrained, r -> r.score().accuracy()).text("%.3f")));
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
    List<Tuning> tunings = results.stream().map(Result::tuning).distinct().toList();
    text.append("\n| IoU |");
    for (Tuning tuning : tunings) {
      text.append(" %s, %d points |".formatted(tuning.start().title(), tuning.points()));
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

  /// Of the differences between both starts with the same seed.
  private Spread gain(int points) {
    return Spread.of(
        results.stream()
            .filter(result -> result.tuning().equals(new Tuning(Start.PRETRAINED, points)))
            .mapToDouble(result -> result.miou() - scratch(result).miou())
            .toArray());
  }

  private Result scratch(Result pretrained) {
    Tuning scratch = new Tuning(Start.SCRATCH, pretrained.tuning().points());
    return results.stream()
        .filter(result -> result.seed() == pretrained.seed() && result.tuning().equals(scratch))
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
