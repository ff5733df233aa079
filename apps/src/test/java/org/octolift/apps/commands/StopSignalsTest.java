package org.octolift.apps.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.Main;
import org.octolift.apps.train.TinyRun;

/// A process that trains and gets signals.
final class StopSignalsTest {
  private static final long MINUTES = 5;

  @TempDir private Path folder;
  private TinyRun tiny;

  @BeforeEach
  void signalsReachChildren() throws IOException {
    tiny = TinyRun.in(folder);
    Path status = Path.of("/proc/self/status");
    assumeTrue(Files.exists(status), "no /proc/self/status: cannot tell whether signals arrive");
    String ignored =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .findAny()
            .orElseThrow()
            .substring(7)
            .strip();
    // Bit 1 is SIGINT: shells let background processes ignore it, and their children do so, too.
    assumeFalse((Long.parseUnsignedLong(ignored, 16) & 2) != 0, "SIGINT is ignored here");
  }

  private Process train(String logdir, String... more) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(
        List.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("segment", "--config", tiny.config().toString()));
    command.addAll(List.of("SOLVER.logdir", tiny.path(logdir).toString()));
    command.addAll(List.of(more));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static void signal(Process process, String name)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /// Reads up to a line.
  private static void await(BufferedReader lines, String begin) throws IOException {
    String line = lines.readLine();
    while (line != null && !line.startsWith(begin)) {
      line = lines.readLine();
    }
    assertThat(line).as("a line that begins with " + begin).isNotNull();
  }

  private static int exit(Process process) throws InterruptedException {
    assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).as("the process ended").isTrue();
    return process.exitValue();
  }

  private List<String> losses(String logdir) throws IOException {
    return Files.readAllLines(tiny.path(logdir).resolve("train.csv")).stream()
        .map(line -> line.substring(0, line.lastIndexOf(',')))
        .toList();
  }

  @Test
  void controlCSavesAndTheSameCommandGoesOnToTheSameBits()
      throws IOException, InterruptedException {
    String[] epochs = {"SOLVER.max_epoch", "60", "SOLVER.test_every_epoch", "60"};
    Process stopped = train("parts", epochs);
    try (BufferedReader lines = stopped.inputReader(StandardCharsets.UTF_8)) {
      await(lines, "epoch 3:");
      signal(stopped, "INT");
      await(lines, "octolift: stopping after this step");
      await(lines, "stopped after step ");
    }
    assertThat(exit(stopped)).isEqualTo(130);
    assertThat(losses("parts").size()).isBetween(4, 119);
    for (String logdir : List.of("parts", "whole")) {
      Process process = train(logdir, epochs);
      process.getInputStream().transferTo(OutputStream.nullOutputStream());
      assertThat(exit(process)).isZero();
    }
    assertThat(losses("parts")).hasSize(121).isEqualTo(losses("whole"));
    for (String name : List.of("00060.model.safetensors", "00060.solver.safetensors")) {
      assertThat(tiny.path("parts/checkpoints").resolve(name))
          .hasSameBinaryContentAs(tiny.path("whole/checkpoints").resolve(name));
    }
  }

  /// Both arrive while the process stands still, so that no step can end between them.
  @Test
  void theSecondSignalEndsTheProcessAtOnce() throws IOException, InterruptedException {
    Process process =
        train("log", "SOLVER.max_epoch", "100000", "SOLVER.test_every_epoch", "100000");
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      await(lines, "epoch 1:");
      new ProcessBuilder(
              "sh",
              "-c",
              "kill -STOP $0; kill -INT $0; kill -TERM $0; kill -CONT $0",
              Long.toString(process.pid()))
          .start()
          .waitFor();
      assertThat(exit(process)).isIn(130, 143);
    }
  }
}
