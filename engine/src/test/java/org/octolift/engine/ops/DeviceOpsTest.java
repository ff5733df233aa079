package org.octolift.engine.ops;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.octolift.engine.tornado.TornadoDevice;

/// Every op as tasks, on TornadoVM's device where there is one and else on `tornado-jvm`, against
/// its definition in double precision.
@Tag("device")
class DeviceOpsTest {
  private static final int[] ROWS = {0, 1, 63, 65, 257};
  private static final int[] CHANNELS = {1, 3, 32};

  private static final TornadoDevice DEVICE = TornadoDevice.openForTests();

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  static List<OpCase> cases() {
    return OpsTest.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsItsReference(OpCase op) {
    for (int rows : ROWS) {
      for (int channels : CHANNELS) {
        op.at(rows, channels).run(DEVICE);
      }
    }
  }
}
