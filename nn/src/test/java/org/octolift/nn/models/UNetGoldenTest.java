package org.octolift.nn.models;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.octolift.engine.RandomSource;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.nn.ParameterSet;

/// The U-Net against the original library, on the CPU.
final class UNetGoldenTest extends UNetGolden {
  UNetGoldenTest() {
    super(new CpuDevice(2), 1);
  }

  @Test
  void hasTheReferencesParameters() {
    ParameterSet parameters = new UNet(OPTIONS, RandomSource.of(1)).parameters();
    assertThat(parameters.names()).hasSize(362);
    assertThat(parameters.trainableCount()).isEqualTo(39_145_589);
  }
}
