package org.octolift.apps.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.engine.io.Json;

final class StepProfileTest {
  @TempDir private Path folder;

  @Test
  void showsATableAndWritesATrace() throws IOException, InterruptedException {
    TinyRun tiny = TinyRun.in(folder);
    tiny.run("SOLVER.run", "profile", "SOLVER.clip_norm", "1.0");
    List<String> console = tiny.console();
    assertThat(console).anyMatch(line -> line.startsWith("convolution "));
    assertThat(console).anyMatch(line -> line.startsWith("total ") && line.contains("100.0%"));
    assertThat(console).filteredOn(line -> line.startsWith("  ")).hasSize(10);
    assertThat(tiny.path("log/checkpoints")).doesNotExist();
    assertThat(tiny.path("log/train.csv")).doesNotExist();

    List<?> events =
        (List<?>) ((Map<?, ?>) Json.parse(tiny.path("log/trace.json"))).get("traceEvents");
    Map<Object, Object> rows = new HashMap<>();
    Map<Object, double[]> steps = new HashMap<>();
    Set<Object> layers = new HashSet<>();
    for (Object each : events) {
      Map<?, ?> event = (Map<?, ?>) each;
      if (event.get("ph").equals("M")) {
        rows.put(event.get("tid"), ((Map<?, ?>) event.get("args")).get("name"));
      }
    }
    assertThat(rows.values())
        .contains("step 1", "step 2", "step 3", "step 4")
        .anyMatch(row -> row.toString().startsWith("octolift-loader"));
    for (Object each : events) {
      Map<?, ?> event = (Map<?, ?>) each;
      if (event.get("ph").equals("X") && rows.get(event.get("tid")).equals("step 4")) {
        double begin = ((Number) event.get("ts")).doubleValue();
        double end = begin + ((Number) event.get("dur")).doubleValue();
        if (event.get("name").equals("measured step")) {
          steps.put("4", new double[] {begin, end});
        } else {
          layers.add(((Map<?, ?>) event.get("args")).get("layer"));
          assertThat(begin).isGreaterThanOrEqualTo(steps.get("4")[0] - 1);
          assertThat(end).isLessThanOrEqualTo(steps.get("4")[1] + 1);
        }
      }
    }
    assertThat(layers).hasSizeGreaterThan(20).contains("header.0.bn", "conv1.conv");
    assertThat(layers).noneMatch(layer -> layer.toString().startsWith("gradient."));
  }
}
