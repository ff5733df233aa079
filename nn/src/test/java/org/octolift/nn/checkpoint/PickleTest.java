package org.octolift.nn.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.octolift.engine.InputException;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.ZipArchive;

/// Pickles written by hand, each letter a byte: what is allowed, and above all what is not.
final class PickleTest {
  private static final String START = "\u0080\u0002";
  private static final String STORAGE =
      "(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0" + "0X\3\0\0\0cpu";
  private static final String REBUILD = "ctorch._utils\n_rebuild_tensor_v2\n";
  private static final String HOOKS = "\u0089ccollections\nOrderedDict\n)R";

  @TempDir private Path folder;

  @Test
  void buildsPlainData() throws IOException {
    assertThat(run(START + "(N\u0088\u0089K\u00ffM\1\1J\u00fe\u00ff\u00ff\u00fft."))
        .isEqualTo(Arrays.asList(null, true, false, 255L, 257L, -2L));
    assertThat(run(START + "\u008a\0.")).isEqualTo(0L);
    assertThat(run(START + "\u008a\2\0\u0080.")).isEqualTo(-32768L);
    assertThat(run(START + "\u008a\u0009\0\0\0\0\0\0\0\0\1.")).isEqualTo(BigInteger.TWO.pow(64));
    assertThat(run(START + "G?\u00e8\0\0\0\0\0\0.")).isEqualTo(0.75);
    assertThat(run(START + "}q\0X\1\0\0\0aK\1s.")).isEqualTo(Map.of("a", 1L));
    assertThat(run(START + "](K\1K\2eK\3a.")).isEqualTo(List.of(1L, 2L, 3L));
    assertThat(run("\u0080\4\u0095\5\0\0\0\0\0\0\0\u008c\1a\u0094.")).isEqualTo("a");
    assertThat(run(START + "K\1K\2K\3\u0087.")).isEqualTo(List.of(1L, 2L, 3L));
    assertThat((byte[]) run("\u0080\3C\2\0\u00ff.")).containsExactly(0, 255);
    assertThat(
            (byte[]) run(START + "c_codecs\nencode\nX\3\0\0\0a\u00c3\u00bfX\6\0\0\0latin1\u0086R."))
        .containsExactly('a', 255);
  }

  static Stream<Arguments> hostile() {
    String big = "\u00ff\u00ff\u00ff\u007f";
    String list32 = "]q\0" + "h\0\u0086q\0".repeat(40) + ".";
    String huge = "X\0\0\1\0" + "a".repeat(65536) + "q\0";
    return Stream.of(
        Arguments.of("cposix\nsystem\nX\4\0\0\0echo\u0085R.", "byte 2: posix.system is not among"),
        Arguments.of("cos\nsystem\n.", "byte 2: os.system is not among"),
        Arguments.of("c__builtin__\neval\nX\1\0\0\0" + "1\u0085R.", "__builtin__.eval"),
        Arguments.of("cbuiltins\nexec\n)R.", "builtins.exec"),
        Arguments.of("cbuiltins\ngetattr\n.", "builtins.getattr"),
        Arguments.of("ctorch\nload\n.", "torch.load"),
        Arguments.of("ctorch.serialization\nload\n.", "torch.serialization.load"),
        Arguments.of("X\2\0\0\0osX\6\0\0\0system\u0093.", "byte 20: os.system"),
        Arguments.of("K\1K\2\u0093.", "the names of a module and a class"),
        Arguments.of("(X\1\0\0\0aios\nsystem\n.", "opcode 0x69 'i'"),
        Arguments.of("(cos\nsystem\no.", "os.system"),
        Arguments.of(")\u0081.", "opcode 0x81"),
        Arguments.of("\u0082\1.", "opcode 0x82"),
        Arguments.of("\u0097.", "opcode 0x97"),
        Arguments.of("\u00ff.", "opcode 0xff"),
        Arguments.of("P0\n.", "opcode 0x50 'P'"),
        Arguments.of("S'a'\n.", "opcode 0x53 'S'"),
        Arguments.of("I1\n.", "opcode 0x49 'I'"),
        Arguments.of("0.", "opcode 0x30 '0'"),
        Arguments.of("c" + "a".repeat(200) + "\nb\n.", "the name of a class in at most 128"),
        Arguments.of("c\u00e9\nb\n.", "the name of a class in at most 128"),
        Arguments.of(".", "expected a value on the stack"),
        Arguments.of("K\1K\2.", "STOP with values left"),
        Arguments.of("K\1(.", "expected a value on the stack"),
        Arguments.of("", "the data end in the middle"),
        Arguments.of("X" + big + "a.", "expected 2147483647 more bytes, found 2"),
        Arguments.of("B\u00ff\u00ff\u00ff\u00ffa.", "expected 4294967295 more bytes"),
        Arguments.of("\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff.", "more bytes"),
        Arguments.of("\u0095\0\0\0\0\1\0\0\0.", "expected 4294967296 more bytes"),
        Arguments.of("\u008a\u00ff.", "an integer of at most 16 bytes"),
        Arguments.of("X\1\0\0\0\u00ff.", "a string in UTF-8"),
        Arguments.of("h\5.", "nothing was remembered as number 5"),
        Arguments.of("t.", "expected a mark"),
        Arguments.of("(K\1u.", "expected a value on the stack"),
        Arguments.of("}(K\1u.", "keys and values in pairs"),
        Arguments.of("}]K\1s.", "integer or bool as key, found a list"),
        Arguments.of("}K\1K\1sK\1K\2s.", "the key 1 occurs twice"),
        Arguments.of("NK\1a.", "expected a list to append to, found None"),
        Arguments.of(")K\1a.", "expected a list to append to, found a tuple"),
        Arguments.of("K\1)R.", "expected a class to call"),
        Arguments.of("ccollections\nOrderedDict\n]R.", "expected a tuple of arguments"),
        Arguments.of("ccollections\nOrderedDict\nK\1\u0085R.", "called with other arguments"),
        Arguments.of("ccollections\nOrderedDict\n)R}X\1\0\0\0aK\1sb.", "sets the state"),
        Arguments.of("ccollections\nOrderedDict\n.", "the class collections.OrderedDict"),
        Arguments.of("ctorch\nFloatStorage\n)R.", "called with other arguments"),
        Arguments.of("]q\0h\0a.", "a value contains itself"),
        Arguments.of("}q\0K\1h\0s.", "a value contains itself"),
        Arguments.of(list32, "more than 50000000 values"),
        Arguments.of("]".repeat(100) + "a".repeat(99) + ".", "nested deeper than 64"),
        Arguments.of(
            huge + "](" + "c_codecs\nencode\nh\0X\6\0\0\0latin1\u0086R".repeat(60) + "e.",
            "more than 16 times"),
        Arguments.of("}".repeat(5_000_001), "more than 5000000 operations"),
        Arguments.of("c_codecs\nencode\nX\1\0\0\0aX\5\0\0\0utf-8\u0086R.", "other arguments"),
        Arguments.of("c_codecs\nencode\nX\1\0\0\0a]q\0h\0a\u0086R.", "other arguments"),
        Arguments.of("c_codecs\nencode\nX\1\0\0\0aN\u0086R.", "other arguments"),
        Arguments.of("K\1Q.", "a reference to a storage"),
        Arguments.of(STORAGE + "K\2tQ.", "found Storage"),
        Arguments.of(STORAGE + "J" + big + "tQ.", "2^31 bytes, found 2147483647 elements"),
        Arguments.of(STORAGE + "\u008a\u0008\1\0\0\0\0\0\0@tQ.", "a size of 0 to 2^31 bytes"),
        Arguments.of(STORAGE + "J\u00ff\u00ff\u00ff\u00fftQ.", "found -1 elements"),
        Arguments.of(STORAGE + "K\3tQ.", "expected 12 bytes in a/data/0, found 8"),
        Arguments.of(
            STORAGE.replace("\1\0\0\0" + "0", "\4\0\0\0../x") + "K\2tQ.", "no entry a/data/../x"),
        Arguments.of(tensor("K\0", "K\3\u0085", "K\1\u0085"), "leaves its storage of 2 elements"),
        Arguments.of(tensor("K\2", "K\1\u0085", "K\1\u0085"), "leaves its storage"),
        Arguments.of(
            tensor(
                "\u008a\u0008\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f",
                "K\1\u0085",
                "K\1\u0085"),
            "leaves its storage"),
        Arguments.of(tensor("K\0", "K\2\u0085", "J\u00ff\u00ff\u00ff\u00ff\u0085"), "out of range"),
        Arguments.of(tensor("K\0", "J" + big + "\u0085", "K\0\u0085"), "more than 16 times"),
        Arguments.of(tensor("K\0", "J\u00ff\u00ff\u00ff\u00ff\u0085", "K\0\u0085"), "sizes of 0"),
        Arguments.of(
            tensor("K\0", "(" + "K\1".repeat(65) + "t", "(" + "K\1".repeat(65) + "t"), "64 dim"),
        Arguments.of(tensor("K\0", "K\2\u0085", ")"), "other arguments"),
        Arguments.of(tensor("K\0", "]q\0h\0a\u0085", "K\1\u0085"), "found a list"),
        Arguments.of("cnumpy\ndtype\nX\2\0\0\0O8\u0089\u0088\u0087R.", "number or bool type"),
        Arguments.of(
            array("X\2\0\0\0i8", "K\2\u0085", "C\u0008\0\0\0\0\0\0\0\0"), "expected 16 bytes"),
        Arguments.of(array("X\2\0\0\0i8", "J" + big + "\u0085", "C\0"), "of array data, found 0"),
        Arguments.of(array("X\2\0\0\0i8", "K\1\u0085", "]"), "the state of a NumPy array"),
        Arguments.of("cnumpy.core.multiarray\n_reconstruct\n)R.", "other arguments"),
        Arguments.of(
            "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0\u0085C\1btR.",
            "found Unfinished"));
  }

  private static String tensor(String offset, String size, String stride) {
    return REBUILD + "(" + STORAGE + "K\2tQ" + offset + size + stride + HOOKS + "tR.";
  }

  private static String array(String type, String shape, String data) {
    return "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0\u0085C\1btR(K\1"
        + shape
        + "cnumpy\ndtype\n"
        + type
        + "\u0089\u0088\u0087R\u0089"
        + data
        + "tb.";
  }

  @ParameterizedTest
  @MethodSource
  void hostile(String pickle, String message) throws IOException {
    Path file = archive(START + pickle);

    assertThatThrownBy(() -> TorchFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ": a/data.pkl")
        .hasMessageContaining(message);
  }

  @Test
  void theWellFormedTwinsAreRead() throws IOException {
    NdArray tensor =
        (NdArray) TorchFile.read(archive(START + tensor("K\1", "K\1\u0085", "K\1\u0085")));
    assertThat(tensor.floats()).containsExactly(2);
    NdArray array =
        (NdArray)
            TorchFile.read(
                archive(START + array("X\2\0\0\0i8", "K\1\u0085", "C\u0008\7\0\0\0\0\0\0\0")));
    assertThat(array.longs()).containsExactly(7);
  }

  @Test
  void refusesOtherContainers() throws IOException {
    for (String text : List.of("", "x", "hello", "PK", "\u0080", "\u0080\1N.", "\u0080\2N.")) {
      Path file = folder.resolve("other");
      Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
      assertThatThrownBy(() -> TorchFile.read(file))
          .as(text)
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith(file.toString());
    }
    Map<String, String> entries = new LinkedHashMap<>();
    assertThatThrownBy(() -> TorchFile.read(zip(entries))).isInstanceOf(InputException.class);
    entries.put("a/data.pkl", START + "N.");
    assertThat(TorchFile.read(zip(entries))).isNull();
    entries.put("a/byteorder", "middle");
    assertThatThrownBy(() -> TorchFile.read(zip(entries)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("byteorder: expected little or big, found middle");
    entries.remove("a/byteorder");
    entries.put("a/constants.pkl", "");
    assertThatThrownBy(() -> TorchFile.read(zip(entries)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("TorchScript");
    entries.remove("a/constants.pkl");
    entries.put("b/data.pkl", START + "N.");
    assertThatThrownBy(() -> TorchFile.read(zip(entries))).isInstanceOf(InputException.class);
    assertThatThrownBy(() -> TorchFile.read(archive(START + "N.N.")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("nothing after the pickle");
  }

  @Test
  void readsBigEndianStorages() throws IOException {
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put("a/data.pkl", START + tensor("K\0", "K\2\u0085", "K\1\u0085"));
    entries.put("a/byteorder", "big");
    entries.put("a/data/0", "?\u0080\0\0@\0\0\0");

    assertThat(((NdArray) TorchFile.read(zip(entries))).floats()).containsExactly(1, 2);
  }

  @Test
  void everyTruncationOfARealPickleIsRefused() throws IOException {
    for (String name : List.of("state.pth", "solver.tar", "protocol4.pth", "protocol5.pth")) {
      byte[] whole;
      try (ZipArchive zip = ZipArchive.open(TestFiles.resource(folder, name))) {
        String entry = zip.names().stream().filter(e -> e.endsWith("data.pkl")).findFirst().get();
        whole = zip.bytes(entry, 1 << 20);
      }
      for (int length = 0; length < whole.length; length++) {
        byte[] cut = Arrays.copyOf(whole, length);
        assertThatThrownBy(() -> pickle(cut).run())
            .as("%s cut to %d bytes", name, length)
            .isInstanceOf(InputException.class);
      }
      assertThat(pickle(whole).run()).isInstanceOf(Map.class);
    }
  }

  private static Pickle pickle(byte[] bytes) {
    return new Pickle("p", bytes, 0, new TorchStorages((reference, where) -> null, bytes.length));
  }

  private static Object run(String pickle) throws IOException {
    return pickle(pickle.getBytes(StandardCharsets.ISO_8859_1)).run();
  }

  /// A zip file as torch.save writes it, with a storage 0 of the floats 1 and 2.
  private Path archive(String pickle) throws IOException {
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put("a/data.pkl", pickle);
    entries.put("a/data/0", "\0\0\u0080?\0\0\0@");
    return zip(entries);
  }

  private Path zip(Map<String, String> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue().getBytes(StandardCharsets.ISO_8859_1));
        zip.closeEntry();
      }
    }
    Path file = folder.resolve("archive.pth");
    Files.write(file, bytes.toByteArray());
    return file;
  }
}
