package org.octolift.apps.rooms;

import static org.octolift.apps.rooms.RoomClass.BED;
import static org.octolift.apps.rooms.RoomClass.CHAIR;
import static org.octolift.apps.rooms.RoomClass.SOFA;

/// Chairs, sofas and beds.
final class Seating {
  private Seating() {}

  /// A chair with four legs, seat and back; the back is upholstered, slatted or a board.
  static Model chair(Palette palette, Dice dice) {
    double width = dice.uniform(0.4, 0.5);
    double depth = dice.uniform(0.42, 0.52);
    double seat = dice.uniform(0.43, 0.48);
    double top = seat + dice.uniform(0.35, 0.55);
    double h = width / 2;
    double d = depth / 2;
    Model model = new Model(width, depth, top);
    Material frame = dice.chance(0.6) ? palette.wood() : palette.metal();
    Material cover = dice.chance(0.5) ? palette.fabric() : frame;
    double leg = dice.uniform(0.025, 0.045);
    model.legs(CHAIR, frame, dice.chance(0.5), leg, h, d, seat - 0.03);
    if (dice.chance(0.5)) {
      model.cushion(CHAIR, cover, 0.03, -h, h, -d, d, seat - 0.04, seat + 0.03);
    } else {
      model.box(CHAIR, cover, -h, h, -d, d, seat - 0.03, seat);
    }
    double lean = dice.uniform(0.05, 0.2);
    Model back = new Model(width, 0.05, top - seat);
    double rise = top - seat;
    switch (dice.below(3)) {
      case 0 -> back.cushion(CHAIR, cover, 0.02, -h, h, 0, 0.045, 0.06, rise);
      case 1 -> {
        back.box(CHAIR, frame, -h, h, 0, 0.03, rise - 0.1, rise);
        for (int i = 0; i < 4; i++) {
          double x = (0.5 * i - 0.75) * 1.25 * h;
          back.box(CHAIR, frame, x - 0.02, x + 0.02, 0.005, 0.025, 0, rise - 0.1);
        }
      }
      default -> back.box(CHAIR, cover, -h, h, 0, 0.025, 0.5 * rise, rise);
    }
    back.box(CHAIR, frame, -h, leg - h, 0, leg, -0.03, rise);
    back.box(CHAIR, frame, h - leg, h, 0, leg, -0.03, rise);
    for (Model.Part part : back.parts()) {
      Pose p = part.pose();
      double c = StrictMath.cos(lean);
      double s = StrictMath.sin(lean);
      model.add(
          CHAIR,
          part.shape(),
          new Pose(p.x(), c * p.y() - s * p.z() - d, s * p.y() + c * p.z() + seat, 0, lean),
          part.material());
    }
    if (dice.chance(0.2)) {
      for (int side = -1; side <= 1; side += 2) {
        double x = side * (h - 0.02);
        model.box(CHAIR, frame, x - 0.02, x + 0.02, -d, 0.6 * d, seat + 0.18, seat + 0.21);
        model.box(CHAIR, frame, x - 0.015, x + 0.015, 0.5 * d, 0.6 * d, seat - 0.03, seat + 0.18);
      }
    }
    return model;
  }

  /// A swivel chair: five-armed foot, column, seat and high back.
  static Model officeChair(Palette palette, Dice dice) {
    double seat = dice.uniform(0.44, 0.52);
    double top = seat + dice.uniform(0.45, 0.7);
    Model model = new Model(0.56, 0.56, top);
    Material cover = dice.chance(0.5) ? palette.fabric() : palette.hide();
    Material metal = palette.metal();
    for (int i = 0; i < 5; i++) {
      double yaw = 2 * Math.PI * i / 5;
      double x = StrictMath.cos(yaw);
      double y = StrictMath.sin(yaw);
      model.add(
          CHAIR,
          new Shape.Box(0.14, 0.02, 0.018),
          new Pose(0.14 * x, 0.14 * y, 0.085, yaw, 0),
          metal);
      model.add(
          CHAIR, new Shape.Ellipsoid(0.03, 0.03, 0.03), Pose.at(0.27 * x, 0.27 * y, 0.03), metal);
    }
    model.cylinder(CHAIR, metal, 0, 0, 0.03, 0.025, 0.08, seat - 0.05);
    double h = dice.uniform(0.22, 0.26);
    model.cushion(CHAIR, cover, 0.045, -h, h, -0.23, 0.26, seat - 0.06, seat + 0.05);
    double rise = top - seat;
    model.add(
        CHAIR,
        new Shape.RoundedBox(0.92 * h, 0.04, rise / 2 - 0.05, 0.035),
        new Pose(0, -0.27, seat + rise / 2 + 0.05, 0, dice.uniform(0.08, 0.2)),
        cover);
    model.box(CHAIR, metal, -0.04, 0.04, -0.3, -0.24, seat - 0.04, seat + 0.2);
    if (dice.chance(0.7)) {
      for (int side = -1; side <= 1; side += 2) {
        double x = side * (h + 0.03);
        model.box(CHAIR, metal, x - 0.015, x + 0.015, -0.04, 0.04, seat - 0.02, seat + 0.2);
        model.cushion(
            CHAIR, cover, 0.015, x - 0.035, x + 0.035, -0.15, 0.13, seat + 0.2, seat + 0.235);
      }
    }
    return model;
  }

  /// A stool without back.
  static Model stool(Palette palette, Dice dice) {
    double seat = dice.uniform(0.42, 0.68);
    double r = dice.uniform(0.15, 0.19);
    Model model = new Model(2 * r, 2 * r, seat);
    Material wood = palette.wood();
    model.legs(CHAIR, wood, true, 0.035, 0.9 * r, 0.9 * r, seat - 0.03);
    model.cylinder(CHAIR, dice.chance(0.5) ? wood : palette.hide(), 0, 0, r, r, seat - 0.04, seat);
    return model;
  }

  /// A sofa with the given number of seats; one seat makes an armchair.
  static Model sofa(int seats, Palette palette, Dice dice) {
    double arm = dice.uniform(0.12, 0.24);
    double each = dice.uniform(0.55, 0.7);
    double width = seats * each + 2 * arm;
    double depth = dice.uniform(0.8, 0.98);
    double seat = dice.uniform(0.38, 0.47);
    double top = dice.uniform(0.72, 0.92);
    double back = dice.uniform(0.18, 0.26);
    double h = width / 2;
    double d = depth / 2;
    Model model = new Model(width, depth, top);
    Material cover = dice.chance(0.75) ? palette.fabric() : palette.hide();
    Material cushions = dice.chance(0.7) ? cover : palette.fabric();
    double foot = dice.uniform(0.03, 0.13);
    model.legs(SOFA, palette.wood(), true, 0.05, h, d, foot);
    model.cushion(SOFA, cover, 0.03, -h, h, -d, d, foot, seat - 0.13);
    model.cushion(SOFA, cover, 0.07, -h, h, -d, back - d, foot, top);
    double armTop = seat + dice.uniform(0.12, 0.24);
    model.cushion(SOFA, cover, 0.06, -h, arm - h, -d, d, foot, armTop);
    model.cushion(SOFA, cover, 0.06, h - arm, h, -d, d, foot, armTop);
    for (int i = 0; i < seats; i++) {
      double x0 = arm - h + i * each;
      model.cushion(
          SOFA,
          cushions,
          0.05,
          x0 + 0.004,
          x0 + each - 0.004,
          back - d - 0.02,
          d + 0.02,
          seat - 0.14,
          seat);
      model.add(
          SOFA,
          new Shape.RoundedBox(each / 2 - 0.01, 0.08, 0.21, 0.07),
          new Pose(x0 + each / 2, back - d + 0.06, seat + 0.19, 0, 0.22),
          cushions);
    }
    int pillows = dice.below(seats + 1);
    for (int i = 0; i < pillows; i++) {
      double x = (arm - h + 0.22) * (i % 2 == 0 ? 1 : -1);
      model.add(
          SOFA,
          new Shape.RoundedBox(0.19, 0.06, 0.19, 0.055),
          new Pose(x, back - d + 0.26, seat + 0.17, dice.uniform(-0.3, 0.3), 0.35),
          palette.fabric());
    }
    return model;
  }

  /// A bed with frame, headboard, mattress, pillows and blanket; the head is at the back.
  static Model bed(Palette palette, Dice dice) {
    boolean wide = dice.chance(0.6);
    double width = wide ? dice.uniform(1.4, 1.9) : dice.uniform(0.9, 1.2);
    double depth = dice.uniform(1.95, 2.15);
    double frame = dice.uniform(0.25, 0.36);
    double top = frame + dice.uniform(0.15, 0.26);
    double head = top + dice.uniform(0.2, 0.6);
    double h = width / 2;
    double d = depth / 2;
    Model model = new Model(width, depth, head);
    Material wood = dice.chance(0.6) ? palette.wood() : palette.fabric();
    if (dice.chance(0.5)) {
      model.legs(BED, wood, false, 0.07, h, d, 0.12);
      model.box(BED, wood, -h, h, -d, d, 0.12, frame);
    } else {
      model.box(BED, wood, -h, h, -d, d, 0, frame);
    }
    model.cushion(BED, wood, 0.02, -h, h, -d, 0.07 - d, 0, head);
    if (dice.chance(0.4)) {
      model.box(BED, wood, -h, h, d - 0.04, d, 0, top + 0.08);
    }
    model.cushion(
        BED, palette.linen(), 0.06, 0.02 - h, h - 0.02, 0.07 - d, d - 0.05, frame - 0.04, top);
    Material pillow = palette.linen();
    int pillows = wide ? 2 : 1;
    double each = Math.min(0.7, (width - 0.1) / pillows);
    for (int i = 0; i < pillows; i++) {
      double x = (i - (pillows - 1) / 2.0) * (width / 2);
      model.add(
          BED,
          new Shape.RoundedBox(each / 2 - 0.03, 0.2, 0.075, 0.07),
          new Pose(x, 0.34 - d, top + 0.06, dice.uniform(-0.08, 0.08), -0.18),
          pillow);
    }
    Material blanket = palette.fabric();
    double from = dice.uniform(-0.4, 0.35) * depth;
    if (dice.chance(0.8)) {
      model.cushion(
          BED, blanket, 0.045, -h - 0.03, h + 0.03, from, d + 0.02, frame - 0.06, top + 0.05);
    }
    if (dice.chance(0.4)) {
      model.add(
          BED,
          new Shape.Ellipsoid(0.35, 0.25, 0.09),
          new Pose(dice.uniform(-0.2, 0.2), from + 0.2, top + 0.06, dice.uniform(0, 3), 0),
          blanket);
    }
    return model;
  }
}
