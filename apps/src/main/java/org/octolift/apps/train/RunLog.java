package org.octolift.apps.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.octolift.engine.InputException;
import org.octolift.engine.io.AtomicFile;
import org.octolift.engine.io.Json;

/// The numbers of a run, in its directory.
///
/// - `train.csv`: one row a training step;
/// - `metrics.json`: the latest test, and all tests under `history`;
/// - `log.csv`: one line a test, as the reference writes it;
/// - `environment.json`: where it ran.
///
/// Rows are appended whole and at once; JSON files are replaced atomically. A log that is opened to
/// continue after a checkpoint drops what a broken-off run wrote after that checkpoint, so that its
/// files are those of a run that was never broken off.
public final class RunLog {
  /// Header of `train.csv`.
  public static final String TRAIN_HEADER = "epoch,iteration,loss,learning_rate,seconds";

  private static final int CONSOLE_COLUMNS = 70;
  private static final String EPOCH = "Epoch: ";

  private final Path trainCsv;
  private final Path metricsJson;
  private final Path logCsv;
  private final List<Object> history;

  private RunLog(Path directory, List<Object> history) {
    this.trainCsv = directory.resolve("train.csv");
    this.metricsJson = directory.resolve("metrics.json");
    this.logCsv = directory.resolve("log.csv");
    this.history = history;
  }

  /// Continues the log in {@code directory} after a checkpoint, or begins one: epoch and iteration
  /// 0.
  ///
  /// @param epoch last epoch of the checkpoint; later tests are dropped
  /// @param iteration training steps up to the checkpoint; later rows are dropped
  /// @throws InputException when an existing file is not one of this program
  public static RunLog open(Path directory, int epoch, long iteration) throws IOException {
    Files.createDirectories(directory);
    RunLog log = new RunLog(directory, tests(directory.resolve("metrics.json"), epoch));
    keepLines(log.trainCsv, iteration, RunLog::iterationOf);
    keepLines(log.logCsv, epoch, RunLog::epochOf);
    if (log.history.isEmpty()) {
      Files.deleteIfExists(log.metricsJson);
    } else {
      log.writeMetrics();
    }
    return log;
  }

  /// Adds to all that is logged in {@code directory}: for a test outside training.
  ///
  /// @throws InputException when an existing file is not one of this program
  public static RunLog append(Path directory) throws IOException {
    return open(directory, Integer.MAX_VALUE, Long.MAX_VALUE);
  }

  /// Adds a row to `train.csv`.
  ///
  /// @param epoch counted from 1
  /// @param iteration training steps of the whole run, counted from 1
  /// @param seconds the step took
  public void step(int epoch, long iteration, double loss, double learningRate, double seconds)
      throws IOException {
    if (!Files.exists(trainCsv)) {
      appendLine(trainCsv, TRAIN_HEADER);
    }
    appendLine(
        trainCsv,
        String.format(
            Locale.ROOT, "%d,%d,%s,%s,%.4f", epoch, iteration, loss, learningRate, seconds));
  }

  /// Adds a test to `metrics.json` and `log.csv`; returns the line for the console, cut to 70
  /// letters.
  public String test(TestMetrics metrics) throws IOException {
    history.add(metrics.fields());
    writeMetrics();
    String line = metrics.line();
    appendLine(logCsv, line);
    return line.length() > CONSOLE_COLUMNS ? line.substring(0, CONSOLE_COLUMNS) + " ..." : line;
  }

  /// Writes `environment.json`: program, JVM, system, and {@code more}, such as the device.
  public static void writeEnvironment(Path directory, Map<String, ?> more) throws IOException {
    Map<String, Object> environment = new LinkedHashMap<>(more);
    Runtime runtime = Runtime.getRuntime();
    environment.put("java", System.getProperty("java.vm.version"));
    environment.put("jvm", System.getProperty("java.vm.name"));
    environment.put("system", System.getProperty("os.name"));
    environment.put("systemVersion", System.getProperty("os.version"));
    environment.put("architecture", System.getProperty("os.arch"));
    environment.put("processors", runtime.availableProcessors());
    environment.put("maxHeapBytes", runtime.maxMemory());
    write(directory.resolve("environment.json"), environment);
  }

  private void writeMetrics() throws IOException {
    Map<String, Object> content = new LinkedHashMap<>();
    ((Map<?, ?>) history.getLast()).forEach((key, value) -> content.put((String) key, value));
    content.put("history", history);
    write(metricsJson, content);
  }

  private static void write(Path file, Object json) throws IOException {
    byte[] text = Json.writeIndented(json, Json.NonFinite.AS_NULL).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(text));
  }

  private static List<Object> tests(Path file, int lastEpoch) throws IOException {
    List<Object> kept = new ArrayList<>();
    if (lastEpoch == 0 || !Files.exists(file)) {
      return kept;
    }
    if (!(Json.parse(file) instanceof Map<?, ?> map)
        || !(map.get("history") instanceof List<?> tests)) {
      throw notOurs(file, "an object with a list \"history\"");
    }
    for (Object test : tests) {
      if (!(test instanceof Map<?, ?> fields) || !(fields.get("epoch") instanceof Long epoch)) {
        throw notOurs(file, "a whole number \"epoch\" in every test");
      }
      if (epoch <= lastEpoch) {
        kept.add(test);
      }
    }
    return kept;
  }

  /// Rewrites {@code file} with the header and the complete lines whose number is at most {@code
  /// last}. A last line without end is what a crash left.
  private static void keepLines(Path file, long last, ToLongFunction<String> number)
      throws IOException {
    StringBuilder kept = new StringBuilder();
    if (last > 0 && Files.exists(file)) {
      String text = Files.readString(file);
      int begin = 0;
      for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', begin)) {
        String line = text.substring(begin, end);
        begin = end + 1;
        if (line.equals(TRAIN_HEADER) || numberOf(file, line, number) <= last) {
          kept.append(line).append('\n');
        }
      }
    }
    if (kept.isEmpty()) {
      Files.deleteIfExists(file);
    } else {
      byte[] bytes = kept.toString().getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(file, out -> out.write(bytes));
    }
  }

  private static long numberOf(Path file, String line, ToLongFunction<String> number) {
    try {
      return number.applyAsLong(line);
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw new InputException(
          "%s: expected rows of this program, got \"%s\"; move the file away".formatted(file, line),
          e);
    }
  }

  private static long iterationOf(String row) {
    return Long.parseLong(row.split(",", -1)[1]);
  }

  private static long epochOf(String line) {
    return Long.parseLong(line.substring(EPOCH.length()).split(",", -1)[0]);
  }

  private static InputException notOurs(Path file, String expected) {
    return InputException.in(file, "expected " + expected + "; move the file away");
  }

  private static void appendLine(Path file, String line) throws IOException {
    Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
