package org.octolift.nn.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.engine.InputException;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.ZipArchive;

/// Pickles written by hand, each letter a byte, and the archives around them.
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

  private static String tensor(String offset, String size, String stride) {
    return REBUILD + "(" + STORAGE + "K\2tQ" + offset + size + stride + HOOKS + "tR.";
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
    assertThatThrownBy(() -> TorchFile.read(Archives.write(folder, entries)))
        .isInstanceOf(InputException.class);
    entries.put("a/data.pkl", START + "N.");
    assertThat(TorchFile.read(Archives.write(folder, entries))).isNull();
    entries.put("a/byteorder", "middle");
    assertThatThrownBy(() -> TorchFile.read(Archives.write(folder, entries)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("byteorder: expected little or big, found middle");
    entries.remove("a/byteorder");
    entries.put("a/constants.pkl", "");
    assertThatThrownBy(() -> TorchFile.read(Archives.write(folder, entries)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("TorchScript");
    entries.remove("a/constants.pkl");
    entries.put("b/data.pkl", START + "N.");
    assertThatThrownBy(() -> TorchFile.read(Archives.write(folder, entries)))
        .isInstanceOf(InputException.class);
    assertThatThrownBy(() -> TorchFile.read(Archives.write(folder, START + "N.N.")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("nothing after the pickle");
  }

  @Test
  void operationsAreLimited() {
    assertThatThrownBy(() -> run(START + "}".repeat(5_000_001)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("more than 5000000 operations");
  }

  @Test
  void readsBigEndianStorages() throws IOException {
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put("a/data.pkl", START + tensor("K\0", "K\2\u0085", "K\1\u0085"));
    entries.put("a/byteorder", "big");
    entries.put("a/data/0", "?\u0080\0\0@\0\0\0");

    assertThat(((NdArray) TorchFile.read(Archives.write(folder, entries))).floats())
        .containsExactly(1, 2);
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
}
