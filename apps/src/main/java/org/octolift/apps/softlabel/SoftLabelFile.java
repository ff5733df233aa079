package org.octolift.apps.softlabel;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.octolift.engine.InputException;
import org.octolift.engine.io.DType;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.Npz;
import org.octolift.engine.io.ZipArchive;

/// Soft labels as NumPy archives, not compressed: `classes` (K, H, W) uint8, `probabilities` (K, H,
/// W) float16, sorted downward; and, in the files of this program, `shape` (4) int32: number of all
/// classes, K, H, W, and `teacher` (64) uint8: the fingerprint in ASCII.
public final class SoftLabelFile {
  private static final String CLASSES = "classes";
  private static final String PROBABILITIES = "probabilities";
  private static final String SHAPE = "shape";
  private static final String TEACHER = "teacher";
  private static final String SUFFIX = ".npy";

  /// What a file says about itself.
  ///
  /// @param classes number of all classes
  /// @param kept K
  /// @param height rows of the image
  /// @param width columns of the image
  /// @param teacher fingerprint
  public record Stamp(int classes, int kept, int height, int width, String teacher) {}

  private SoftLabelFile() {}

  /// Bytes that the labels of so many pixels take.
  public static long bytes(int kept, long pixels) {
    return 3L * kept * pixels;
  }

  /// Replaces a file, atomically.
  ///
  /// @param classes number of all classes
  /// @param teacher fingerprint
  public static void write(Path file, SoftLabels labels, int classes, String teacher)
      throws IOException {
    int kept = labels.kept();
    int height = labels.height();
    int width = labels.width();
    Map<String, NdArray> arrays = new LinkedHashMap<>();
    arrays.put(CLASSES, NdArray.of(labels.classes(), kept, height, width));
    MemorySegment halves = MemorySegment.ofArray(labels.probabilities());
    boolean swap = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;
    arrays.put(
        PROBABILITIES,
        new NdArray(
            PROBABILITIES,
            DType.FLOAT16,
            new int[] {kept, height, width},
            swap ? NdArray.swapped(halves, Short.BYTES) : halves));
    arrays.put(SHAPE, NdArray.of(new int[] {classes, kept, height, width}, 4));
    byte[] name = teacher.getBytes(StandardCharsets.US_ASCII);
    arrays.put(TEACHER, NdArray.of(name, name.length));
    Npz.write(file, arrays, Npz.Compression.STORED);
  }

  /// Whether a file seems to be one: an archive with the two arrays. A damaged one is not.
  public static boolean recognises(Path file) throws IOException {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (!name.endsWith(".npz")) {
      return false;
    }
    try (ZipArchive zip = ZipArchive.open(file)) {
      return zip.contains(CLASSES + SUFFIX) && zip.contains(PROBABILITIES + SUFFIX);
    } catch (InputException e) {
      return false;
    }
  }

  /// What a file says about itself, without reading the labels: none if it is not of this program.
  /// That it is complete is checked.
  ///
  /// @throws InputException when it is missing or damaged
  public static Optional<Stamp> stamp(Path file) throws IOException {
    try (ZipArchive zip = ZipArchive.open(file)) {
      if (!zip.contains(SHAPE + SUFFIX) || !zip.contains(TEACHER + SUFFIX)) {
        return Optional.empty();
      }
      zip.length(CLASSES + SUFFIX);
      zip.length(PROBABILITIES + SUFFIX);
    }
    int[] shape = Npz.read(file, SHAPE).expectShape(4).ints();
    int[] name = Npz.read(file, TEACHER).expectShape(-1).ints();
    return Optional.of(
        new Stamp(shape[0], shape[1], shape[2], shape[3], new String(name, 0, name.length)));
  }

  /// Reads a file, also one that another program wrote with the two arrays alone.
  ///
  /// @param classes number of all classes
  /// @throws InputException when it is missing or damaged, or not sorted, or knows more classes
  public static SoftLabels read(Path file, int classes) throws IOException {
    Map<String, NdArray> arrays = Npz.read(file);
    NdArray index = array(file, arrays, CLASSES, DType.UINT8);
    NdArray probability = array(file, arrays, PROBABILITIES, DType.FLOAT16);
    int[] shape = index.expectShape(-1, -1, -1).shape();
    probability.expectShape(shape);
    short[] halves = new short[probability.size()];
    MemorySegment.copy(
        probability.segment(), 0, MemorySegment.ofArray(halves), 0, 2L * halves.length);
    if (ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN) {
      for (int i = 0; i < halves.length; i++) {
        halves[i] = Short.reverseBytes(halves[i]);
      }
    }
    byte[] bytes = new byte[index.size()];
    MemorySegment.copy(index.segment(), 0, MemorySegment.ofArray(bytes), 0, bytes.length);
    check(file, bytes, halves, shape, classes);
    return new SoftLabels(shape[0], shape[1], shape[2], bytes, halves);
  }

  private static NdArray array(Path file, Map<String, NdArray> arrays, String name, DType type) {
    NdArray array = arrays.get(name);
    if (array == null || array.dtype() != type) {
      throw InputException.in(
          file,
          "expected soft labels, an array %s (K, H, W) of %s; found %s"
              .formatted(name, type, array == null ? "arrays " + arrays.keySet() : array));
    }
    return array;
  }

  private static void check(Path file, byte[] index, short[] halves, int[] shape, int classes) {
    int pixels = shape[1] * shape[2];
    if (shape[0] < 1 || pixels < 1) {
      throw InputException.in(file, "has no soft labels");
    }
    for (int i = 0; i < index.length; i++) {
      if (Byte.toUnsignedInt(index[i]) >= classes) {
        throw InputException.in(
            file,
            "pixel %d is of class %d, expected classes 0 to %d"
                .formatted(i % pixels, Byte.toUnsignedInt(index[i]), classes - 1));
      }
    }
    short one = Float.floatToFloat16(1);
    for (int i = 0; i < halves.length; i++) {
      int most = i < pixels ? one : halves[i - pixels];
      if (halves[i] < 0 || halves[i] > most || (i < pixels && halves[i] == 0)) {
        throw InputException.in(
            file,
            "pixel %d: expected probabilities of 0 to 1, sorted downward, found %s"
                .formatted(i % pixels, Float.float16ToFloat(halves[i])));
      }
    }
  }
}
