package org.octolift.apps.rooms;

import java.util.List;

/// Everything that a camera can see in a room: solids with class and material, and the light.
public final class Scene {
  private final List<Primitive> primitives;
  private final Lighting lighting;
  private final BoundingTree tree;
  private final double width;
  private final double depth;
  private final double height;

  Scene(List<Primitive> primitives, Lighting lighting, double width, double depth, double height) {
    this.primitives = List.copyOf(primitives);
    this.lighting = lighting;
    this.tree = new BoundingTree(this.primitives);
    this.width = width;
    this.depth = depth;
    this.height = height;
  }

  List<Primitive> primitives() {
    return primitives;
  }

  Lighting lighting() {
    return lighting;
  }

  BoundingTree tree() {
    return tree;
  }

  /// Extent of the room along x in metres.
  public double width() {
    return width;
  }

  /// Extent of the room along y in metres.
  public double depth() {
    return depth;
  }

  /// Extent of the room along z in metres.
  public double height() {
    return height;
  }

  /// Number of solids.
  public int size() {
    return primitives.size();
  }
}
