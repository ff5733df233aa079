package org.octolift.apps.softlabel;

import java.io.IOException;
import java.util.Optional;
import org.octolift.engine.Device;

/// Where a teacher comes from: opened only when there is something left to label.
public interface TeacherSource {
  /// What tells this teacher from others, 64 hexadecimal digits: stored labels carry it. None if
  /// its weights are not there; then what is stored must do.
  Optional<String> fingerprint() throws IOException;

  /// Number of its classes, at most 256.
  int classes() throws IOException;

  /// Opens the teacher on a device.
  ///
  /// @throws org.octolift.engine.InputException when its weights are missing or damaged
  ImageTeacher open(Device device) throws IOException;
}
