package org.octolift.apps.data.prepare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.octolift.engine.InputException;
import org.octolift.engine.io.AtomicFile;

/// Does the steps of a [Preparation] on this machine, as many at a time as there are threads. A
/// step whose output is newer than all of its inputs is not done again; one that fails is reported
/// and does not stop the others.
public final class LocalPreparation {
  /// How long a step that is cut off by Ctrl-C may take to clear up.
  private static final long GRACE_SECONDS = 10;

  private final Preparation preparation;
  private final Path input;
  private final Path output;
  private final Options options;

  /// How to work.
  ///
  /// @param threads steps at a time
  /// @param overwrite whether finished steps are done again
  public record Options(int threads, boolean overwrite) {
    /// Checks the number of threads.
    public Options {
      if (threads < 1) {
        throw new IllegalArgumentException("threads must be 1 or more, is " + threads);
      }
    }
  }

  /// Hears of steps; called by one thread at a time.
  @FunctionalInterface
  public interface Listener {
    /// The work begins.
    ///
    /// @param total steps to do in this run
    default void begins(int total) {}

    /// A step has ended.
    ///
    /// @param failure what went wrong, or null
    /// @param done steps that have ended so far
    /// @param total steps to do in this run
    void ended(Step step, String failure, int done, int total);
  }

  /// @param input folder of the original files
  /// @param output folder to write to
  public LocalPreparation(Preparation preparation, Path input, Path output, Options options) {
    this.preparation = preparation;
    this.input = input;
    this.output = output;
    this.options = options;
  }

  /// Does all steps that have not been done, then writes the lists.
  ///
  /// @throws InputException when the input folder is none, or has nothing to prepare
  /// @throws IOException when a list cannot be written
  public PreparationResult run(Listener listener) throws IOException {
    if (!Files.isDirectory(input)) {
      throw InputException.in(input, "expected the folder of the original files, found none");
    }
    List<Step> steps = preparation.steps(files(input));
    removeLeftovers();
    List<Step> missing = new ArrayList<>();
    for (Step step : steps) {
      if (options.overwrite() || !isDone(step)) {
        missing.add(step);
      }
    }
    listener.begins(missing.size());
    Map<String, String> failures = work(missing, listener);
    writeLists(steps);
    return new PreparationResult(
        missing.size() - failures.size(), steps.size() - missing.size(), failures);
  }

  /// What processes left half-written that were killed.
  private void removeLeftovers() throws IOException {
    if (Files.isDirectory(output)) {
      try (Stream<Path> files = Files.walk(output)) {
        for (Path file : files.filter(AtomicFile::isLeftover).toList()) {
          Files.deleteIfExists(file);
        }
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
  }

  private void writeLists(List<Step> steps) throws IOException {
    SortedSet<String> files = Files.isDirectory(output) ? files(output) : new TreeSet<>();
    for (Map.Entry<String, String> list : preparation.lists(steps, files).entrySet()) {
      byte[] text = list.getValue().getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(output.resolve(list.getKey()), out -> out.write(text));
    }
  }

  /// Names of the files below a folder, relative to it, with slashes; hidden ones do not count,
  /// links are followed.
  ///
  /// @throws IOException when it cannot be listed
  public static SortedSet<String> files(Path folder) throws IOException {
    SortedSet<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      files
          .filter(
              file -> !file.getFileName().toString().startsWith(".") && Files.isRegularFile(file))
          .forEach(file -> names.add(folder.relativize(file).toString().replace('\\', '/')));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return names;
  }

  private boolean isDone(Step step) throws IOException {
    try {
      FileTime written = Files.getLastModifiedTime(output.resolve(step.output()));
      for (String file : step.inputs()) {
        if (Files.getLastModifiedTime(input.resolve(file)).compareTo(written) > 0) {
          return false;
        }
      }
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private Map<String, String> work(List<Step> steps, Listener listener) throws IOException {
    Map<String, String> failures = new TreeMap<>();
    int[] done = new int[1];
    ExecutorService team =
        Executors.newFixedThreadPool(
            Math.clamp(steps.size(), 1, options.threads()),
            Thread.ofPlatform().daemon().name("octolift-prepare-", 0).factory());
    Thread cutOff = Thread.ofPlatform().unstarted(() -> stop(team));
    Runtime.getRuntime().addShutdownHook(cutOff);
    try {
      for (Step step : steps) {
        team.execute(
            () -> {
              String failure = attempt(step);
              synchronized (failures) {
                if (failure != null) {
                  failures.put(step.name(), failure);
                }
                listener.ended(step, failure, ++done[0], steps.size());
              }
            });
      }
      team.shutdown();
      team.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      stop(team);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted; the same command goes on where this one stopped", e);
    } finally {
      forget(cutOff);
    }
    return failures;
  }

  /// Interrupts what is being written, so that its temporary files go.
  private static void stop(ExecutorService team) {
    team.shutdownNow();
    try {
      team.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The machine is going down: the hook is at work.
      return;
    }
  }

  private String attempt(Step step) {
    try {
      preparation.prepare(step, input, output);
      return null;
    } catch (OutOfMemoryError e) {
      return "not enough memory (%s); use fewer --threads".formatted(e.getMessage());
    } catch (IOException | RuntimeException | LinkageError | StackOverflowError e) {
      return PreparationResult.reason(e);
    }
  }
}
