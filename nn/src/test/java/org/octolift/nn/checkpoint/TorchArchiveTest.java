package org.octolift.nn.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.engine.InputException;
import org.octolift.engine.io.DType;
import org.octolift.engine.io.NdArray;

final class TorchArchiveTest {
  @TempDir private Path folder;

  private Object written(Object value) throws IOException {
    Path file = folder.resolve("file.pth");
    TorchFile.write(file, value);
    return TorchFile.read(file);
  }

  @Test
  void aStateDictComesBackBitForBit() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    Map<String, NdArray> tensors = new LinkedHashMap<>();
    for (DType dtype : DType.values()) {
      if (!List.of(DType.UINT16, DType.UINT32, DType.UINT64).contains(dtype)) {
        for (int[] shape : new int[][] {{}, {0, 3}, {7}, {2, 3, 1}, {300}}) {
          int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
          byte[] bytes = new byte[size * dtype.bytes()];
          random.nextBytes(bytes);
          if (dtype == DType.BOOL) {
            Arrays.fill(bytes, (byte) 1);
          }
          tensors.put(
              dtype + Arrays.toString(shape) + "é",
              new NdArray("random", dtype, shape, MemorySegment.ofArray(bytes)));
        }
      }
    }
    Path file = folder.resolve("state.pth");
    TorchFile.write(file, tensors);
    Map<String, NdArray> read = TorchFile.readStateDict(file);

    assertThat(read.keySet()).containsExactlyElementsOf(tensors.keySet()).hasSize(50);
    tensors.forEach(
        (name, tensor) -> {
          assertThat(read.get(name).dtype()).as(name).isEqualTo(tensor.dtype());
          assertThat(read.get(name).shape()).as(name).isEqualTo(tensor.shape());
          assertThat(read.get(name).segment().mismatch(tensor.segment())).as(name).isEqualTo(-1);
        });
  }

  @Test
  void plainValuesComeBack() throws IOException {
    Map<Object, Object> all = new LinkedHashMap<>();
    all.put("none", null);
    all.put("flags", List.of(true, false));
    all.put("empty", List.of());
    all.put("dict", Map.of());
    all.put("doubles", List.of(-0.0, 1e300, Double.NaN, Double.NEGATIVE_INFINITY));
    List<Long> longs =
        List.of(
            0L, 255L, 256L, -1L, 1L << 31, -(1L << 31), (1L << 31) - 1, Long.MIN_VALUE, 1L << 62);
    all.put("longs", longs);
    all.put("text", "säule");
    all.put(7L, Map.of("a", List.of("b", List.of(1L))));

    assertThat(written(all)).isEqualTo(all);
    assertThat(written(3)).isEqualTo(3L);
    assertThat(written(new TorchFile.Counter(Map.of(60L, 2L)))).isEqualTo(Map.of(60L, 2L));
    assertThatThrownBy(() -> written(new Object())).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theSameValueMakesTheSameBytes() throws IOException {
    Map<String, NdArray> tensors = StateDict.of(SmallUNet.of(3).parameters());
    Path first = folder.resolve("first.pth");
    Path second = folder.resolve("second.pth");
    TorchFile.write(first, tensors);
    TorchFile.write(second, tensors);

    assertThat(second).hasSameBinaryContentAs(first);
  }

  /// PyTorch maps such files into memory.
  @Test
  void storagesAreNotCompressedAndAligned() throws IOException {
    Path file = folder.resolve("state.pth");
    Map<String, NdArray> tensors = new LinkedHashMap<>();
    for (int i = 1; i <= 20; i++) {
      tensors.put("t" + i, NdArray.of(new float[i], i));
    }
    TorchFile.write(file, tensors);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        assertThat(bytes.getInt(at)).isEqualTo(0x04034b50);
        int data = at + 30 + bytes.getShort(at + 26) + bytes.getShort(at + 28);
        assertThat(data % 64).as(entry.getName()).isZero();
        assertThat(entry.getMethod()).isEqualTo(ZipEntry.STORED);
        at = data + (int) entry.getSize();
      }
      assertThat(zip.size()).isEqualTo(23);
      assertThat(zip.getEntry("archive/version").getSize()).isEqualTo(2);
    }
  }

  @Test
  void typesThatPyTorchHadNoStorageForAreRefused() {
    NdArray wide =
        new NdArray("wide", DType.UINT16, new int[0], MemorySegment.ofArray(new byte[2]));
    assertThatThrownBy(() -> written(Map.of("w", wide)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("wide: PyTorch's files have no storage of uint16");
    assertThat(folder).isEmptyDirectory();
  }
}
