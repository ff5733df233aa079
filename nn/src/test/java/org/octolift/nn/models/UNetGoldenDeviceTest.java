package org.octolift.nn.models;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;
import org.octolift.engine.tornado.TornadoDevice;

/// The U-Net against the original library, on TornadoVM's device; `tornado-jvm` is too slow for it.
@Tag("device")
@EnabledIf(
    value = "org.octolift.engine.tornado.Accelerators#areExpected",
    disabledReason = "no TornadoVM: set TORNADOVM_HOME")
final class UNetGoldenDeviceTest extends UNetGolden {
  UNetGoldenDeviceTest() {
    super(TornadoDevice.openForTests(), 2);
  }
}
