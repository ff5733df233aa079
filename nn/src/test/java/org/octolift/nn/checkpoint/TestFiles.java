package org.octolift.nn.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// Finds the files that tests read.
public final class TestFiles {
  private TestFiles() {}

  /// Copies a resource of this package into {@code folder}.
  static Path resource(Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = TestFiles.class.getResourceAsStream(name)) {
      Files.copy(in, file);
    }
    return file;
  }

  /// The file {@code name} of the shared data; skips the test when it is not on this machine.
  public static Path shared(String name) {
    Path given = Path.of(System.getProperty("octolift.shared", ""));
    Path folder = given;
    for (Path up = Path.of("").toAbsolutePath();
        given.toString().isEmpty() && up != null;
        up = up.getParent()) {
      if (Files.isDirectory(up.resolve("shared/data"))) {
        folder = up.resolve("shared");
        break;
      }
    }
    Path file = folder.resolve("data").resolve(name);
    Assumptions.assumeTrue(Files.exists(file), () -> "shared data file " + name + " is missing");
    return file;
  }
}
