package org.octolift.apps.report;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.octolift.apps.data.Scan;

/// Draws point clouds: round splats into a depth buffer, an orthographic view from above, depth
/// edges darkened so that objects stand out (eye-dome lighting, Boucheny 2009), twofold
/// supersampling, transparent background. Points whose normals face away from the viewer are left
/// out: near walls, and ceilings, are open and show the inside of the room.
public final class CloudRenderer {
  private static final int SAMPLES = 2;
  private static final double MARGIN = 0.02;

  /// Least cosine between normal and view that a splat is tilted by: its depth stays near.
  private static final double STEEPEST = 0.35;

  /// Where from and how large.
  ///
  /// @param azimuth direction towards the viewer in degrees, counter-clockwise from +x
  /// @param elevation of the viewer in degrees, 5..90
  /// @param width of the picture in pixels
  /// @param height of the picture in pixels
  public record Viewpoint(double azimuth, double elevation, int width, int height) {
    /// Checks the ranges.
    public Viewpoint {
      if (elevation < 5 || elevation > 90 || width < 8 || height < 8) {
        throw new IllegalArgumentException(
            "elevation %s (5..90), picture %d x %d (at least 8 x 8)"
                .formatted(elevation, width, height));
      }
    }

    /// The usual view of a room.
    public static Viewpoint isometric(int width, int height) {
      return new Viewpoint(-54, 42, width, height);
    }
  }

  private final int width;
  private final int height;
  private final double[] right;
  private final double[] up;
  private final double[] towards;

  /// A renderer for one viewpoint.
  public CloudRenderer(Viewpoint viewpoint) {
    width = viewpoint.width();
    height = viewpoint.height();
    double a = Math.toRadians(viewpoint.azimuth());
    double e = Math.toRadians(viewpoint.elevation());
    right = new double[] {-Math.sin(a), Math.cos(a), 0};
    up = new double[] {-Math.sin(e) * Math.cos(a), -Math.sin(e) * Math.sin(a), Math.cos(e)};
    towards = new double[] {Math.cos(e) * Math.cos(a), Math.cos(e) * Math.sin(a), Math.sin(e)};
  }

  /// Draws the scan, fitted into the picture; needs no display.
  ///
  /// @param colours 0xRRGGBB of each point, see [PointColours]
  public BufferedImage render(Scan scan, int[] colours) {
    if (colours.length != scan.size()) {
      throw new IllegalArgumentException(
          "%d colours for %d points".formatted(colours.length, scan.size()));
    }
    int[] visible = visible(scan);
    double[] u = project(scan, visible, right);
    double[] v = project(scan, visible, up);
    double[] w = project(scan, visible, towards);
    double[] spanU = span(u);
    double[] spanV = span(v);
    int columns = SAMPLES * width;
    int rows = SAMPLES * height;
    double scale =
        (1 - 2 * MARGIN)
            * Math.min(
                columns / Math.max(1e-6, spanU[1] - spanU[0]),
                rows / Math.max(1e-6, spanV[1] - spanV[0]));
    double radius = Math.clamp(0.95 * scale * spacing(scan, visible), 1.2, 24.0);
    float[] depth = new float[columns * rows];
    Arrays.fill(depth, Float.NEGATIVE_INFINITY);
    int[] paint = new int[columns * rows];
    double[] slope = new double[2];
    for (int i = 0; i < visible.length; i++) {
      double x = (columns - 1) / 2.0 + scale * (u[i] - (spanU[0] + spanU[1]) / 2);
      double y = (rows - 1) / 2.0 - scale * (v[i] - (spanV[0] + spanV[1]) / 2);
      slope(scan, visible[i], slope);
      splat(depth, paint, columns, rows, x, y, scale * w[i], slope, radius, colours[visible[i]]);
    }
    return reduce(depth, paint, columns, rows);
  }

  /// Writes by how much the surface at a point nears the viewer per pixel to the right and
  /// downwards; 0 without normals.
  private void slope(Scan scan, int point, double[] out) {
    float[] n = scan.normals();
    out[0] = 0;
    out[1] = 0;
    if (n != null) {
      double facing = Math.max(STEEPEST, dot(n, point, towards));
      out[0] = -dot(n, point, right) / facing;
      out[1] = dot(n, point, up) / facing;
    }
  }

  private static double dot(float[] n, int point, double[] axis) {
    return n[3 * point] * axis[0] + n[3 * point + 1] * axis[1] + n[3 * point + 2] * axis[2];
  }

  private int[] visible(Scan scan) {
    float[] n = scan.normals();
    int[] out = new int[scan.size()];
    int count = 0;
    for (int i = 0; i < scan.size(); i++) {
      if (n == null || dot(n, i, towards) > -0.05) {
        out[count++] = i;
      }
    }
    return Arrays.copyOf(out, count);
  }

  private static double[] project(Scan scan, int[] points, double[] axis) {
    double[] out = new double[points.length];
    float[] xyz = scan.xyz();
    for (int i = 0; i < out.length; i++) {
      int p = 3 * points[i];
      out[i] = axis[0] * xyz[p] + axis[1] * xyz[p + 1] + axis[2] * xyz[p + 2];
    }
    return out;
  }

  /// Range of the values without the outermost thousandth at either end: stray points must not
  /// shrink the picture.
  private static double[] span(double[] values) {
    if (values.length == 0) {
      return new double[] {0, 1};
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int skip = sorted.length / 1000;
    return new double[] {sorted[skip], sorted[sorted.length - 1 - skip]};
  }

  /// Typical distance between neighbouring points: the surface is taken as the occupied cells of
  /// a coarse grid.
  private static double spacing(Scan scan, int[] points) {
    double cell = 0.1;
    float[] xyz = scan.xyz();
    long cells =
        Arrays.stream(points)
            .mapToLong(
                p ->
                    ((long) Math.floor(xyz[3 * p] / cell) & 0x1FFFFF) << 42
                        | ((long) Math.floor(xyz[3 * p + 1] / cell) & 0x1FFFFF) << 21
                        | ((long) Math.floor(xyz[3 * p + 2] / cell) & 0x1FFFFF))
            .sorted()
            .distinct()
            .count();
    return cell * Math.sqrt((double) cells / Math.max(1, points.length));
  }

  /// A disc in the plane of the surface, bent back a little towards its rim so that neighbouring
  /// splats meet half-way.
  private static void splat(
      float[] depth,
      int[] paint,
      int columns,
      int rows,
      double x,
      double y,
      double z,
      double[] slope,
      double radius,
      int colour) {
    int x0 = Math.max(0, (int) Math.ceil(x - radius));
    int x1 = Math.min(columns - 1, (int) Math.floor(x + radius));
    int y0 = Math.max(0, (int) Math.ceil(y - radius));
    int y1 = Math.min(rows - 1, (int) Math.floor(y + radius));
    for (int row = y0; row <= y1; row++) {
      for (int column = x0; column <= x1; column++) {
        double square = (column - x) * (column - x) + (row - y) * (row - y);
        double plane = z + slope[0] * (column - x) + slope[1] * (row - y);
        float near = (float) (plane - 0.4 * square / radius);
        int pixel = row * columns + column;
        if (square <= radius * radius && near > depth[pixel]) {
          depth[pixel] = near;
          paint[pixel] = colour;
        }
      }
    }
  }

  private BufferedImage reduce(float[] depth, int[] paint, int columns, int rows) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double red = 0;
        double green = 0;
        double blue = 0;
        int covered = 0;
        for (int s = 0; s < SAMPLES * SAMPLES; s++) {
          int row = SAMPLES * y + s / SAMPLES;
          int column = SAMPLES * x + s % SAMPLES;
          int pixel = row * columns + column;
          if (depth[pixel] != Float.NEGATIVE_INFINITY) {
            double shade = shade(depth, columns, rows, column, row);
            red += shade * (paint[pixel] >> 16 & 0xFF);
            green += shade * (paint[pixel] >> 8 & 0xFF);
            blue += shade * (paint[pixel] & 0xFF);
            covered++;
          }
        }
        if (covered > 0) {
          int alpha = 255 * covered / (SAMPLES * SAMPLES);
          image.setRGB(
              x,
              y,
              alpha << 24
                  | (int) (red / covered) << 16
                  | (int) (green / covered) << 8
                  | (int) (blue / covered));
        }
      }
    }
    return image;
  }

  /// Darkens a pixel by how far its surroundings stand out towards the viewer.
  private static double shade(float[] depth, int columns, int rows, int column, int row) {
    double sum = 0;
    float own = depth[row * columns + column];
    for (int ring = 1; ring <= 3; ring++) {
      int step = ring * ring + 1;
      for (int direction = 0; direction < 8; direction++) {
        int dx = direction % 4 == 3 ? 0 : direction < 4 ? 1 : -1;
        int dy = direction % 4 == 2 ? 0 : direction % 4 == 0 || direction == 3 ? 1 : -1;
        int x = column + step * dx;
        int y = row + step * dy;
        if (x >= 0 && x < columns && y >= 0 && y < rows) {
          float other = depth[y * columns + x];
          if (other != Float.NEGATIVE_INFINITY) {
            sum += Math.clamp((other - own) / step - 2.0, 0.0, 5.0);
          }
        }
      }
    }
    return Math.exp(-0.03 * sum);
  }
}
