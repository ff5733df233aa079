package org.octolift.apps.inspect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.cublas.Cublas;
import org.octolift.engine.tornado.Accelerator;
import org.octolift.engine.tornado.Accelerators;
import org.octolift.kernels.cpu.VectorWidth;

/// Says what programs can run on: the processor, the devices of TornadoVM, and what is missing for
/// a GPU. Nothing is measured.
public final class DeviceInspection {
  private static final String MEMORY_LIMIT = "tornado.device.memory";
  private static final int LABEL = 13;
  private static final String NO_CUBLAS =
      "not used: none found, or switched off (%s=off); own kernels compute all products"
          .formatted(Cublas.PROPERTY);

  private final Accelerators accelerators;

  /// An inspection of what {@code accelerators} holds.
  public DeviceInspection(Accelerators accelerators) {
    this.accelerators = accelerators;
  }

  /// For people.
  public String text() {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "CPU",
        "%d threads, %s, %s"
            .formatted(
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.arch"),
                vectorBits() == 0 ? "no vectors" : "vectors of %d bits".formatted(vectorBits())));
    line(
        text,
        "TornadoVM",
        Accelerators.version()
            .orElse("not there; tornado-jvm runs its graphs on the JVM, slowly, for tests"));
    for (Accelerator device : accelerators.devices()) {
      if (device.isStandIn()) {
        continue;
      }
      line(
          text,
          device.name(),
          "%s%s; platform %s, backend %s, %s"
              .formatted(
                  device.model(),
                  device.isDefault() ? " (default)" : "",
                  device.platform(),
                  device.backend(),
                  device.kind().toUpperCase(Locale.ROOT)));
      line(
          text,
          "",
          "%s, largest array %s, %s local memory, %d compute units, groups of up to %d (%s)"
              .formatted(
                  size(device.memory()),
                  size(device.largestArray()),
                  size(device.localMemory()),
                  device.computeUnits(),
                  device.groupSize(),
                  device.groupExtents().stream()
                      .map(String::valueOf)
                      .collect(Collectors.joining(" × "))));
    }
    if (hasCuda()) {
      line(text, "cuBLAS", Cublas.description().orElse(NO_CUBLAS));
    }
    String limit = System.getProperty(MEMORY_LIMIT);
    if (limit != null) {
      line(text, "Memory", "TornadoVM may take " + limit + " (OCTOLIFT_DEVICE_MEMORY)");
    }
    line(text, "GPU", accelerators.missing().map(missing -> "none. " + missing).orElse("ready"));
    return text.toString();
  }

  /// For programs: what [#text] says, sizes in bytes.
  public Map<String, Object> json() {
    Map<String, Object> cpu = new LinkedHashMap<>();
    cpu.put("threads", Runtime.getRuntime().availableProcessors());
    cpu.put("architecture", System.getProperty("os.arch"));
    cpu.put("vectorBits", vectorBits());
    List<Map<String, Object>> devices = new ArrayList<>();
    for (Accelerator device : accelerators.devices()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", device.name());
      entry.put("model", device.model());
      entry.put("platform", device.platform());
      entry.put("backend", device.backend());
      entry.put("kind", device.kind());
      entry.put("default", device.isDefault());
      entry.put("memory", device.memory());
      entry.put("largestArray", device.largestArray());
      entry.put("localMemory", device.localMemory());
      entry.put("computeUnits", device.computeUnits());
      entry.put("groupSize", device.groupSize());
      entry.put("groupExtents", device.groupExtents());
      devices.add(entry);
    }
    Map<String, Object> tornado = new LinkedHashMap<>();
    tornado.put("version", Accelerators.version().orElse(null));
    tornado.put("standIn", accelerators.areStandIn());
    tornado.put("memoryLimit", System.getProperty(MEMORY_LIMIT));
    tornado.put("devices", devices);
    tornado.put("cublas", hasCuda() ? Cublas.description().orElse(null) : null);
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("cpu", cpu);
    all.put("tornadoVM", tornado);
    all.put("missingForGpu", accelerators.missing().orElse(null));
    return all;
  }

  private boolean hasCuda() {
    return accelerators.devices().stream().anyMatch(device -> device.backend().equals("cuda"));
  }

  private static int vectorBits() {
    return CpuDevice.hasVectorModule() ? VectorWidth.bits() : 0;
  }

  private static void line(StringBuilder text, String label, String value) {
    text.append(label)
        .repeat(" ", Math.max(1, LABEL - label.length()))
        .append(value)
        .append(System.lineSeparator());
  }

  private static String size(long bytes) {
    return bytes >= 1L << 30
        ? String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30))
        : "%d KiB".formatted(bytes >> 10);
  }
}
