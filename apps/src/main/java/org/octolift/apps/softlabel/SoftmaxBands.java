package org.octolift.apps.softlabel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.octolift.engine.Grid;
import org.octolift.engine.cpu.Workers;
import org.octolift.kernels.Resampling;
import org.octolift.kernels.Softmax;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Bicubic interpolation of logits to the size of the image, then softmax, as the reference does
/// (a = -3/4, corners not aligned, taps at the border repeated), in bands of rows: the logits of a
/// large image would take 600 bytes a pixel.
final class SoftmaxBands {
  private static final int TAPS = 4;

  /// 40 MB of 150 classes.
  private static final int BAND_PIXELS = 1 << 16;

  private final Workers workers;
  private final FloatArray logits;
  private final Grid in;
  private final Grid out;
  private final int classes;

  /// @param logits (pixels of {@code in}, classes), perhaps larger
  /// @param in pixels of the logits
  /// @param out pixels of the image
  SoftmaxBands(Workers workers, FloatArray logits, Grid in, Grid out, int classes) {
    this.workers = workers;
    this.logits = logits;
    this.in = in;
    this.out = out;
    this.classes = classes;
  }

  /// Hands out all rows.
  void run(ImageTeacher.Bands bands) {
    int most = Math.clamp(BAND_PIXELS / out.width(), 1, out.height());
    FloatArray band = new FloatArray(Math.multiplyExact(most * out.width(), classes));
    int line = in.width() * classes;
    float[][] scratch = new float[workers.threads()][];
    for (int first = 0; first < out.height(); first += most) {
      int begin = first;
      int rows = Math.min(most, out.height() - first);
      workers.parallelByThread(
          rows,
          1,
          (thread, from, to) -> {
            if (scratch[thread] == null) {
              scratch[thread] = new float[2 * line + classes];
            }
            for (int row = from; row < to; row++) {
              row(band, row * out.width(), begin + row, scratch[thread], line);
            }
          });
      bands.accept(first, rows, band);
    }
  }

  /// One row of the image: four rows of logits are blended, then four pixels of that row at a time.
  private void row(FloatArray band, int target, int y, float[] scratch, int line) {
    MemorySegment source = logits.getSegment();
    MemorySegment result = band.getSegment();
    float at = Resampling.coordinate(y, in.height(), out.height(), TAPS, false);
    for (int tap = 0; tap < TAPS; tap++) {
      long from = (long) Resampling.index(at, tap, in.height(), TAPS) * line * Float.BYTES;
      MemorySegment.copy(source, ValueLayout.JAVA_FLOAT, from, scratch, line, line);
      blend(scratch, 0, line, line, Resampling.weight(at, tap, TAPS), tap == 0);
    }
    int sum = 2 * line;
    for (int x = 0; x < out.width(); x++) {
      float column = Resampling.coordinate(x, in.width(), out.width(), TAPS, false);
      for (int tap = 0; tap < TAPS; tap++) {
        int pixel = Resampling.index(column, tap, in.width(), TAPS);
        float weight = Resampling.weight(column, tap, TAPS);
        blend(scratch, sum, pixel * classes, classes, weight, tap == 0);
      }
      long to = (long) (target + x) * classes * Float.BYTES;
      MemorySegment.copy(scratch, sum, result, ValueLayout.JAVA_FLOAT, to, classes);
      Softmax.softmaxRow(band, band, target + x, classes);
    }
  }

  /// `values[to..] (+)= weight · values[from..]`.
  private static void blend(
      float[] values, int to, int from, int count, float weight, boolean first) {
    if (first) {
      for (int i = 0; i < count; i++) {
        values[to + i] = weight * values[from + i];
      }
    } else {
      for (int i = 0; i < count; i++) {
        values[to + i] += weight * values[from + i];
      }
    }
  }
}
