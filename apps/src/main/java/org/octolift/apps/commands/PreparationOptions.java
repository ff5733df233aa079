package org.octolift.apps.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.octolift.apps.data.prepare.LocalPreparation;
import org.octolift.apps.data.prepare.Preparation;
import org.octolift.apps.data.prepare.PreparationEngine;
import org.octolift.apps.data.prepare.PreparationResult;
import org.octolift.apps.data.prepare.Step;
import org.octolift.apps.train.Progress;
import org.octolift.engine.InputException;
import picocli.CommandLine.Option;

/// The options that all commands share which prepare data sets, and how such a command runs.
final class PreparationOptions {
  private static final int MAX_THREADS = 256;
  private static final String LOCAL = "local";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = {
        "Scans that are prepared at a time (default: one a processor).",
        "The result does not depend on it."
      })
  private Integer threads;

  @Option(
      names = "--overwrite",
      description =
          "Prepare all scans again (default: only those that are missing or older than their"
              + " files).")
  private boolean overwrite;

  @Option(
      names = "--on",
      defaultValue = LOCAL,
      paramLabel = "ENGINE",
      description = {
        "local: on this machine; spark: on Apache Spark, where --path-in and --path-out may be"
            + " addresses such as hdfs://... (default: ${DEFAULT-VALUE})."
      })
  private String engine;

  @Option(names = "--no-progress", description = "Do not show how far it is.")
  private boolean quiet;

  /// Prepares, shows progress, names what failed.
  ///
  /// @return exit code: 0, or 1 when a scan failed
  int run(Preparation preparation, String input, String output, PrintWriter out, PrintWriter err)
      throws IOException {
    if (threads != null && (threads < 1 || threads > MAX_THREADS)) {
      throw new InputException("--threads must be 1..%d, is %d".formatted(MAX_THREADS, threads));
    }
    if (!engine.equals(LOCAL)) {
      return report(
          PreparationEngine.named(engine).run(preparation, input, output, overwrite),
          output,
          out,
          err);
    }
    int count = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    LocalPreparation local =
        new LocalPreparation(
            preparation,
            Path.of(input),
            Path.of(output),
            new LocalPreparation.Options(Math.clamp(count, 1, MAX_THREADS), overwrite));
    PreparationResult result = local.run(new Shown(Progress.Display.standard(!quiet), err));
    return report(result, output, out);
  }

  /// Shows progress, and failures when they happen.
  private static final class Shown implements LocalPreparation.Listener {
    private final Progress.Display display;
    private final PrintWriter err;
    private Progress progress;

    Shown(Progress.Display display, PrintWriter err) {
      this.display = display;
      this.err = err;
    }

    @Override
    public void begins(int total) {
      progress = new Progress(display, "scans", total);
    }

    @Override
    public void ended(Step step, String failure, int done, int total) {
      if (failure != null) {
        progress.close();
        fail(err, step.name(), failure);
      }
      progress.update(done, Double.NaN);
    }
  }

  private static void fail(PrintWriter err, String step, String failure) {
    err.printf("octolift: %s failed: %s%n", step, failure);
    err.flush();
  }

  /// Names what failed and says how it went.
  ///
  /// @return exit code
  static int report(PreparationResult result, String output, PrintWriter out, PrintWriter err) {
    result.failures().forEach((name, failure) -> fail(err, name, failure));
    return report(result, output, out);
  }

  private static int report(PreparationResult result, String output, PrintWriter out) {
    out.printf(
        "%s: %,d prepared, %,d already there, %,d failed%n",
        output, result.prepared(), result.skipped(), result.failures().size());
    out.flush();
    return result.failures().isEmpty() ? 0 : 1;
  }
}
