package org.octolift.apps.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.apps.data.ScanFiles;
import org.octolift.apps.rooms.RoomGenerator;
import org.octolift.apps.rooms.RoomOptions;
import org.octolift.engine.InputException;
import org.octolift.engine.io.Json;
import picocli.CommandLine;

final class BenchCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private Path scan;

  @BeforeEach
  void writeScan() {
    scan = folder.resolve("room.ply");
    RoomOptions options = RoomOptions.demo().withResolution(0.2, 2000);
    ScanFiles.write(scan, RoomGenerator.generate(1, options).scan());
  }

  private int run(String... arguments) {
    return new CommandLine(new BenchCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(out, true))
        .setExecutionExceptionHandler(
            (e, line, result) -> {
              throw e;
            })
        .execute(arguments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unet-train", "unet-infer", "octree"})
  void printsOneLineOfJson(String workload) {
    assertThat(
            run(
                workload,
                "--input",
                scan.toString(),
                "--depth",
                "5",
                "--threads",
                "2",
                "--repeat",
                "1",
                "--json"))
        .isZero();
    assertThat(out.toString().strip()).doesNotContain("\n");
    Map<?, ?> result = (Map<?, ?>) Json.parse("output", out.toString());
    assertThat(result.keySet().toArray())
        .containsExactly(
            "workload",
            "device",
            "threads",
            "median_seconds",
            "min_seconds",
            "max_seconds",
            "gflop",
            "gflops",
            "peak_gflops",
            "fraction",
            "peak_rss_bytes",
            "first_seconds",
            "start_to_second_seconds");
    assertThat(result.get("workload")).isEqualTo(workload);
    assertThat(result.get("threads")).isEqualTo(2L);
    assertThat((double) result.get("median_seconds")).isPositive();
  }

  @Test
  void tellsTheTimeOfEachOp() {
    run(
        "unet-infer",
        "--input",
        scan.toString(),
        "--depth",
        "5",
        "--repeat",
        "1",
        "--ops",
        "--threads",
        "1");
    assertThat(out.toString()).contains("convolution", "batchNormApply", "total");
  }

  @Test
  void refusesUnknownDevices() {
    StringWriter error = new StringWriter();
    CommandLine line =
        new CommandLine(new BenchCommand())
            .setErr(new PrintWriter(error, true))
            .setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(
        (e, command, result) -> {
          assertThat(e).isInstanceOf(InputException.class).hasMessageContaining("--device");
          return 2;
        });
    assertThat(line.execute("octree", "--device", "abacus")).isEqualTo(2);
    assertThat(line.execute("octree", "--device", "cpu", "--precision", "bf16")).isEqualTo(2);
  }
}
