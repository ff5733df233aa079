package org.octolift.nn.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.engine.InputException;
import org.octolift.engine.io.DType;
import org.octolift.engine.io.NdArray;

final class SafetensorsTest {
  @TempDir private Path folder;

  @Test
  void readsWhatTheFormatsLibraryWrites() throws IOException {
    try (Safetensors file = Safetensors.open(TestFiles.resource(folder, "small.safetensors"))) {
      assertThat(file.metadata()).containsExactly(Map.entry("step", "12"));
      assertThat(file.names())
          .containsExactlyInAnyOrder("b", "a.weight", "h", "scalar", "empty", "mask");
      assertThat(file.tensor("a.weight").expectShape(3, 4).floats())
          .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
      assertThat(file.tensor("b").dtype()).isEqualTo(DType.INT64);
      assertThat(file.tensor("b").longs()).containsExactly(1, 2);
      assertThat(file.tensor("h").dtype()).isEqualTo(DType.BFLOAT16);
      assertThat(file.tensor("h").floats()).containsExactly(0, 1, 2.5f);
      assertThat(file.tensor("scalar").expectShape().floats()).containsExactly(0.5f);
      assertThat(file.tensor("empty").expectShape(0, 3).size()).isZero();
      assertThat(file.tensor("mask").booleans()).containsExactly(false, true, true);
      assertThatThrownBy(() -> file.tensor("c")).isInstanceOf(InputException.class);
    }
  }

  @Test
  void writesTheLibrarysOwnBytes() throws IOException {
    Path original = TestFiles.resource(folder, "small.safetensors");
    Path copy = folder.resolve("copy.safetensors");
    try (Safetensors file = Safetensors.open(original)) {
      Safetensors.write(copy, file.tensors(), file.metadata());
    }

    assertThat(copy).hasSameBinaryContentAs(original);
  }

  @Test
  void tensorsAndMetadataComeBack() throws IOException {
    Path path = folder.resolve("a.safetensors");
    Map<String, NdArray> tensors = new LinkedHashMap<>();
    tensors.put("conv.weight \"é\"", NdArray.of(new float[] {1, Float.NaN, -0f}, 3, 1));
    tensors.put("steps", NdArray.of(new long[] {5}));
    tensors.put("mask", NdArray.of(new boolean[] {true}, 1));
    tensors.put("seed", NdArray.of(new int[] {1, 2}, 2));
    tensors.put("mean", NdArray.of(new double[] {0.1}, 1));
    Safetensors.write(path, tensors, Map.of());

    try (Safetensors file = Safetensors.open(path)) {
      assertThat(file.metadata()).isEmpty();
      Map<String, NdArray> back = file.tensors();
      assertThat(back.keySet()).containsExactlyInAnyOrderElementsOf(tensors.keySet());
      for (String name : tensors.keySet()) {
        assertThat(back.get(name).dtype()).isEqualTo(tensors.get(name).dtype());
        assertThat(back.get(name).shape()).isEqualTo(tensors.get(name).shape());
        assertThat(back.get(name).segment().mismatch(tensors.get(name).segment())).isEqualTo(-1);
      }
    }
    assertThatThrownBy(
            () ->
                Safetensors.write(
                    path, Map.of("__metadata__", NdArray.of(new int[0], 0)), Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        " {}",
        "{\"a\": 1}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [2]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8], \"x\": 1}}",
        "{\"a\": {\"dtype\": \"F8_E4M3\", \"shape\": [8], \"data_offsets\": [0, 8]}}",
        "{\"a\": {\"dtype\": 1, \"shape\": [2], \"data_offsets\": [0, 8]}}",
        "{\"a\": {\"dtype\": null, \"shape\": [2], \"data_offsets\": [0, 8]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 8]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [-2], \"data_offsets\": [0, 8]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [2.0], \"data_offsets\": [0, 8]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": 2, \"data_offsets\": [0, 8]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [8, 16]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [8, 0]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [4, 8]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8]},"
            + " \"b\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [4, 8]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8]},"
            + " \"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [2147483647, 2147483647, 2147483647],"
            + " \"data_offsets\": [0, 8]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 9223372036854775807]}}",
        "{\"__metadata__\": {\"a\": 1}}",
        "{\"__metadata__\": []}",
      })
  void refusesBadHeaders(String header) throws IOException {
    Path file = folder.resolve("bad.safetensors");
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    Files.write(
        file,
        ByteBuffer.allocate(8 + text.length + 8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(text.length)
            .put(text)
            .array());

    assertThatThrownBy(() -> Safetensors.open(file).close())
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ": ");
  }

  @Test
  void everyTruncationAndWrongLengthIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(TestFiles.resource(folder, "small.safetensors"));
    Path cut = folder.resolve("cut");
    for (int length = 0; length < whole.length; length++) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Safetensors.open(cut).close())
          .as("cut to %d bytes", length)
          .isInstanceOf(InputException.class);
    }
    Files.write(cut, Arrays.copyOf(whole, whole.length + 1));
    assertThatThrownBy(() -> Safetensors.open(cut).close()).isInstanceOf(InputException.class);
    for (long length : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, 0, 1}) {
      byte[] bytes = whole.clone();
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
      Files.write(cut, bytes);
      assertThatThrownBy(() -> Safetensors.open(cut).close()).isInstanceOf(InputException.class);
    }
  }
}
