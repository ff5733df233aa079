package org.octolift.apps.data.rgbd;

import java.nio.file.Path;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.geometry.PointNormals;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.data.image.ExrFile;
import org.octolift.apps.data.image.FloatImage;
import org.octolift.apps.data.image.ImageFiles;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;

/// Turns equirectangular RGB-D panoramas into point clouds (data.md §4). Pixel (row j, column i) of
/// H x W looks along (cos v cos u, cos v sin u, −sin v) with u = 2π (i + 0.5) / W and
/// v = π ((j + 0.5) / H − 0.5); its point is depth times that.
public final class Panoramas {
  private Panoramas() {}

  /// A point for each pixel with a depth above 0, row by row, with its colour, normal and pixel
  /// index. Depth is metres in an OpenEXR file.
  ///
  /// @throws InputException when an image cannot be read, sizes differ or no pixel has depth
  public static Scan cloud(Path colourFile, Path depthFile, Workers workers) {
    Scan points = points(ImageFiles.readColour(colourFile), ExrFile.readDepth(depthFile));
    float[] normals = PointNormals.of(points.xyz(), workers);
    return new Scan(
        points.source(), points.xyz(), normals, points.colours(), null, points.pixels());
  }

  /// As [#cloud], of images at hand and without normals.
  public static Scan points(ColourImage colour, FloatImage depth) {
    if (depth.width() != colour.width() || depth.height() != colour.height()) {
      throw InputException.in(
          depth.source(),
          "has %d x %d pixels, %s has %d x %d"
              .formatted(
                  depth.width(), depth.height(), colour.source(), colour.width(), colour.height()));
    }
    int count = 0;
    for (float metres : depth.values()) {
      count += isValid(metres) ? 1 : 0;
    }
    if (count == 0) {
      throw InputException.in(depth.source(), "no pixel has depth");
    }
    return backProject(colour, depth, count);
  }

  private static boolean isValid(float metres) {
    return metres > 0 && metres < Float.POSITIVE_INFINITY;
  }

  private static Scan backProject(ColourImage colour, FloatImage depth, int count) {
    int width = depth.width();
    double[] cos = new double[width];
    double[] sin = new double[width];
    for (int i = 0; i < width; i++) {
      double u = (i + 0.5) / width * 2 * Math.PI;
      cos[i] = Math.cos(u);
      sin[i] = Math.sin(u);
    }
    float[] xyz = new float[3 * count];
    float[] colours = new float[3 * count];
    int[] pixels = new int[count];
    int point = 0;
    for (int j = 0; j < depth.height(); j++) {
      double v = ((j + 0.5) / depth.height() - 0.5) * Math.PI;
      double cosV = Math.cos(v);
      double sinV = Math.sin(v);
      for (int i = 0; i < width; i++) {
        int pixel = j * width + i;
        double metres = depth.values()[pixel];
        if (isValid(depth.values()[pixel])) {
          xyz[3 * point] = (float) (metres * (cosV * cos[i]));
          xyz[3 * point + 1] = (float) (metres * (cosV * sin[i]));
          xyz[3 * point + 2] = (float) (metres * -sinV);
          for (int c = 0; c < 3; c++) {
            colours[3 * point + c] = colour.channel(pixel, c);
          }
          pixels[point++] = pixel;
        }
      }
    }
    return new Scan(depth.source().toString(), xyz, null, colours, null, pixels);
  }
}
