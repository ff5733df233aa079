package org.octolift.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.octolift.engine.io.AtomicFile;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/// Runs JMH and writes a CSV file whose every row says where it comes from: commit, CPU and its
/// load before, JDK.
public final class Benchmarks {
  private Benchmarks() {}

  /// The first argument is the CSV file; the others go to JMH.
  public static void main(String[] arguments)
      throws IOException, CommandLineOptionException, RunnerException {
    List<String> jmh = List.of(arguments).subList(1, arguments.length);
    var asked = new CommandLineOptions(jmh.toArray(String[]::new));
    var options =
        new OptionsBuilder()
            .parent(asked)
            .jvmArgs(
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseParallelGC",
                "-XX:ObjectAlignmentInBytes=64")
            .forks(asked.getForkCount().orElse(1))
            .warmupIterations(asked.getWarmupIterations().orElse(3))
            .warmupTime(asked.getWarmupTime().orElse(TimeValue.seconds(1)))
            .measurementIterations(asked.getMeasurementIterations().orElse(5))
            .measurementTime(asked.getMeasurementTime().orElse(TimeValue.seconds(1)))
            .shouldFailOnError(true)
            .build();
    List<String> lines = new ArrayList<>();
    lines.add("commit,cpu,processors,load,jdk,benchmark,parameters,mode,score,error,unit");
    String origin =
        String.join(
            ",", commit(), quoted(cpu()), processors(), quoted(Runtime.version().toString()));
    for (RunResult result : new Runner(options).run()) {
      List<String> parameters = new ArrayList<>();
      for (String key : result.getParams().getParamsKeys()) {
        parameters.add(key + "=" + result.getParams().getParam(key));
      }
      var score = result.getPrimaryResult();
      lines.add(
          String.format(
              Locale.ROOT,
              "%s,%s,%s,%s,%.4f,%.4f,%s",
              origin,
              name(result.getParams().getBenchmark()),
              quoted(String.join(" ", parameters)),
              result.getParams().getMode().shortLabel(),
              score.getScore(),
              score.getScoreError(),
              score.getScoreUnit()));
    }
    byte[] table = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(Path.of(arguments[0]), out -> out.write(table));
  }

  /// Class and method.
  private static String name(String benchmark) {
    return benchmark.substring(benchmark.lastIndexOf('.', benchmark.lastIndexOf('.') - 1) + 1);
  }

  private static String commit() throws IOException {
    Process git = new ProcessBuilder("git", "describe", "--always", "--dirty").start();
    return new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  /// The processor's name and family: virtual machines tend to hide the former.
  private static String cpu() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    if (!Files.exists(info)) {
      return System.getProperty("os.arch");
    }
    List<String> lines = Files.readAllLines(info);
    return "%s family %s".formatted(field(lines, "model name"), field(lines, "cpu family"));
  }

  private static String field(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  /// How many there are, and how many programs wanted one during the last minute.
  private static String processors() {
    return "%d,%.1f"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  private static String quoted(String text) {
    return '"' + text.replace("\"", "\"\"") + '"';
  }
}
