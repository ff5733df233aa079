package org.octolift.apps.softlabel;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.octolift.engine.Device;
import org.octolift.engine.InputException;
import org.octolift.engine.tornado.TornadoDevice;

class ImageTeachersTest {
  @Test
  void missingWeightsAreNamedOnAnyDevice() {
    TeacherSource source = ImageTeachers.of(Path.of("none.pt"));
    try (Device device = TornadoDevice.openForTests()) {
      assertThatExceptionOfType(InputException.class)
          .isThrownBy(() -> source.open(device))
          .withMessageContainingAll("none.pt", "download");
    }
  }
}
