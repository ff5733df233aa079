package org.octolift.apps.profile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.octolift.engine.io.AtomicFile;
import org.octolift.engine.io.Json;

/// Spans of time in named rows, as a file that Perfetto and `chrome://tracing` show: the Trace
/// Event Format's complete events. Spans of a row that lie within each other are shown so. May be
/// used by several threads.
public final class Trace {
  private final long origin = System.nanoTime();
  private final Map<String, Integer> rows = new LinkedHashMap<>();
  private final List<Object> spans = new ArrayList<>();

  /// Adds a span to a row.
  ///
  /// @param begin of [System#nanoTime]
  /// @param end of [System#nanoTime]
  /// @param details numbers and text to show with it
  public synchronized void span(
      String row, String name, long begin, long end, Map<String, ?> details) {
    Map<String, Object> span = new LinkedHashMap<>();
    span.put("name", name);
    span.put("ph", "X");
    span.put("ts", (begin - origin) * 1e-3);
    span.put("dur", (end - begin) * 1e-3);
    span.put("pid", 1);
    span.put("tid", rows.computeIfAbsent(row, r -> rows.size() + 1));
    span.put("args", details);
    spans.add(span);
  }

  /// Writes the file.
  public synchronized void write(Path file) throws IOException {
    List<Object> events = new ArrayList<>();
    rows.forEach(
        (row, id) -> {
          Map<String, Object> name = new LinkedHashMap<>();
          name.put("name", "thread_name");
          name.put("ph", "M");
          name.put("pid", 1);
          name.put("tid", id);
          name.put("args", Map.of("name", row));
          events.add(name);
        });
    events.addAll(spans);
    String json = Json.write(Map.of("traceEvents", events));
    AtomicFile.write(file, out -> out.write(json.getBytes(StandardCharsets.UTF_8)));
  }
}
