package org.octolift.apps.rooms;

import static org.octolift.apps.rooms.RoomClass.FLOOR;
import static org.octolift.apps.rooms.RoomClass.OTHERFURNITURE;
import static org.octolift.apps.rooms.RoomClass.PICTURE;
import static org.octolift.apps.rooms.RoomClass.UNLABELLED;

/// Pictures, lamps, plants, rugs and the small things that stand about. What ScanNet-20 has no
/// class for is unlabelled.
final class Decor {
  private Decor() {}

  /// A framed picture; its back is y = 0.
  static Model picture(Palette palette, Dice dice) {
    double width = dice.uniform(0.35, 1.1);
    double height = dice.uniform(0.35, 0.8);
    Model model = new Model(width, 0.04, height);
    double h = width / 2;
    double bar = dice.uniform(0.02, 0.05);
    double thick = dice.uniform(0.025, 0.05);
    model.box(PICTURE, palette.painting(), -h, h, 0, thick - 0.01, 0, height);
    Material frame = palette.wood();
    model.box(PICTURE, frame, -h, bar - h, 0, thick, 0, height);
    model.box(PICTURE, frame, h - bar, h, 0, thick, 0, height);
    model.box(PICTURE, frame, -h, h, 0, thick, 0, bar);
    model.box(PICTURE, frame, -h, h, 0, thick, height - bar, height);
    return model;
  }

  /// A mirror; its back is y = 0.
  static Model mirror(Palette palette, Dice dice) {
    double width = dice.uniform(0.45, 0.9);
    double height = dice.uniform(0.5, 0.9);
    Model model = new Model(width, 0.03, height);
    Material glass = palette.glass();
    model.box(UNLABELLED, glass, -width / 2, width / 2, 0, 0.03, 0, height);
    return model;
  }

  /// A computer screen on a foot; the screen looks along +y.
  static Model screen(Palette palette, Dice dice) {
    double h = dice.uniform(0.22, 0.34);
    Model model = new Model(2 * h, 0.2, 0.5);
    Material plastic = palette.hide();
    model.box(UNLABELLED, plastic, -0.11, 0.11, -0.08, 0.08, 0, 0.012);
    model.box(UNLABELLED, plastic, -0.025, 0.025, -0.04, -0.02, 0, 0.25);
    double top = 0.12 + 1.15 * h;
    model.box(UNLABELLED, plastic.withGlare(0.2), -h, h, -0.02, 0.015, 0.12, top);
    return model;
  }

  /// Cups, boxes and stacks of paper at random on a top of half extents hx, hy at height z.
  static void clutter(
      Model model, int count, double z, double hx, double hy, Palette palette, Dice dice) {
    for (int i = 0; i < count; i++) {
      double x = hx * dice.uniform(-1, 1);
      double y = hy * dice.uniform(-1, 1);
      switch (dice.below(3)) {
        case 0 ->
            model.cylinder(
                UNLABELLED, palette.ceramic(), x, y, 0.035, 0.045, z, z + dice.uniform(0.08, 0.25));
        case 1 ->
            model.add(
                UNLABELLED,
                new Shape.Box(0.1, 0.14, dice.uniform(0.01, 0.05)),
                new Pose(x, y, z + 0.05, dice.uniform(0, 3), 0),
                palette.books());
        default ->
            model.cushion(
                UNLABELLED,
                palette.hide(),
                0.02,
                x - 0.08,
                x + 0.08,
                y - 0.06,
                y + 0.06,
                z,
                z + dice.uniform(0.06, 0.2));
      }
    }
  }

  /// A small lamp with a shade.
  static Model tableLamp(Palette palette, Dice dice) {
    double height = dice.uniform(0.32, 0.5);
    Model model = new Model(0.24, 0.24, height);
    model.cylinder(UNLABELLED, palette.ceramic(), 0, 0, 0.07, 0.02, 0, 0.6 * height);
    model.cylinder(UNLABELLED, palette.linen(), 0, 0, 0.13, 0.09, 0.55 * height, height);
    return model;
  }

  /// A floor lamp.
  static Model floorLamp(Palette palette, Dice dice) {
    double height = dice.uniform(1.4, 1.8);
    double r = dice.uniform(0.15, 0.22);
    Model model = new Model(2 * r, 2 * r, height);
    Material metal = palette.metal();
    model.cylinder(OTHERFURNITURE, metal, 0, 0, 0.14, 0.13, 0, 0.025);
    model.cylinder(OTHERFURNITURE, metal, 0, 0, 0.014, 0.014, 0.025, height - 0.1);
    model.cylinder(OTHERFURNITURE, palette.linen(), 0, 0, r, 0.7 * r, height - 0.28, height);
    return model;
  }

  /// A plant in a pot.
  static Model plant(Palette palette, Dice dice) {
    double height = dice.uniform(0.6, 1.4);
    double r = dice.uniform(0.2, 0.3);
    Model model = new Model(2 * r, 2 * r, height);
    double pot = 0.3 * height;
    model.cylinder(OTHERFURNITURE, palette.ceramic(), 0, 0, 0.5 * r, 0.7 * r, 0, pot);
    Material leaf = palette.leaf();
    int leaves = dice.between(9, 16);
    for (int i = 0; i < leaves; i++) {
      double yaw = dice.uniform(0, 2 * Math.PI);
      double out = 0.5 * r * dice.uniform(0.2, 1);
      model.add(
          OTHERFURNITURE,
          new Shape.Ellipsoid(0.06, 0.17, 0.02),
          new Pose(
              -out * StrictMath.sin(yaw),
              out * StrictMath.cos(yaw),
              pot + (height - pot) * dice.uniform(0.1, 0.9),
              yaw,
              dice.uniform(0.1, 1.2)),
          leaf);
    }
    model.cylinder(OTHERFURNITURE, palette.wood(), 0, 0, 0.02, 0.015, pot, 0.9 * height);
    return model;
  }

  /// A waste-paper or laundry basket.
  static Model basket(Palette palette, Dice dice) {
    double r = dice.uniform(0.13, 0.22);
    double height = dice.uniform(0.28, 0.6);
    Model model = new Model(2 * r, 2 * r, height);
    Material material = dice.chance(0.5) ? palette.hide() : palette.fabric();
    model.basin(OTHERFURNITURE, material, r, 0.012, -r, r, -r, r, 0, height);
    return model;
  }

  /// A thin rug, which counts as floor.
  static void rug(FloorPlan plan, Pose at, double width, double depth, Palette palette) {
    Model model = new Model(width, depth, 0.012);
    double hx = width / 2;
    double hy = depth / 2;
    model.box(FLOOR, palette.fabric(), -hx, hx, -hy, hy, 0, 0.012);
    plan.put(model, at);
  }
}
