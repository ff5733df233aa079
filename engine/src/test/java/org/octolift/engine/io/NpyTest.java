package org.octolift.engine.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.engine.InputException;

final class NpyTest {
  @TempDir private Path folder;

  @Test
  void readsFortranOrderAndBigEndian() throws IOException {
    NdArray array = Npy.read(TestFiles.resource(folder, "fortran_big_endian.npy"));

    assertThat(array.dtype()).isEqualTo(DType.INT16);
    assertThat(array.shape()).containsExactly(2, 3, 4);
    int[] values = array.ints();
    for (int i = 0; i < 24; i++) {
      assertThat(values[i]).isEqualTo(i - 12);
    }
  }

  @Test
  void readsVersion2() throws IOException {
    NdArray array = Npy.read(TestFiles.resource(folder, "version2.npy"));

    assertThat(array.expectShape(2, -1, 4).floats()).startsWith(0, 0.125f).endsWith(23 / 8f);
  }

  @Test
  void readsEveryTypeThatNumpyWrites() throws IOException {
    SequencedMap<String, NdArray> arrays = Npz.read(TestFiles.resource(folder, "types.npz"));

    int types = 0;
    for (DType dtype : DType.values()) {
      if (dtype != DType.BFLOAT16) {
        NdArray array = arrays.get(dtype.toString());
        assertThat(array.dtype()).isEqualTo(dtype);
        int last = dtype == DType.BOOL ? 1 : 3;
        assertThat(array.ints()).containsExactly(0, 1, last);
        assertThat(array.longs()).containsExactly(0, 1, last);
        assertThat(array.floats()).containsExactly(0, 1, last);
        assertThat(array.doubles()).containsExactly(0, 1, last);
        types++;
      }
    }
    assertThat(types).isEqualTo(12);
    assertThat(arrays.get("big").doubles()).containsExactly(0.5, -2);
    assertThat(arrays.get("scalar").shape()).isEmpty();
    assertThat(arrays.get("scalar").floats()).containsExactly(7);
    assertThat(arrays.get("empty").expectShape(3, 0, 2).size()).isZero();
  }

  @Test
  void readsTheRealArchive() throws IOException {
    SequencedMap<String, NdArray> arrays =
        Npz.read(TestFiles.shared("real/open3d-testdata/tensors_compressed.npz"));

    assertThat(arrays.keySet()).containsExactly("t0", "t1", "t2", "t3", "t4", "t5");
    assertThat(arrays.get("t0").dtype()).isEqualTo(DType.INT32);
    assertThat(arrays.get("t0").shape()).containsExactly(2, 2);
    assertThat(arrays.get("t1").expectShape(2, 2, 2).floats()).hasSize(8);
    assertThat(arrays.get("t2").rank()).isZero();
    assertThat(arrays.get("t5").shape()).containsExactly(0, 1, 0);
  }

  @Test
  void writesNumpysOwnBytes() {
    byte[] header = Npy.header(NdArray.of(new float[6], 2, 3));

    assertThat(header).hasSize(128).startsWith(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0);
    assertThat(new String(header, 10, 118, StandardCharsets.US_ASCII))
        .isEqualTo(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }" + " ".repeat(58) + "\n");
  }

  @ParameterizedTest
  @EnumSource(Npz.Compression.class)
  void archivesComeBackAndHaveTheSameBytes(Npz.Compression compression) throws IOException {
    Map<String, NdArray> arrays = new LinkedHashMap<>();
    arrays.put("prob", NdArray.of(new float[] {0.25f, Float.NaN, -0f, 4}, 2, 2));
    arrays.put("labels", NdArray.of(new int[] {3, 1}, 2));
    arrays.put("mask", NdArray.of(new boolean[] {true, false}, 2));
    arrays.put("none", NdArray.of(new double[0], 0, 3));
    Path first = folder.resolve("a.npz");
    Path second = folder.resolve("b.npz");
    Npz.write(first, arrays, compression);
    Npz.write(second, arrays, compression);

    assertThat(second).hasSameBinaryContentAs(first);
    SequencedMap<String, NdArray> back = Npz.read(first);
    assertThat(back.keySet()).containsExactly("prob", "labels", "mask", "none");
    arrays.forEach(
        (name, array) -> {
          assertThat(back.get(name).shape()).isEqualTo(array.shape());
          assertThat(back.get(name).dtype()).isEqualTo(array.dtype());
          assertThat(back.get(name).segment().mismatch(array.segment())).isEqualTo(-1);
        });
    assertThat(Npz.read(first, "mask").booleans()).containsExactly(true, false);
  }

  @Test
  void valuesAreNeverRounded() {
    assertThat(NdArray.of(new double[] {0.5, Double.NaN}, 2).floats())
        .containsExactly(0.5f, Float.NaN);
    assertThatThrownBy(() -> NdArray.of(new double[] {0.5, 0.1}, 2).floats())
        .isInstanceOf(InputException.class)
        .hasMessage("array: float64 value 0.1 at index 1 does not exist as float");
    assertThatThrownBy(() -> NdArray.of(new long[] {1L << 31}, 1).ints())
        .isInstanceOf(InputException.class);
    assertThatThrownBy(() -> NdArray.of(new long[] {Long.MAX_VALUE}, 1).doubles())
        .isInstanceOf(InputException.class);
    assertThatThrownBy(() -> NdArray.of(new int[] {(1 << 24) + 1}, 1).floats())
        .isInstanceOf(InputException.class);
    assertThatThrownBy(() -> NdArray.of(new float[] {1.5f}, 1).ints())
        .isInstanceOf(InputException.class);
    assertThatThrownBy(() -> NdArray.of(new float[] {0x1p63f}, 1).longs())
        .isInstanceOf(InputException.class);
    assertThatThrownBy(() -> NdArray.of(new int[] {2}, 1).booleans())
        .isInstanceOf(InputException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2000000000, 2000000000)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2000000000,)}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}",
        "{'descr': '|O', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '|f4', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 'x'}",
        "{'descr': __import__('os'), 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
      })
  void refusesBadHeaders(String dictionary) throws IOException {
    Path file = folder.resolve("bad.npy");
    byte[] text = dictionary.getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = new byte[10 + text.length + 8];
    System.arraycopy(Npy.header(NdArray.of(new float[2], 2)), 0, bytes, 0, 8);
    bytes[8] = (byte) text.length;
    System.arraycopy(text, 0, bytes, 10, text.length);
    Files.write(file, bytes);

    assertThatThrownBy(() -> Npy.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ": ");
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    Path npy = TestFiles.resource(folder, "version2.npy");
    Path npz = folder.resolve("small.npz");
    Npz.write(npz, Map.of("a", NdArray.of(new float[] {1, 2}, 2)), Npz.Compression.DEFLATED);

    for (Path file : new Path[] {npy, npz}) {
      byte[] whole = Files.readAllBytes(file);
      Path cut = folder.resolve("cut");
      for (int length = 0; length < whole.length; length++) {
        Files.write(cut, Arrays.copyOf(whole, length));
        assertThatThrownBy(() -> readEither(cut, file == npy))
            .as("%s cut to %d bytes", file, length)
            .isInstanceOf(InputException.class);
      }
    }
  }

  @Test
  void changedBytesAreRefusedOrHarmless() throws IOException {
    Path file = TestFiles.resource(folder, "types.npz");
    byte[] whole = Files.readAllBytes(file);
    Path changed = folder.resolve("changed.npz");
    int refused = 0;
    for (int i = 0; i < whole.length; i += 7) {
      byte[] bytes = whole.clone();
      bytes[i] ^= (byte) (1 << (i % 8));
      Files.write(changed, bytes);
      try {
        Npz.read(changed);
      } catch (InputException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(whole.length / 21);
  }

  private static void readEither(Path file, boolean npy) throws IOException {
    if (npy) {
      Npy.read(file);
    } else {
      Npz.read(file);
    }
  }

  @Test
  void refusesForeignEntriesAndMissingNames() throws IOException {
    Path file = folder.resolve("foreign.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("readme.txt"));
      zip.closeEntry();
    }

    assertThatThrownBy(() -> Npz.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("readme.txt");
    assertThatThrownBy(() -> Npz.read(file, "prob"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected an entry prob.npy, found readme.txt");
    assertThatThrownBy(() -> Npz.read(folder.resolve("none.npz")))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("no such file");
  }

  @Test
  void stridedViewsStayInsideTheirStorage() {
    MemorySegment storage = NdArray.of(new int[] {0, 1, 2, 3, 4, 5}, 6).segment();

    assertThat(
            NdArray.strided("v", DType.INT32, new int[] {3, 2}, storage, 0, new long[] {1, 3})
                .ints())
        .containsExactly(0, 3, 1, 4, 2, 5);
    assertThat(
            NdArray.strided("v", DType.INT32, new int[] {2, 2}, storage, 2, new long[] {2, 1})
                .ints())
        .containsExactly(2, 3, 4, 5);
    assertThatThrownBy(
            () ->
                NdArray.strided("v", DType.INT32, new int[] {2, 2}, storage, 3, new long[] {2, 1}))
        .isInstanceOf(InputException.class);
    assertThatThrownBy(
            () ->
                NdArray.strided(
                    "v", DType.INT32, new int[] {1}, storage, Long.MAX_VALUE, new long[] {1}))
        .isInstanceOf(InputException.class);
    assertThatThrownBy(
            () -> NdArray.strided("v", DType.INT32, new int[] {2}, storage, 1, new long[] {-1}))
        .isInstanceOf(InputException.class);
  }
}
