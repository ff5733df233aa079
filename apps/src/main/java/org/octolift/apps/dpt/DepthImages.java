package org.octolift.apps.dpt;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.octolift.apps.data.image.FloatImage;
import org.octolift.engine.io.AtomicFile;

/// Writes depth as DPT's script does.
public final class DepthImages {
  private static final int MOST = 65535;

  /// The least spread that is stretched: float64's machine epsilon.
  private static final double EPSILON = Math.ulp(1.0);

  private DepthImages() {}

  /// Metres as multiples of a unit.
  ///
  /// @param units in a metre
  public static FloatImage inUnits(FloatImage metres, int units) {
    float[] values = metres.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] *= units;
    }
    return new FloatImage(metres.source(), metres.width(), metres.height(), values);
  }

  /// The least value as 0 to the greatest as 65535; zeros when all are the same.
  public static FloatImage stretched(FloatImage depth) {
    float least = Float.POSITIVE_INFINITY;
    float greatest = Float.NEGATIVE_INFINITY;
    for (float value : depth.values()) {
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    float spread = greatest - least;
    float[] values = new float[depth.values().length];
    for (int i = 0; i < values.length && spread > EPSILON; i++) {
      values[i] = MOST * (depth.values()[i] - least) / spread;
    }
    return new FloatImage(depth.source(), depth.width(), depth.height(), values);
  }

  /// A 16-bit grey PNG image of the whole parts; beyond 65535 it says 65535.
  public static void writePng(Path file, FloatImage depth) throws IOException {
    BufferedImage image =
        new BufferedImage(depth.width(), depth.height(), BufferedImage.TYPE_USHORT_GRAY);
    int[] row = new int[depth.width()];
    for (int y = 0; y < depth.height(); y++) {
      for (int x = 0; x < row.length; x++) {
        row[x] = Math.clamp((long) depth.values()[y * row.length + x], 0, MOST);
      }
      image.getRaster().setSamples(0, y, row.length, 1, 0, row);
    }
    LabelImages.write(file, image);
  }

  /// A Portable Float Map: "Pf", the size, -1 for little-endian, then rows of float32 from the
  /// bottom upward.
  public static void writePfm(Path file, FloatImage depth) throws IOException {
    String header = "Pf\n%d %d\n-1.000000\n".formatted(depth.width(), depth.height());
    ByteBuffer row =
        ByteBuffer.allocate(Float.BYTES * depth.width()).order(ByteOrder.LITTLE_ENDIAN);
    AtomicFile.write(
        file,
        out -> {
          out.write(header.getBytes(StandardCharsets.US_ASCII));
          for (int y = depth.height() - 1; y >= 0; y--) {
            row.asFloatBuffer().put(depth.values(), y * depth.width(), depth.width());
            out.write(row.array());
          }
        });
  }
}
