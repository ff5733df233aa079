package org.octolift.apps.softlabel;

import java.util.Arrays;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// The K most probable classes of each pixel of an image, in the precision of files: probabilities
/// are rounded to float16, then sorted downward, equal ones by class. Whoever learns from soft
/// labels takes them from here, so that stored ones and fresh ones are the same bits. Nobody writes
/// to the arrays after construction.
///
/// @param kept K, the classes that each pixel has
/// @param height rows of the image
/// @param width columns of the image
/// @param classes (K, height, width) unsigned bytes
/// @param probabilities (K, height, width) float16
public record SoftLabels(int kept, int height, int width, byte[] classes, short[] probabilities) {
  /// A class's number is a byte.
  public static final int MAX_CLASSES = 256;

  /// Pixels that are sorted before they are written, so that writes fill lines of the cache.
  private static final int BLOCK = 64;

  /// Checks the number of values.
  public SoftLabels {
    if (classes.length != (long) kept * height * width || probabilities.length != classes.length) {
      throw new IllegalArgumentException(
          "%d × %d × %d soft labels, got %d and %d"
              .formatted(kept, height, width, classes.length, probabilities.length));
    }
  }

  /// What a teacher says about an image. Takes 3·K bytes a pixel, and little for a band of rows.
  ///
  /// @param kept K; at most the teacher's classes
  /// @throws InputException when the image is too large for so many classes
  public static SoftLabels of(ImageTeacher teacher, ColourImage image, int kept, Workers workers) {
    int count = teacher.classes().size();
    if (count > MAX_CLASSES || kept < 1 || kept > count) {
      throw new IllegalArgumentException("%d of %d classes".formatted(kept, count));
    }
    int width = image.width();
    int pixels = Math.multiplyExact(image.height(), width);
    if ((long) kept * pixels > Integer.MAX_VALUE - 8) {
      throw InputException.in(
          image.source(),
          "%d × %d pixels are too many for %d classes each: keep fewer classes, or make the image smaller"
              .formatted(width, image.height(), kept));
    }
    byte[] classes = new byte[kept * pixels];
    short[] probabilities = new short[kept * pixels];
    teacher.label(
        image,
        (first, rows, band) ->
            workers.parallel(
                rows,
                1,
                (from, to) -> {
                  int[] keys = new int[BLOCK * count];
                  for (int pixel = from * width; pixel < to * width; pixel += BLOCK) {
                    int block = Math.min(BLOCK, to * width - pixel);
                    sort(band, pixel, block, keys, count);
                    for (int k = 1; k <= kept; k++) {
                      int at = (k - 1) * pixels + first * width + pixel;
                      for (int i = 0; i < block; i++) {
                        int key = keys[(i + 1) * count - k];
                        classes[at + i] = (byte) (MAX_CLASSES - 1 - (key & 0xff));
                        probabilities[at + i] = (short) (key >>> 8);
                      }
                    }
                  }
                }));
    return new SoftLabels(kept, image.height(), width, classes, probabilities);
  }

  /// Sorts each pixel of a block upward by its keys: the float16 bits of a probability, which are
  /// in the order of the numbers, above the class counted downward.
  private static void sort(FloatArray band, int pixel, int block, int[] keys, int count) {
    for (int i = 0; i < block; i++) {
      for (int c = 0; c < count; c++) {
        float probability = band.get((pixel + i) * count + c);
        assert probability >= 0 && probability <= 1 : "probability " + probability;
        keys[i * count + c] = Float.floatToFloat16(probability) << 8 | (MAX_CLASSES - 1 - c);
      }
      Arrays.sort(keys, i * count, (i + 1) * count);
    }
  }

  /// Number of pixels.
  public int pixels() {
    return height * width;
  }

  /// The most probable class of a pixel; of equal ones the first.
  public int best(int pixel) {
    return Byte.toUnsignedInt(classes[pixel]);
  }

  /// The same with at most K classes: as if so many had been computed.
  public SoftLabels first(int most) {
    return most >= kept
        ? this
        : new SoftLabels(
            most,
            height,
            width,
            Arrays.copyOf(classes, most * pixels()),
            Arrays.copyOf(probabilities, most * pixels()));
  }

  /// Puts the probabilities of a pixel into a row of zeros. They sum up to 1: what rounding and
  /// the classes that were not kept took is given to the others in proportion.
  ///
  /// @param target (…, classes)
  /// @param from index of the row's first value
  public void put(int pixel, FloatArray target, int from) {
    int stride = pixels();
    float sum = 0;
    int count = 0;
    while (count < kept && probabilities[count * stride + pixel] != 0) {
      sum += Float.float16ToFloat(probabilities[count * stride + pixel]);
      count++;
    }
    float factor = 1 / sum;
    for (int k = 0; k < count; k++) {
      int at = k * stride + pixel;
      target.set(
          from + Byte.toUnsignedInt(classes[at]), factor * Float.float16ToFloat(probabilities[at]));
    }
  }
}
