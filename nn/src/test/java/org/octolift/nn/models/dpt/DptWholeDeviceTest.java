package org.octolift.nn.models.dpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.octolift.engine.Device;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.tornado.Accelerators;
import org.octolift.engine.tornado.Precision;
import org.octolift.engine.tornado.TornadoDevice;

/// The whole networks, with all their channels and blocks, on a GPU as on the CPU: the parity that
/// logits are to have, 1e-3 of their range and 99.9 % of the pixels' classes, in FP32. Too much for
/// anything that runs kernels on a processor.
@Tag("device")
class DptWholeDeviceTest {
  private static final int CLASSES = 150;

  @BeforeAll
  static void needsGpu() {
    boolean gpu = Accelerators.find().devices().stream().anyMatch(one -> one.kind().equals("gpu"));
    assumeThat(gpu && !Accelerators.find().areStandIn()).as("a GPU and TornadoVM").isTrue();
  }

  private enum Network {
    HYBRID(DptBackbone.HYBRID),
    LARGE(DptBackbone.LARGE);

    private final DptBackbone backbone;

    Network(DptBackbone backbone) {
      this.backbone = backbone;
    }
  }

  @ParameterizedTest
  @EnumSource
  void equalsTheCpu(Network network) {
    Dpt model = DptFormula.model(network.backbone, new DptTask.Segmentation(CLASSES));
    float[] expected;
    try (Device device = new CpuDevice(2)) {
      expected = DptFormula.run(model, device);
    }
    try (Device device = TornadoDevice.openForTests(true)) {
      float[] actual = DptFormula.run(model, device);
      assertThat(difference(actual, expected)).as("FP32").isLessThan(1e-3);
      assertThat(equalClasses(actual, expected)).as("FP32").isGreaterThan(0.999);
    }
    try (Device device = TornadoDevice.openForTests(Precision.BF16)) {
      assertThat(difference(DptFormula.run(model, device), expected)).as("BF16").isLessThan(0.1);
    }
  }

  private static double difference(float[] actual, float[] expected) {
    double worst =
        IntStream.range(0, expected.length)
            .mapToDouble(i -> Math.abs(actual[i] - expected[i]))
            .reduce(0, (a, b) -> a < b || Double.isNaN(b) ? b : a);
    return worst / DptFormula.range(expected);
  }

  private static double equalClasses(float[] actual, float[] expected) {
    int pixels = expected.length / CLASSES;
    long equal =
        IntStream.range(0, pixels).filter(i -> best(actual, i) == best(expected, i)).count();
    return (double) equal / pixels;
  }

  private static int best(float[] logits, int pixel) {
    int best = 0;
    for (int i = 1; i < CLASSES; i++) {
      best = logits[pixel * CLASSES + i] > logits[pixel * CLASSES + best] ? i : best;
    }
    return best;
  }
}
