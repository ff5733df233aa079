package org.octolift.engine.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.octolift.engine.InputException;

class AcceleratorsTest {
  private static final Accelerator H100 = device("cuda", "NVIDIA CUDA", "gpu");
  private static final Accelerator POCL = device("opencl", "Portable Computing Language", "cpu");
  private static final Accelerator JVM = device("java", "tornado-jvm", "cpu");

  private String required;

  @BeforeEach
  void forgetRequired() {
    required = System.clearProperty(Accelerators.REQUIRED);
  }

  @AfterEach
  void restoreRequired() {
    if (required == null) {
      System.clearProperty(Accelerators.REQUIRED);
    } else {
      System.setProperty(Accelerators.REQUIRED, required);
    }
  }

  @Test
  void theStandInIsFoundAndNamesTheRemedy() {
    Accelerators found = Accelerators.find();

    assertThat(found.devices()).hasSize(1);
    assertThat(found.device().isStandIn()).isTrue();
    assertThat(found.areStandIn()).isTrue();
    assertThat(Accelerators.areExpected()).isFalse();
    assertThatThrownBy(found::require)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no GPU: TORNADOVM_HOME");
  }

  @Test
  void aRequiredDeviceMustBeTheOneThatRuns() {
    System.setProperty(Accelerators.REQUIRED, "cuda");

    assertThat(Accelerators.areExpected()).isTrue();
    assertThat(accelerators(H100).require()).isSameAs(H100);
    assertThatThrownBy(accelerators(POCL)::device)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected cuda")
        .hasMessageContaining("Portable Computing Language");
    assertThatThrownBy(accelerators(JVM)::device).hasMessageContaining("tornado-jvm");
  }

  @Test
  void openClOnTheProcessorIsNoGpu() {
    System.setProperty(Accelerators.REQUIRED, "opencl");

    assertThatThrownBy(accelerators(POCL)::device).hasMessageContaining("expected opencl");
    Accelerator gpu = device("opencl", "NVIDIA CUDA", "gpu");
    assertThat(accelerators(gpu).device()).isSameAs(gpu);
  }

  @Test
  void poclIsOpenClOfOnePlatform() {
    System.setProperty(Accelerators.REQUIRED, "pocl");

    assertThat(accelerators(POCL).require()).isSameAs(POCL);
    assertThatThrownBy(accelerators(device("opencl", "Intel(R) OpenCL", "cpu"))::device)
        .hasMessageContaining("expected pocl");
  }

  @Test
  void anUnknownRequirementIsRefused() {
    System.setProperty(Accelerators.REQUIRED, "fpga");

    assertThatThrownBy(accelerators(H100)::device)
        .isInstanceOf(InputException.class)
        .hasMessage("require.device: expected cuda, opencl or pocl, got fpga");
  }

  @Test
  void withoutDevicesTheReasonIsTheError() {
    Accelerators none = new Accelerators(List.of(), Optional.of("why"));

    assertThatThrownBy(none::device).isInstanceOf(InputException.class).hasMessage("why");
    assertThat(none.areStandIn()).isFalse();
  }

  @Test
  void onlyAGpuLacksNothing() {
    assertThat(Missing.from(List.of(POCL, H100))).isEmpty();
    assertThat(Missing.from(List.of(POCL)).orElseThrow())
        .contains("no GPU through Portable Computing Language");
  }

  @Test
  void withoutTheSdkTheRemedyDependsOnWhatIsSet() {
    assertThat(Missing.sdk(null, null)).startsWith("TORNADOVM_HOME is not set");
    assertThat(Missing.sdk("/sdk", null)).contains("/sdk").contains("without the SDK");
    assertThat(Missing.sdk("/sdk", "it is for JDK 21")).isEqualTo("it is for JDK 21");
  }

  @Test
  void failuresOfTornadoVmNameTheRemedy() {
    assertThat(failure("\u001B[31m[WARNING] No OpenCL platforms found.\u001B[0m"))
        .contains("pocl-opencl-icd");
    assertThat(failure("[ERROR] OpenCL JNI Library not found")).contains("libOpenCL.so.1");
    assertThat(failure("[ERROR] CUDADriver JNI Library not found"))
        .contains("libcuda.so.1")
        .contains("libnvrtc");
    assertThat(failure("[WARNING] No CUDADriver platforms found.")).contains("nvidia-smi");
    assertThat(failure("something else"))
        .isEqualTo("TornadoVM does not start: IllegalStateException: something else");
  }

  private static String failure(String message) {
    return Missing.from(new ExceptionInInitializerError(new IllegalStateException(message)));
  }

  private static Accelerators accelerators(Accelerator device) {
    return new Accelerators(List.of(device), Missing.from(List.of(device)));
  }

  private static Accelerator device(String backend, String platform, String kind) {
    return new Accelerator(
        backend,
        backend + "-0-0",
        "a model",
        platform,
        kind,
        1,
        1L << 30,
        1L << 30,
        1L << 15,
        1024,
        List.of(1024L, 1024L, 64L),
        true);
  }
}
