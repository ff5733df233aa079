package org.octolift.apps.data;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/// Finds the shared test data beside the checkout; a test that misses a file is skipped.
public final class RealFiles {
  private RealFiles() {}

  /// The file {@code name} of `shared/data`.
  public static Path find(String name) {
    String configured = System.getProperty("octolift.shared");
    Path found = configured == null ? null : Path.of(configured, "data", name);
    for (Path folder = Path.of("").toAbsolutePath();
        found == null && folder != null;
        folder = folder.getParent()) {
      if (Files.isDirectory(folder.resolve("shared/data"))) {
        found = folder.resolve("shared/data").resolve(name);
      }
    }
    assumeTrue(found != null && Files.exists(found), "shared/data/" + name + " is missing");
    return found;
  }
}
