package org.octolift.nn.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Zip files whose entries are given as text, each letter a byte.
final class Archives {
  private Archives() {}

  /// An archive of torch.save with this pickle and a storage 0 of the floats 1 and 2.
  static Path write(Path folder, String pickle) throws IOException {
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put("a/data.pkl", pickle);
    entries.put("a/data/0", "\0\0\u0080?\0\0\0@");
    return write(folder, entries);
  }

  /// An archive of these entries.
  static Path write(Path folder, Map<String, String> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue().getBytes(StandardCharsets.ISO_8859_1));
        zip.closeEntry();
      }
    }
    return Files.write(folder.resolve("archive.pth"), bytes.toByteArray());
  }
}
