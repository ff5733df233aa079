package org.octolift.apps.data.rgbd;

import java.util.List;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.geometry.PointNormals;
import org.octolift.apps.data.geometry.VoxelGrid;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.data.image.GreyImage;
import org.octolift.apps.data.image.ImageFiles;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;

/// Turns RGB-D frames into point clouds: a point for every pixel with depth, row by row, in world
/// coordinates, with its colour, a normal and its pixel index.
public final class RgbdClouds {
  private final Options options;
  private final Workers workers;

  /// How frames become clouds.
  ///
  /// @param camera intrinsics of the depth images
  /// @param colourCamera intrinsics of the colour images, taken from the same place; null when the
  /// colour images are registered to the depth images
  /// @param encoding meaning of the depth values
  /// @param depthScale depth units in a metre
  /// @param edgeFilter drop pixels on depth jumps, see the reference's SUN RGB-D filter
  /// @param orient turn normals towards the camera; else their sign is a convention, see
  /// [PointNormals]
  public record Options(
      PinholeCamera camera,
      PinholeCamera colourCamera,
      DepthEncoding encoding,
      double depthScale,
      boolean edgeFilter,
      boolean orient) {
    /// Checks the scale.
    public Options {
      if (!(depthScale > 0 && depthScale < Double.POSITIVE_INFINITY)) {
        throw new InputException("the depth scale must be positive, is " + depthScale);
      }
    }
  }

  /// @param workers run the loops over pixels and points
  public RgbdClouds(Options options, Workers workers) {
    this.options = options;
    this.workers = workers;
  }

  /// The cloud of one frame.
  ///
  /// @throws InputException when an image cannot be read, sizes differ or no pixel has depth
  public Scan cloud(RgbdFrame frame) {
    Scan points = points(frame);
    float[] normals = PointNormals.of(points.xyz(), workers);
    if (options.orient()) {
      PointNormals.orientInPlace(points.xyz(), normals, frame.pose().translation());
    }
    return new Scan(
        points.source(), points.xyz(), normals, points.colours(), null, points.pixels());
  }

  /// The clouds of all frames merged on a voxel grid; without pixel indices.
  ///
  /// @param voxel edge of a voxel in metres
  /// @throws InputException as [#cloud]
  public Scan fuse(List<RgbdFrame> frames, double voxel) {
    VoxelGrid grid = new VoxelGrid(voxel);
    for (RgbdFrame frame : frames) {
      grid.add(points(frame), frame.pose().translation());
    }
    Scan fused = grid.toScan("fused frames");
    float[] normals = PointNormals.of(fused.xyz(), workers);
    if (options.orient()) {
      PointNormals.orientInPlace(fused.xyz(), normals, grid.viewpoints());
    }
    return new Scan(fused.source(), fused.xyz(), normals, fused.colours(), null, null);
  }

  private Scan points(RgbdFrame frame) {
    ColourImage colour = ImageFiles.readColour(frame.colour());
    GreyImage image = ImageFiles.readGrey(frame.depth());
    if (options.colourCamera() == null) {
      requireSize(image, colour.width(), colour.height(), "the colour image " + frame.colour());
    }
    PinholeCamera camera = options.camera();
    if (camera.width() > 0 && camera.height() > 0) {
      requireSize(image, camera.width(), camera.height(), "the intrinsics");
    }
    int[] pixels = colourPixels(image, colour);
    double[] depth = depth(image);
    for (int i = 0; i < depth.length; i++) {
      depth[i] = pixels == null || pixels[i] >= 0 ? depth[i] : 0;
    }
    if (options.edgeFilter()) {
      boolean[] kept = new DepthEdges(image.width(), image.height(), workers).surfaces(depth);
      for (int i = 0; i < depth.length; i++) {
        depth[i] = kept[i] ? depth[i] : 0;
      }
    }
    int count = 0;
    for (double metres : depth) {
      count += metres > 0 ? 1 : 0;
    }
    if (count == 0) {
      throw InputException.in(
          frame.depth(),
          options.edgeFilter()
              ? "no pixel with depth is left after the edge filter; check the depth scale"
              : "no pixel has depth");
    }
    return backProject(frame, image.width(), colour, pixels, depth, count);
  }

  private double[] depth(GreyImage image) {
    char[] values = image.values();
    double[] depth = new double[values.length];
    for (int i = 0; i < depth.length; i++) {
      depth[i] = options.encoding().metres(values[i], options.depthScale());
    }
    return depth;
  }

  /// The colour pixel of each depth pixel, −1 outside the colour image; null when they are the
  /// same. Depth does not matter, as both cameras are at the same place.
  private int[] colourPixels(GreyImage image, ColourImage colour) {
    PinholeCamera from = options.camera();
    PinholeCamera to = options.colourCamera();
    if (to == null) {
      return null;
    }
    int[] pixels = new int[image.width() * image.height()];
    for (int i = 0; i < pixels.length; i++) {
      int row = i / image.width();
      double x = (i - row * image.width() - from.cx()) / from.fx();
      double y = (row - from.cy()) / from.fy();
      long u = Math.round(x * to.fx() + to.cx());
      long v = Math.round(y * to.fy() + to.cy());
      boolean inside = u >= 0 && u < colour.width() && v >= 0 && v < colour.height();
      pixels[i] = inside ? (int) (v * colour.width() + u) : -1;
    }
    return pixels;
  }

  private Scan backProject(
      RgbdFrame frame,
      int width,
      ColourImage colour,
      int[] colourPixels,
      double[] depth,
      int count) {
    PinholeCamera camera = options.camera();
    float[] xyz = new float[3 * count];
    float[] colours = new float[3 * count];
    int[] pixels = new int[count];
    int point = 0;
    for (int pixel = 0; pixel < depth.length; pixel++) {
      double z = depth[pixel];
      if (z > 0) {
        int seen = colourPixels == null ? pixel : colourPixels[pixel];
        int row = pixel / width;
        double x = (pixel - row * width - camera.cx()) / camera.fx() * z;
        double y = (row - camera.cy()) / camera.fy() * z;
        for (int c = 0; c < 3; c++) {
          xyz[3 * point + c] = (float) frame.pose().toWorld(c, x, y, z);
          colours[3 * point + c] = colour.channel(seen, c);
        }
        pixels[point++] = seen;
      }
    }
    return new Scan(frame.depth().toString(), xyz, null, colours, null, pixels);
  }

  private static void requireSize(GreyImage depth, int width, int height, String of) {
    if (depth.width() != width || depth.height() != height) {
      throw InputException.in(
          depth.source(),
          "has %d x %d pixels, %s has %d x %d; register the images first, or give --color-intrinsics"
              .formatted(depth.width(), depth.height(), of, width, height));
    }
  }
}
