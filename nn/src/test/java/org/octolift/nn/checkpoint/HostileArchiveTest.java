package org.octolift.nn.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.octolift.engine.InputException;
import org.octolift.engine.io.NdArray;

/// Archives and legacy files made by hand to do harm, around pickles that are in order.
final class HostileArchiveTest {
  private static final String START = "\u0080\u0002";
  private static final String MAGIC = START + "\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.";
  private static final String VERSION = START + "M\u00e9\3.";
  private static final String SYSTEM = START + "}X\r\0\0\0little_endian\u0088s.";
  private static final String COUNT = "\2\0\0\0\0\0\0\0";
  private static final String VALUES = "\0\0\u0080?\0\0\0@";
  private static final String KEYS = START + "]X\1\0\0\0" + "0a.";

  @TempDir private Path folder;

  /// A vector of all elements of storage 0.
  private static String vector(String size) {
    return START
        + "ctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\nFloatStorage\n"
        + "X\1\0\0\0"
        + "0X\3\0\0\0cpu"
        + size
        + "tQK\0"
        + size
        + "\u0085K\1\u0085\u0089ccollections\nOrderedDict\n)RtR.";
  }

  private static String vector() {
    return vector("K\2");
  }

  private void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> TorchFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  private Path archive(String pickle, String storage) throws IOException {
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put("a/data.pkl", pickle);
    entries.put("a/data/0", storage);
    return Archives.write(folder, entries);
  }

  /// Replaces bytes wherever they occur.
  private Path patched(Path file, String from, String to) throws IOException {
    String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    assertThat(bytes).contains(from);
    return Files.write(file, bytes.replace(from, to).getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void theWellFormedTwinsAreRead() throws IOException {
    assertThat(((NdArray) TorchFile.read(archive(vector(), VALUES))).floats())
        .containsExactly(1, 2);
    assertThat(((NdArray) TorchFile.read(legacy(vector(), KEYS, COUNT + VALUES))).floats())
        .containsExactly(1, 2);
  }

  @Test
  void aStorageThatUnpacksToFarMoreThanTheFileIsRefused() throws IOException {
    int floats = 8 << 20;
    String size =
        "J"
            + new String(
                ByteBuffer.allocate(4).putInt(Integer.reverseBytes(floats)).array(),
                StandardCharsets.ISO_8859_1);
    Path bomb = archive(vector(size), "\0".repeat(4 * floats));

    assertThat(Files.size(bomb)).isLessThan(64 << 10);
    assertRefused(bomb, "more than 16 times the file's length");
  }

  @Test
  void aPickleThatUnpacksToFarMoreThanTheFileIsRefused() throws IOException {
    Path bomb = archive(START + "N".repeat(8 << 20) + ".", "");

    assertThat(Files.size(bomb)).isLessThan(64 << 10);
    assertRefused(bomb, "a/data.pkl: expected at most");
  }

  @Test
  void anEntryThatOccursTwiceIsRefused() throws IOException {
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put("a/data.pkl", vector());
    entries.put("a/data/0", VALUES);
    entries.put("a/data/1", VALUES);
    assertRefused(
        patched(Archives.write(folder, entries), "a/data/1", "a/data/0"), "a/data/0: occurs twice");
    entries.remove("a/data/1");
    entries.put("a/data.pkk", vector());
    assertRefused(
        patched(Archives.write(folder, entries), "a/data.pkk", "a/data.pkl"),
        "a/data.pkl: occurs twice");
  }

  @Test
  void entriesThatLieAboutTheirContentAreRefused() throws IOException {
    assertRefused(archive(vector(), VALUES + "\0"), "expected 8 bytes in a/data/0, found 9");
    assertRefused(archive(vector(), ""), "expected 8 bytes in a/data/0, found 0");
    Path file = archive(vector(), VALUES);
    byte[] bytes = Files.readAllBytes(file);
    int directory = new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf("PK\1\2");
    byte[] checksum = bytes.clone();
    checksum[directory + 16] ^= 1;
    Files.write(file, checksum);
    assertRefused(file, "a/data/0");
    byte[] longer = bytes.clone();
    longer[directory + 27] = 127;
    Files.write(file, longer);
    assertRefused(file, "a/data/0");
    byte[] encrypted = bytes.clone();
    encrypted[directory + 8] |= 1;
    Files.write(file, encrypted);
    assertRefused(file, "");
  }

  private Path legacy(String pickle, String keys, String storages) throws IOException {
    return file(MAGIC + VERSION + SYSTEM + pickle + keys + storages);
  }

  private Path file(String bytes) throws IOException {
    return Files.write(folder.resolve("legacy.pth"), bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  static Stream<Arguments> legacyFiles() {
    String head = MAGIC + VERSION + SYSTEM;
    String system = "cos\nsystem\nX\1\0\0\0x\u0085R.";
    return Stream.of(
        Arguments.of(START + "K\1." + VERSION + SYSTEM, "expected a file written by torch.save"),
        Arguments.of(MAGIC.replace("\u0019", "\u0018") + VERSION, "expected a file written by"),
        Arguments.of(MAGIC + START + "M\u00ea\3." + SYSTEM, "version 1001, found 1002"),
        Arguments.of(MAGIC + START + "N." + SYSTEM, "version 1001, found None"),
        Arguments.of(MAGIC + VERSION + SYSTEM.replace("\u0088", "\u0089"), "little-endian"),
        Arguments.of(MAGIC + VERSION + START + "].", "little-endian"),
        Arguments.of(START + system, "os.system is not among"),
        Arguments.of(MAGIC + START + system, "os.system is not among"),
        Arguments.of(MAGIC + VERSION + START + system, "os.system is not among"),
        Arguments.of(head + START + system, "os.system is not among"),
        Arguments.of(head + vector() + START + system, "os.system is not among"),
        Arguments.of(head + vector() + START + "].", "the keys of all 1 storages"),
        Arguments.of(head + vector() + START + "}.", "the keys of all 1 storages"),
        Arguments.of(head + vector() + START + "]K\0a.", "the keys of all 1 storages"),
        Arguments.of(head + vector() + KEYS.replace("0a", "1a"), "the keys of all 1 storages"),
        Arguments.of(head + START + "N." + KEYS + COUNT + VALUES, "the keys of all 0 storages"),
        Arguments.of(
            head + vector() + START + "](X\1\0\0\0" + "0X\1\0\0\0" + "0e." + COUNT + VALUES,
            "the keys of all 1 storages"),
        Arguments.of(head + vector() + KEYS, "storage 0: expected 2 elements in 8 bytes"),
        Arguments.of(head + vector() + KEYS + COUNT, "found 2 elements and 0 bytes"),
        Arguments.of(head + vector() + KEYS + COUNT + "\0\0", "found 2 elements and 2 bytes"),
        Arguments.of(
            head + vector() + KEYS + COUNT.replace('\2', '\3') + VALUES, "found 3 elements"),
        Arguments.of(head + vector() + KEYS + "\u00ff".repeat(8) + VALUES, "found -1 elements"),
        Arguments.of(
            head + vector("J\u00ff\u00ff\u00ff\u001f") + KEYS + COUNT + VALUES,
            "expected a size of 0 to 2^31 bytes"),
        Arguments.of(
            head + vector("J\u00ff\u00ff\u00ff\u000f") + KEYS + COUNT + VALUES,
            "more than 16 times the file"),
        Arguments.of(head + vector() + KEYS + COUNT + VALUES + "\0", "found 1 more bytes"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("legacyFiles")
  void legacyFilesAreRefused(String bytes, String message) throws IOException {
    assertRefused(file(bytes), message);
  }
}
