package org.octolift.engine.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.engine.InputException;

final class ZipArchiveTest {
  private static final int CENTRAL_BYTES = 46 + 1;
  private static final int END_BYTES = 22;
  private static final int LENGTH = 4000;

  @TempDir private Path folder;

  @Test
  void readsWhatItClaims() throws IOException {
    try (ZipArchive zip = ZipArchive.open(changed(ZipEntry.DEFLATED, central -> {}))) {
      assertThat(zip.names()).containsExactly("a");
      assertThat(zip.length("a")).isEqualTo(LENGTH);
      assertThat(zip.bytes("a", LENGTH)).hasSize(LENGTH).containsOnly(7);
      assertThatThrownBy(() -> zip.bytes("a", LENGTH - 1))
          .isInstanceOf(InputException.class)
          .hasMessageEndingWith("a: expected at most 3999 bytes, found 4000");
      assertThatThrownBy(() -> zip.bytes("b", 1))
          .isInstanceOf(InputException.class)
          .hasMessageEndingWith("expected an entry b, found a");
    }
  }

  @Test
  void refusesFalseSizes() throws IOException {
    refused(ZipEntry.DEFLATED, c -> c.putInt(24, 1 << 30), "cannot come from");
    refused(ZipEntry.DEFLATED, c -> c.putInt(24, LENGTH - 1), "longer than declared");
    refused(ZipEntry.DEFLATED, c -> c.putInt(24, LENGTH + 1), "shorter than declared");
    refused(ZipEntry.STORED, c -> c.putInt(24, LENGTH + 1), "cannot come from");
    refused(ZipEntry.STORED, c -> c.putInt(20, 1 << 30), "a");
    refused(ZipEntry.DEFLATED, c -> c.putInt(16, 1), "checksum differs");
  }

  @Test
  void refusesEntriesThatShareTheirBytes() throws IOException {
    byte[] whole = Files.readAllBytes(changed(ZipEntry.STORED, central -> {}));
    int central = whole.length - END_BYTES - CENTRAL_BYTES;
    int copies = 3;
    ByteBuffer bomb =
        ByteBuffer.allocate(whole.length + (copies - 1) * CENTRAL_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    bomb.put(whole, 0, central);
    for (int i = 0; i < copies; i++) {
      bomb.put(whole, central, CENTRAL_BYTES - 1).put((byte) ('a' + i));
    }
    bomb.put(whole, whole.length - END_BYTES, END_BYTES);
    int end = bomb.position() - END_BYTES;
    bomb.putShort(end + 8, (short) copies).putShort(end + 10, (short) copies);
    bomb.putInt(end + 12, copies * CENTRAL_BYTES);
    Path file = folder.resolve("bomb.zip");
    Files.write(file, bomb.array());

    assertThatThrownBy(() -> ZipArchive.open(file).close())
        .isInstanceOf(InputException.class)
        .hasMessageContaining("larger than the file");
    bomb.put(central + 2 * CENTRAL_BYTES - 1, (byte) 'a');
    Files.write(file, bomb.array());
    assertThatThrownBy(() -> ZipArchive.open(file).close())
        .isInstanceOf(InputException.class)
        .hasMessageContaining("a: occurs twice");
  }

  private void refused(int method, Consumer<ByteBuffer> change, String message) throws IOException {
    Path file = changed(method, change);
    assertThatThrownBy(
            () -> {
              try (ZipArchive zip = ZipArchive.open(file)) {
                zip.bytes("a", Integer.MAX_VALUE);
              }
            })
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  /// A zip file with the one entry "a" whose directory record {@code change} has edited.
  private Path changed(int method, Consumer<ByteBuffer> change) throws IOException {
    byte[] content = new byte[LENGTH];
    Arrays.fill(content, (byte) 7);
    CRC32 checksum = new CRC32();
    checksum.update(content);
    ZipEntry entry = new ZipEntry("a");
    entry.setMethod(method);
    entry.setSize(LENGTH);
    entry.setCrc(checksum.getValue());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(entry);
      zip.write(content);
      zip.closeEntry();
    }
    byte[] whole = bytes.toByteArray();
    int central = whole.length - END_BYTES - CENTRAL_BYTES;
    change.accept(
        ByteBuffer.wrap(whole, central, CENTRAL_BYTES).slice().order(ByteOrder.LITTLE_ENDIAN));
    Path file = folder.resolve("a.zip");
    Files.write(file, whole);
    return file;
  }
}
