package org.octolift.apps.softlabel;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.octolift.apps.dpt.DptWeights;
import org.octolift.apps.report.Ade20k;
import org.octolift.engine.Device;

/// The teachers whose weights users have as files.
public final class ImageTeachers {
  private ImageTeachers() {}

  /// The teacher of a file of weights: [DptWeights#SEGMENTATION].
  public static TeacherSource of(Path weights) {
    return new TeacherSource() {
      @Override
      public Optional<String> fingerprint() throws IOException {
        return Files.isRegularFile(weights) ? Optional.of(sha256(weights)) : Optional.empty();
      }

      @Override
      public int classes() {
        return Ade20k.names().size();
      }

      @Override
      public ImageTeacher open(Device device) throws IOException {
        return new DptTeacher(device, DptWeights.segmentation(weights));
      }
    };
  }

  /// The SHA-256 of a file, 64 hexadecimal digits.
  public static String sha256(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
