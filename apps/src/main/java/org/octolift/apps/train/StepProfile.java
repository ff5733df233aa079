package org.octolift.apps.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.octolift.apps.profile.OpTable;
import org.octolift.apps.profile.ProfilingDevice;
import org.octolift.apps.profile.Trace;

/// Where the time of a training step goes: some steps to warm up, one that is measured op by op.
/// Shows a table and writes `trace.json` for Perfetto or `chrome://tracing`: a row for each step,
/// in the measured one its ops, and a row for each thread of the loader.
final class StepProfile {
  /// As in the reference.
  private static final int WARM_UP = 3;

  private static final int LAYERS = 10;

  private final ProfilingDevice device;
  private final Trace trace = new Trace();

  StepProfile(ProfilingDevice device) {
    this.device = device;
  }

  /// Takes a training step and returns its loss.
  @FunctionalInterface
  interface Step {
    float take() throws InterruptedException;
  }

  /// Where loaders tell what they do.
  Trace trace() {
    return trace;
  }

  /// Takes the steps.
  void measure(Step step) throws InterruptedException {
    for (int i = 1; i <= WARM_UP + 1; i++) {
      boolean measured = i > WARM_UP;
      String row = "step " + i;
      if (measured) {
        device.measure();
      }
      long begin = System.nanoTime();
      float loss = step.take();
      trace.span(
          row,
          measured ? "measured step" : "step to warm up",
          begin,
          System.nanoTime(),
          Map.of("loss", loss));
      if (measured) {
        device.measured().forEach(run -> add(row, run));
      }
    }
  }

  private void add(String row, ProfilingDevice.OpRun run) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("layer", OpTable.layer(run.op()));
    if (run.gflop() > 0) {
      details.put("GFLOP", run.gflop());
      details.put("GFLOP/s", run.gflop() / (run.nanoseconds() * 1e-9));
    }
    String name = OpTable.kind(run.op());
    trace.span(row, name, run.begin(), run.begin() + run.nanoseconds(), details);
  }

  /// Shows the table and writes the trace.
  void report(Path logdir, Consumer<String> console) throws IOException {
    List<ProfilingDevice.OpRun> runs = device.measured();
    OpTable table = new OpTable();
    runs.forEach(run -> table.add(run.op(), run.gflop(), run.nanoseconds() * 1e-9));
    table.linesByLayer(LAYERS).forEach(console);
    device.memory().forEach(console);
    Path file = logdir.resolve("trace.json");
    trace.write(file);
    console.accept(
        String.format(Locale.ROOT, "%s: %d ops; open it in Perfetto", file, runs.size()));
  }
}
