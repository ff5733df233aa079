package org.octolift.apps.rooms;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A room under construction: its four walls with what hangs on them, the furniture's footprints,
/// and the solids so far. Wall i starts at corner i and runs counter-clockwise; seen from the
/// room its frame has x along the wall, y into the room and z up.
final class FloorPlan {
  private static final int TRIES = 60;

  /// A turned rectangle on the floor, with the height of what stands on it.
  private record Footprint(
      double x, double y, double hx, double hy, double cos, double sin, double height) {
    static Footprint of(Pose pose, double width, double depth, double height) {
      return new Footprint(
          pose.x(),
          pose.y(),
          width / 2,
          depth / 2,
          StrictMath.cos(pose.yaw()),
          StrictMath.sin(pose.yaw()),
          height);
    }

    /// Half extent along a unit direction.
    double reach(double dx, double dy) {
      return hx * Math.abs(cos * dx + sin * dy) + hy * Math.abs(cos * dy - sin * dx);
    }

    boolean overlaps(Footprint other) {
      double dx = other.x - x;
      double dy = other.y - y;
      return touches(other, dx, dy, cos, sin)
          && touches(other, dx, dy, -sin, cos)
          && touches(other, dx, dy, other.cos, other.sin)
          && touches(other, dx, dy, -other.sin, other.cos);
    }

    private boolean touches(Footprint other, double dx, double dy, double ax, double ay) {
      return Math.abs(dx * ax + dy * ay) < reach(ax, ay) + other.reach(ax, ay);
    }
  }

  /// A rectangle of a wall that is taken.
  record Patch(int wall, double from, double to, double low, double high) {
    boolean overlaps(Patch other) {
      return wall == other.wall
          && from < other.to
          && other.from < to
          && low < other.high
          && other.low < high;
    }
  }

  final double width;
  final double depth;
  final double height;
  private final List<Primitive> primitives = new ArrayList<>();
  private final List<Footprint> footprints = new ArrayList<>();
  private final List<Patch> patches = new ArrayList<>();
  private int instances;

  FloorPlan(double width, double depth, double height) {
    this.width = width;
    this.depth = depth;
    this.height = height;
  }

  List<Primitive> primitives() {
    return primitives;
  }

  /// Length of wall 0..3.
  double length(int wall) {
    return wall % 2 == 0 ? width : depth;
  }

  /// The frame of a wall.
  Pose frame(int wall) {
    return switch (wall) {
      case 0 -> Pose.onFloor(0, 0, 0);
      case 1 -> Pose.onFloor(width, 0, Math.PI / 2);
      case 2 -> Pose.onFloor(width, depth, Math.PI);
      default -> Pose.onFloor(0, depth, -Math.PI / 2);
    };
  }

  /// Adds a model's solids as one object, without any check.
  void put(Model model, Pose pose) {
    instances++;
    for (Model.Part part : model.parts()) {
      primitives.add(
          new Primitive(
              part.kind(), instances, part.shape(), pose.of(part.pose()), part.material()));
    }
  }

  /// Keeps furniture off a rectangle of the floor.
  void reserve(Pose pose, double reservedWidth, double reservedDepth) {
    footprints.add(Footprint.of(pose, reservedWidth, reservedDepth, 0));
  }

  /// Marks a rectangle of a wall as taken.
  void cover(Patch patch) {
    patches.add(patch);
  }

  boolean isBare(Patch patch) {
    return patches.stream().noneMatch(patch::overlaps);
  }

  /// Puts the model there if its footprint, widened by {@code gap}, is free and in the room.
  boolean placeAt(Model model, Pose pose, double gap) {
    Footprint wide = Footprint.of(pose, model.width + 2 * gap, model.depth + 2 * gap, 0);
    double rx = wide.reach(1, 0) - gap;
    double ry = wide.reach(0, 1) - gap;
    if (pose.x() < rx || pose.x() > width - rx || pose.y() < ry || pose.y() > depth - ry) {
      return false;
    }
    if (footprints.stream().anyMatch(wide::overlaps)) {
      return false;
    }
    footprints.add(Footprint.of(pose, model.width, model.depth, model.height));
    put(model, pose);
    return true;
  }

  /// Puts a seat there, which may reach under a table: only its inner part must be free.
  boolean placeBeside(Model seat, Pose pose) {
    Footprint core = Footprint.of(pose.of(Pose.onFloor(0, -0.1, 0)), seat.width, 0.3, seat.height);
    double margin = 0.25;
    boolean inside =
        pose.x() > margin
            && pose.x() < width - margin
            && pose.y() > margin
            && pose.y() < depth - margin;
    if (!inside || footprints.stream().anyMatch(core::overlaps)) {
      return false;
    }
    footprints.add(Footprint.of(pose, seat.width, seat.depth, seat.height));
    put(seat, pose);
    return true;
  }

  /// Puts the model with its back to some wall, not before anything on that wall that it would
  /// hide.
  Optional<Pose> placeAtWall(Model model, double gap, Dice dice) {
    for (int i = 0; i < TRIES; i++) {
      int wall = dice.below(4);
      double slack = length(wall) - model.width;
      if (slack > 0) {
        double along = model.width / 2 + slack * dice.uniform();
        Optional<Pose> pose = placeAtWall(model, wall, along, gap, dice);
        if (pose.isPresent()) {
          return pose;
        }
      }
    }
    return Optional.empty();
  }

  /// Puts the model with its back to some wall and one side to a corner.
  Optional<Pose> placeInCorner(Model model, double gap, Dice dice) {
    for (int i = 0; i < TRIES; i++) {
      int wall = dice.below(4);
      double inset = model.width / 2 + dice.uniform(0.01, 0.05);
      double along = dice.chance(0.5) ? inset : length(wall) - inset;
      Optional<Pose> pose = placeAtWall(model, wall, along, gap, dice);
      if (pose.isPresent()) {
        return pose;
      }
    }
    return placeAtWall(model, gap, dice);
  }

  /// Puts the model with its back to a wall, its middle at {@code along}.
  Optional<Pose> placeAtWall(Model model, int wall, double along, double gap, Dice dice) {
    Patch patch =
        new Patch(wall, along - model.width / 2, along + model.width / 2, 0, model.height);
    double back = model.depth / 2 + dice.uniform(0.005, 0.04);
    Pose pose = frame(wall).of(Pose.onFloor(along, back, 0));
    if (!isBare(patch) || !placeAt(model, pose, gap)) {
      return Optional.empty();
    }
    patches.add(patch);
    return Optional.of(pose);
  }

  /// Puts the model anywhere, turned at will.
  Optional<Pose> placeFree(Model model, double gap, Dice dice) {
    for (int i = 0; i < TRIES; i++) {
      double yaw = dice.chance(0.6) ? dice.below(4) * Math.PI / 2 : dice.uniform(-4, 4);
      Pose pose =
          Pose.onFloor(
              width * dice.uniform(), depth * dice.uniform(), yaw + 0.08 * dice.gaussian());
      if (placeAt(model, pose, gap)) {
        return Optional.of(pose);
      }
    }
    return Optional.empty();
  }

  /// Hangs the model on some bare piece of wall, its lower edge at {@code low}; the model's back
  /// is y = 0.
  boolean hang(Model model, double low, Dice dice) {
    for (int i = 0; i < TRIES; i++) {
      int wall = dice.below(4);
      double slack = length(wall) - model.width - 0.1;
      if (slack > 0 && hang(model, wall, 0.05 + model.width / 2 + slack * dice.uniform(), low)) {
        return true;
      }
    }
    return false;
  }

  /// Hangs the model on a wall if that piece is bare, its middle at {@code along}.
  boolean hang(Model model, int wall, double along, double low) {
    double margin = 0.04;
    double reach = model.width / 2 + margin;
    Patch patch =
        new Patch(wall, along - reach, along + reach, low - margin, low + model.height + margin);
    if (!isBare(patch)) {
      return false;
    }
    patches.add(patch);
    put(model, frame(wall).of(Pose.at(along, 0, low)));
    return true;
  }

  /// Whether a camera at this point has air around it.
  boolean isClear(double x, double y, double z) {
    Footprint point = new Footprint(x, y, 0.2, 0.2, 1, 0, 0);
    return x > 0.2
        && x < width - 0.2
        && y > 0.2
        && y < depth - 0.2
        && footprints.stream().noneMatch(f -> f.height > z - 0.15 && f.overlaps(point));
  }
}
