package org.octolift.apps.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.octolift.apps.rooms.RoomClass;

/// The outcomes of an experiment as text.
final class ResultTable {
  private final List<Method> methods;
  private final List<Outcome> outcomes;
  private final int[] present;

  /// @param present classes that the test rooms have
  ResultTable(List<Method> methods, List<Outcome> outcomes, int[] present) {
    this.methods = List.copyOf(methods);
    this.outcomes = List.copyOf(outcomes);
    this.present = present.clone();
  }

  /// Mean and sample standard deviation (n - 1; NaN for one value).
  record Spread(double mean, double deviation) {
    static Spread of(double... values) {
      double mean = DoubleStream.of(values).average().orElse(Double.NaN);
      double squares = DoubleStream.of(values).map(v -> (v - mean) * (v - mean)).sum();
      return new Spread(
          mean, values.length < 2 ? Double.NaN : Math.sqrt(squares / (values.length - 1)));
    }

    String text(String format) {
      String text = String.format(Locale.ROOT, format, mean);
      return Double.isNaN(deviation)
          ? text
          : text + " ± " + String.format(Locale.ROOT, "%.3f", deviation);
    }
  }

  /// A row for each training.
  String csv() {
    StringBuilder text = new StringBuilder("method,seed,miou,accuracy,steps,seconds");
    for (int k : present) {
      text.append(",iou_").append(name(k).replace(' ', '_'));
    }
    text.append('\n');
    for (Outcome outcome : outcomes) {
      text.append(
          String.format(
              Locale.ROOT,
              "\"%s\",%d,%.4f,%.4f,%d,%.1f",
              outcome.method().title(),
              outcome.seed(),
              outcome.miou(present),
              outcome.accuracy(),
              outcome.steps(),
              outcome.seconds()));
      for (int k : present) {
        text.append(String.format(Locale.ROOT, ",%.4f", outcome.iou()[k]));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /// Means and spreads, and what unlabelled data adds.
  ///
  /// @param what was compared
  /// @param environment where it ran
  String markdown(String what, Map<?, ?> environment) {
    StringBuilder text = new StringBuilder(what).append(".\n\n");
    text.append("| method | mIoU of ").append(present.length);
    text.append(" classes | accuracy | semi − supervised, mIoU | steps | training |\n");
    text.append("|---|---|---|---|---|---|\n");
    for (Method method : methods) {
      Spread seconds = spread(method, Outcome::seconds);
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %s | %s | %.0f | %.0f s |%n",
              method.title(),
              spread(method, o -> o.miou(present)).text("%.3f"),
              spread(method, Outcome::accuracy).text("%.3f"),
              method.semiSupervised() ? gain(method).text("%+.3f") : "",
              spread(method, Outcome::steps).mean(),
              seconds.mean()));
    }
    text.append("\nMean and sample standard deviation of the seeds. ");
    text.append(
        String.format(
            Locale.ROOT,
            "All trainings together: %.1f min; %s, %s %s, %s.%n",
            outcomes.stream().mapToDouble(Outcome::seconds).sum() / 60,
            environment.get("device"),
            environment.get("jvm"),
            environment.get("java"),
            environment.get("architecture")));
    text.append("\n| IoU |");
    for (Method method : methods) {
      text.append(' ').append(method.title()).append(" |");
    }
    text.append("\n|---|").append("---|".repeat(methods.size())).append('\n');
    for (int k : present) {
      text.append("| ").append(name(k)).append(" |");
      for (Method method : methods) {
        text.append(' ').append(spread(method, o -> o.iou()[k]).text("%.3f")).append(" |");
      }
      text.append('\n');
    }
    return text.toString();
  }

  /// Of the differences between a method and its baseline with the same seed.
  private Spread gain(Method method) {
    List<Double> gains = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      if (outcome.method() == method) {
        outcomes.stream()
            .filter(o -> o.method() == method.baseline() && o.seed() == outcome.seed())
            .forEach(o -> gains.add(outcome.miou(present) - o.miou(present)));
      }
    }
    return Spread.of(gains.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private Spread spread(Method method, ToDoubleFunction<Outcome> value) {
    return Spread.of(
        outcomes.stream().filter(o -> o.method() == method).mapToDouble(value).toArray());
  }

  private static String name(int k) {
    return RoomClass.of(k).label().replace('_', ' ');
  }
}
