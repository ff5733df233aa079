package org.octolift.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.apache.spark.SparkFiles;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.util.SerializableConfiguration;
import org.octolift.apps.data.prepare.LocalPreparation;
import org.octolift.apps.data.prepare.Preparation;
import org.octolift.apps.data.prepare.PreparationResult;
import org.octolift.apps.data.prepare.Step;

/// Does one step on a worker: fetches its files, prepares them in a temporary folder, stores what
/// came out.
///
/// @param preparation how
/// @param input address of the original files
/// @param output address to write to
/// @param configuration of the storages
record StepTask(
    Preparation preparation, String input, String output, SerializableConfiguration configuration)
    implements Function<Step, String[]> {
  private static final long serialVersionUID = 1L;

  /// The step's name and why it failed, or null.
  @Override
  public String[] call(Step step) {
    try {
      Path folder = Files.createTempDirectory("octolift");
      try {
        work(step, folder.resolve("in"), folder.resolve("out"));
      } finally {
        delete(folder);
      }
      return new String[] {step.name(), null};
    } catch (IOException | RuntimeException e) {
      return new String[] {step.name(), PreparationResult.reason(e)};
    } catch (OutOfMemoryError e) {
      return new String[] {
        step.name(), "not enough memory (%s) on the executor".formatted(e.getMessage())
      };
    }
  }

  private void work(Step step, Path in, Path out) throws IOException {
    Storage source = new Storage(input, configuration.value());
    Storage target = new Storage(output, configuration.value());
    for (String file : step.inputs()) {
      source.fetch(file, in.resolve(file));
    }
    local().prepare(step, in, out);
    String stem = step.output().substring(0, step.output().lastIndexOf('.'));
    target.deleteAll(stem + ".chunk_");
    for (String file : LocalPreparation.files(out)) {
      if (!file.equals(step.output())) {
        target.store(out.resolve(file), file);
      }
    }
    target.store(out.resolve(step.output()), step.output());
  }

  private Preparation local() {
    return preparation
        .shared()
        .map(address -> address.substring(address.lastIndexOf('/') + 1))
        .map(name -> preparation.with(Path.of(SparkFiles.get(name))))
        .orElse(preparation);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
