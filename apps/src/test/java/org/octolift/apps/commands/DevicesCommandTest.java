package org.octolift.apps.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.octolift.apps.Console;
import org.octolift.apps.inspect.DeviceInspection;
import org.octolift.engine.io.Json;
import org.octolift.engine.tornado.Accelerator;
import org.octolift.engine.tornado.Accelerators;

class DevicesCommandTest {
  private static final Accelerator GPU =
      new Accelerator(
          "cuda",
          "cuda-0-0",
          "A card",
          "NVIDIA CUDA",
          "gpu",
          132,
          80L << 30,
          80L << 30,
          48L << 10,
          1024,
          List.of(1024L, 1024L, 64L),
          true);

  @Test
  void withoutTornadoVmTheStandInAndTheRemedyAreNamed() {
    Console.Result result = Console.run("devices");

    assertThat(result.code()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .startsWith("CPU ")
        .contains("not there; tornado-jvm")
        .contains("none. TORNADOVM_HOME is ");
  }

  @Test
  void jsonSaysTheSame() {
    Console.Result result = Console.run("devices", "--json");

    assertThat(result.code()).isZero();
    Map<?, ?> all = (Map<?, ?>) Json.parse("devices", result.out());
    assertThat(((Map<?, ?>) all.get("cpu")).get("threads"))
        .isEqualTo((long) Runtime.getRuntime().availableProcessors());
    Map<?, ?> tornado = (Map<?, ?>) all.get("tornadoVM");
    assertThat(tornado.get("standIn")).isEqualTo(true);
    assertThat(tornado.get("version")).isNull();
    assertThat((List<?>) tornado.get("devices")).hasSize(1);
    assertThat((String) all.get("missingForGpu")).contains("TORNADOVM_HOME");
  }

  @Test
  void aGpuIsReady() {
    DeviceInspection inspection =
        new DeviceInspection(new Accelerators(List.of(GPU), Optional.empty()));

    assertThat(inspection.text())
        .contains("A card (default); platform NVIDIA CUDA, backend cuda, GPU")
        .contains("80.0 GiB, largest array 80.0 GiB, 48 KiB local memory, 132 compute units")
        .contains("groups of up to 1024 (1024 × 1024 × 64)")
        .containsPattern("\ncuBLAS +(not used: |cuBLASLt )")
        .containsPattern("\nGPU +ready\n");
    assertThat(inspection.json()).containsEntry("missingForGpu", null);
  }

  @Test
  void whereTornadoVmDoesNotStartTheReasonIsShown() {
    DeviceInspection inspection =
        new DeviceInspection(new Accelerators(List.of(), Optional.of("no platform: do this")));

    assertThat(inspection.text()).containsPattern("\nGPU +none\\. no platform: do this\n");
  }
}
