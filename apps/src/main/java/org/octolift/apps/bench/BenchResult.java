package org.octolift.apps.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.octolift.engine.io.Json;

/// What a workload took, beside what the machine can do.
///
/// @param workload what was measured
/// @param device name of the device
/// @param threads number of threads
/// @param images of a run; 0 for workloads without
/// @param timing the seconds
/// @param limits of the machine's processor
/// @param peakResidentBytes most memory that the process had until the end of the workload; null
/// where the system does not tell
/// @param details lines for people: counts, tables
public record BenchResult(
    Workload workload,
    String device,
    int threads,
    int images,
    Timing timing,
    MachineLimits limits,
    Long peakResidentBytes,
    List<String> details) {
  private static final Path STATUS = Path.of("/proc/self/status");

  /// One line of JSON. The fraction of the peak is null on other devices than the processor.
  public String json() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("workload", workload.toString());
    values.put("device", device);
    values.put("threads", threads);
    values.put("median_seconds", timing.median());
    values.put("min_seconds", timing.min());
    values.put("max_seconds", timing.max());
    values.put("gflop", timing.gflop());
    values.put("gflops", timing.gflops());
    values.put("peak_gflops", limits.peakGflops());
    values.put("fraction", onCpu() ? fraction() : null);
    values.put("peak_rss_bytes", peakResidentBytes);
    values.put("first_seconds", timing.first());
    values.put("start_to_second_seconds", timing.untilSecond());
    if (images > 0) {
      values.put("images", images);
      values.put("images_per_second", imagesPerSecond());
    }
    return Json.write(values);
  }

  /// Lines for people.
  public String text() {
    List<String> lines = new ArrayList<>(details);
    lines.add(
        "%s: median %.3f s, %.3f to %.3f in %d runs; first %.3f s, second done %.1f s after the start"
            .formatted(
                workload,
                timing.median(),
                timing.min(),
                timing.max(),
                timing.seconds().length,
                timing.first(),
                timing.untilSecond()));
    if (images > 0) {
      lines.add("%d images at a time: %.2f images a second".formatted(images, imagesPerSecond()));
    }
    if (timing.gflop() > 0) {
      lines.add(
          "%.1f GFLOP (neighbours that exist): %.1f GFLOP/s%s"
              .formatted(
                  timing.gflop(),
                  timing.gflops(),
                  onCpu() ? ", %.0f %% of the peak".formatted(100 * fraction()) : ""));
    }
    lines.add(
        "machine: %d threads, %.1f GFLOP/s of multiply-adds, %.1f GB/s copied (read and written)"
            .formatted(threads, limits.peakGflops(), limits.copyGigabytes()));
    if (peakResidentBytes != null) {
      lines.add("peak memory of the process: %.2f GB".formatted(peakResidentBytes * 1e-9));
    }
    return String.join("\n", lines) + "\n";
  }

  private double imagesPerSecond() {
    return images / timing.median();
  }

  /// Whether the peak is that of the device: no other is measured.
  private boolean onCpu() {
    return device.equals("cpu");
  }

  private double fraction() {
    return timing.gflops() / limits.peakGflops();
  }

  /// The most memory that this process has had so far, or null where the system does not tell.
  static Long currentPeakResidentBytes() {
    if (!Files.isReadable(STATUS)) {
      return null;
    }
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.toLowerCase(Locale.ROOT).startsWith("vmhwm:")) {
          return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
      return null;
    } catch (IOException e) {
      return null;
    }
  }
}
