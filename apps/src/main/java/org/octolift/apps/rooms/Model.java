package org.octolift.apps.rooms;

import java.util.ArrayList;
import java.util.List;

/// A piece of furniture under construction in its own frame: the footprint is centred at the
/// origin, the front looks along +y, the floor is z = 0. Extents are given as least and greatest
/// coordinates in metres.
final class Model {
  /// A solid of a model.
  record Part(RoomClass kind, Shape shape, Pose pose, Material material) {}

  final double width;
  final double depth;
  final double height;
  private final List<Part> parts = new ArrayList<>();

  /// @param width of the footprint along x
  /// @param depth of the footprint along y
  Model(double width, double depth, double height) {
    this.width = width;
    this.depth = depth;
    this.height = height;
  }

  List<Part> parts() {
    return parts;
  }

  void add(RoomClass kind, Shape shape, Pose pose, Material material) {
    parts.add(new Part(kind, shape, pose, material));
  }

  /// Adds all parts of another model, placed in this one's frame.
  void add(Model other, Pose pose) {
    for (Part part : other.parts) {
      parts.add(new Part(part.kind, part.shape, pose.of(part.pose), part.material));
    }
  }

  void box(
      RoomClass kind,
      Material material,
      double x0,
      double x1,
      double y0,
      double y1,
      double z0,
      double z1) {
    Shape shape = new Shape.Box((x1 - x0) / 2, (y1 - y0) / 2, (z1 - z0) / 2);
    add(kind, shape, middle(x0, x1, y0, y1, z0, z1), material);
  }

  /// A box whose edges have the given radius, cut down to what fits.
  void cushion(
      RoomClass kind,
      Material material,
      double radius,
      double x0,
      double x1,
      double y0,
      double y1,
      double z0,
      double z1) {
    double hx = (x1 - x0) / 2;
    double hy = (y1 - y0) / 2;
    double hz = (z1 - z0) / 2;
    double r = Math.min(radius, 0.95 * Math.min(hx, Math.min(hy, hz)));
    add(kind, new Shape.RoundedBox(hx, hy, hz, r), middle(x0, x1, y0, y1, z0, z1), material);
  }

  /// An upright cylinder or cone.
  void cylinder(
      RoomClass kind,
      Material material,
      double x,
      double y,
      double bottom,
      double top,
      double z0,
      double z1) {
    add(
        kind,
        new Shape.Cylinder(bottom, top, (z1 - z0) / 2),
        Pose.at(x, y, (z0 + z1) / 2),
        material);
  }

  /// A thin rod that lies along x.
  void rod(
      RoomClass kind, Material material, double radius, double x0, double x1, double y, double z) {
    add(
        kind,
        new Shape.Cylinder(radius, radius, (x1 - x0) / 2),
        new Pose((x0 + x1) / 2, y, z, Math.PI / 2, Math.PI / 2),
        material);
  }

  /// A tub open at the top, with floor and sides of the given thickness.
  void basin(
      RoomClass kind,
      Material material,
      double radius,
      double rim,
      double x0,
      double x1,
      double y0,
      double y1,
      double z0,
      double z1) {
    double hx = (x1 - x0) / 2;
    double hy = (y1 - y0) / 2;
    double r = Math.min(radius, Math.min(hx, hy));
    add(
        kind,
        new Shape.Basin(hx, hy, (z1 - z0) / 2, r, rim, rim),
        middle(x0, x1, y0, y1, z0, z1),
        material);
  }

  /// Four legs under a top of the given extents.
  void legs(
      RoomClass kind,
      Material material,
      boolean round,
      double thickness,
      double halfWidth,
      double halfDepth,
      double top) {
    double x = halfWidth - thickness;
    double y = halfDepth - thickness;
    double r = thickness / 2;
    for (int sx = -1; sx <= 1; sx += 2) {
      for (int sy = -1; sy <= 1; sy += 2) {
        if (round) {
          cylinder(kind, material, sx * x, sy * y, 0.8 * r, r, 0, top);
        } else {
          box(kind, material, sx * x - r, sx * x + r, sy * y - r, sy * y + r, 0, top);
        }
      }
    }
  }

  private static Pose middle(double x0, double x1, double y0, double y1, double z0, double z1) {
    if (x1 <= x0 || y1 <= y0 || z1 <= z0) {
      throw new IllegalArgumentException(
          "empty extents [%s, %s] x [%s, %s] x [%s, %s]".formatted(x0, x1, y0, y1, z0, z1));
    }
    return Pose.at((x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2);
  }
}
