package org.octolift.apps.softlabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.io.DType;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.Npz;

final class SoftLabelFileTest {
  private static final String TEACHER = "0123456789abcdef".repeat(4);

  @TempDir private Path folder;
  private Path file;
  private SoftLabels labels;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("image.npz");
    try (Workers workers = new Workers(1)) {
      labels = SoftLabels.of(new ColourTeacher(7, 2), SoftLabelsTest.image(6, 4), 5, workers);
    }
    SoftLabelFile.write(file, labels, 7, TEACHER);
  }

  @Test
  void givesBackWhatWasWritten() throws IOException {
    SoftLabels read = SoftLabelFile.read(file, 7);
    assertThat(read.classes()).isEqualTo(labels.classes());
    assertThat(read.probabilities()).isEqualTo(labels.probabilities());
    assertThat(read.width()).isEqualTo(6);
    assertThat(read.height()).isEqualTo(4);
    assertThat(SoftLabelFile.stamp(file)).contains(new SoftLabelFile.Stamp(7, 5, 4, 6, TEACHER));
  }

  @Test
  void arraysAreAsDocumented() throws IOException {
    Map<String, NdArray> arrays = Npz.read(file);
    assertThat(arrays.get("classes").dtype()).isEqualTo(DType.UINT8);
    assertThat(arrays.get("classes").shape()).containsExactly(5, 4, 6);
    assertThat(arrays.get("probabilities").dtype()).isEqualTo(DType.FLOAT16);
    assertThat(arrays.get("probabilities").shape()).containsExactly(5, 4, 6);
    assertThat(arrays.get("shape").ints()).containsExactly(7, 5, 4, 6);
    assertThat(Files.size(file)).isBetween(SoftLabelFile.bytes(5, 24), 360L + 1500);
  }

  @Test
  void otherProgramsFilesNeedTheTwoArraysAlone() throws IOException {
    Map<String, NdArray> arrays = new HashMap<>(Npz.read(file));
    arrays.remove("shape");
    arrays.remove("teacher");
    Npz.write(file, arrays, Npz.Compression.DEFLATED);
    assertThat(SoftLabelFile.stamp(file)).isEmpty();
    assertThat(SoftLabelFile.read(file, 7).probabilities()).isEqualTo(labels.probabilities());
  }

  @Test
  void isRecognised() throws IOException {
    assertThat(SoftLabelFile.recognises(file)).isTrue();
    Path other = folder.resolve("other.npz");
    Npz.write(other, Map.of("classes", NdArray.of(new int[1], 1)), Npz.Compression.STORED);
    assertThat(SoftLabelFile.recognises(other)).isFalse();
    Files.writeString(other, "no archive");
    assertThat(SoftLabelFile.recognises(other)).isFalse();
    Path moved = Files.move(file, folder.resolve("image.ply"));
    assertThat(SoftLabelFile.recognises(moved)).isFalse();
  }

  @Test
  void damageIsNoticed() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 100));
    assertRefused("expected a complete zip file");
    Files.write(file, new byte[0]);
    assertThatThrownBy(() -> SoftLabelFile.stamp(file)).isInstanceOf(InputException.class);
    bytes[200] ^= 1;
    Files.write(file, bytes);
    assertRefused("classes.npy: checksum differs");
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> SoftLabelFile.read(file, 7))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  private void change(String name, NdArray array) throws IOException {
    Map<String, NdArray> arrays = new HashMap<>(Npz.read(file));
    arrays.put(name, array);
    Npz.write(file, arrays, Npz.Compression.STORED);
  }

  @Test
  void otherContentIsNoticed() throws IOException {
    byte[] classes = labels.classes().clone();
    classes[30] = 7;
    change("classes", NdArray.of(classes, 5, 4, 6));
    assertRefused("pixel 6 is of class 7, expected classes 0 to 6");
    change("classes", NdArray.of(labels.classes(), 5, 24));
    assertRefused("expected shape");
    change("classes", NdArray.of(new int[120], 5, 4, 6));
    assertRefused("an array classes (K, H, W) of uint8; found ");
    change("classes", NdArray.of(labels.classes(), 5, 6, 4));
    assertRefused("expected shape [5, 6, 4]");
    change("classes", NdArray.of(labels.classes(), 5, 4, 6));
    short[] unsorted = labels.probabilities().clone();
    unsorted[48] = Float.floatToFloat16(0.99f);
    change(
        "probabilities",
        new NdArray("p", DType.FLOAT16, new int[] {5, 4, 6}, MemorySegment.ofArray(unsorted)));
    assertRefused("pixel 0: expected probabilities of 0 to 1, sorted downward, found 0.99");
    unsorted[48] = Float.floatToFloat16(Float.NaN);
    change(
        "probabilities",
        new NdArray("p", DType.FLOAT16, new int[] {5, 4, 6}, MemorySegment.ofArray(unsorted)));
    assertRefused("found NaN");
  }
}
