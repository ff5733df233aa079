package org.octolift.apps.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.engine.io.AtomicFile;
import org.octolift.engine.io.NdArray;
import org.octolift.nn.checkpoint.Safetensors;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Kills a process that does nothing but save checkpoints a hundred times, each time at another
/// moment (`destroyForcibly`, SIGKILL on POSIX): what was complete stays complete.
///
/// A killed process does not lose what it has handed to the system, so this shows the order of
/// writing, renaming and removing, not that files are forced to the disk before a power cut.
final class CheckpointKillTest {
  private static final int KILLS = 100;

  /// Two runs, so that one starts while the other is killed.
  private final int[] newest = new int[2];

  @TempDir private Path folder;
  private final List<Process> children = new ArrayList<>();

  @Test
  void nothingCompleteIsLost() throws IOException, InterruptedException, URISyntaxException {
    SplittableRandom random = new SplittableRandom(7);
    int interrupted = 0;
    try {
      Process next = start(0);
      for (int kill = 0; kill < KILLS; kill++) {
        Process child = next;
        if (kill + 1 < KILLS) {
          next = start((kill + 1) % 2);
        }
        interrupted += killAndCheck(child, kill % 2, random.nextInt(40)) ? 1 : 0;
      }
    } finally {
      children.forEach(Process::destroyForcibly);
    }
    assertThat(interrupted).isGreaterThan(KILLS / 4);
    for (int run = 0; run < 2; run++) {
      assertThat(newest[run]).isGreaterThan(KILLS / 2);
      CheckpointLoop.save(new Checkpoints(logdir(run), CheckpointLoop.KEPT), newest[run] + 1);
      assertThat(files(run)).noneMatch(name -> name.endsWith(".tmp")).hasSizeLessThan(20);
    }
  }

  private Path logdir(int run) {
    return folder.resolve("run" + run);
  }

  private Process start(int run) throws IOException, URISyntaxException {
    List<String> path = new ArrayList<>();
    for (Class<?> type :
        List.of(
            CheckpointLoop.class,
            Checkpoints.class,
            AtomicFile.class,
            Safetensors.class,
            FloatArray.class)) {
      path.add(
          Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx64m",
                "-cp",
                path.stream().distinct().collect(Collectors.joining(File.pathSeparator)),
                CheckpointLoop.class.getName(),
                logdir(run).toString())
            .redirectError(folder.resolve("errors" + run).toFile())
            .start();
    children.add(child);
    return child;
  }

  /// Returns whether the kill left something unfinished.
  private boolean killAndCheck(Process child, int run, int milliseconds)
      throws IOException, InterruptedException {
    try (BufferedReader out = child.inputReader(StandardCharsets.UTF_8)) {
      String line = out.readLine();
      assertThat(line).as(() -> "error of the child: " + errors(run)).isNotNull();
      Thread.sleep(milliseconds);
      // The process's own method would close the pipe that is read below.
      child.toHandle().destroyForcibly();
      child.waitFor();
      int told = Integer.parseInt(line);
      for (line = out.readLine(); line != null; line = out.readLine()) {
        told = line.isEmpty() ? told : Math.max(told, Integer.parseInt(line));
      }
      Checkpoints.Saved latest =
          new Checkpoints(logdir(run), CheckpointLoop.KEPT).latest().orElseThrow();
      // A number may be cut, 12 of 123; it is smaller then.
      assertThat(latest.epoch()).isGreaterThanOrEqualTo(told).isGreaterThan(newest[run]);
      newest[run] = latest.epoch();
      check(latest);
    }
    List<String> files = files(run);
    int complete = 0;
    for (String name : files) {
      if (name.endsWith(".solver.json") && !name.startsWith(".")) {
        check(Checkpoints.read(logdir(run).resolve("checkpoints").resolve(name)));
        complete++;
      }
    }
    assertThat(complete).isBetween(Math.min(newest[run], 3), 4);
    return files.size() != 3 * complete;
  }

  private String errors(int run) {
    try {
      return Files.readString(folder.resolve("errors" + run));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void check(Checkpoints.Saved saved) throws IOException {
    assertThat(saved.state()).isEqualTo(Map.of("step", 10L * saved.epoch()));
    assertThat(read(saved.model())).isEqualTo(CheckpointLoop.values(saved.epoch(), 1));
    assertThat(read(saved.solver())).isEqualTo(CheckpointLoop.values(saved.epoch(), -1));
  }

  private static float[] read(Path file) throws IOException {
    try (Safetensors tensors = Safetensors.open(file)) {
      NdArray tensor = tensors.tensor("w");
      return tensor.floats();
    }
  }

  private List<String> files(int run) throws IOException {
    try (Stream<Path> files = Files.list(logdir(run).resolve("checkpoints"))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
