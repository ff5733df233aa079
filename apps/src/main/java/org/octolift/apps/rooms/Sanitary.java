package org.octolift.apps.rooms;

import static org.octolift.apps.rooms.RoomClass.BATHTUB;
import static org.octolift.apps.rooms.RoomClass.CABINET;
import static org.octolift.apps.rooms.RoomClass.COUNTER;
import static org.octolift.apps.rooms.RoomClass.SHOWER_CURTAIN;
import static org.octolift.apps.rooms.RoomClass.SINK;
import static org.octolift.apps.rooms.RoomClass.TOILET;

/// What a bathroom holds.
final class Sanitary {
  private Sanitary() {}

  /// A toilet with cistern, bowl and seat, the lid up or down.
  static Model toilet(Palette palette, Dice dice) {
    double top = dice.uniform(0.72, 0.86);
    Model model = new Model(0.42, 0.7, top);
    Material white = palette.ceramic();
    double rim = dice.uniform(0.38, 0.43);
    model.cushion(TOILET, white, 0.03, -0.2, 0.2, -0.35, -0.17, 0.37, top);
    model.cushion(TOILET, white, 0.05, -0.11, 0.11, -0.34, 0.1, 0, rim - 0.12);
    model.add(TOILET, new Shape.Ellipsoid(0.19, 0.26, 0.24), Pose.at(0, 0.06, rim - 0.22), white);
    model.basin(TOILET, white, 0.19, 0.05, -0.19, 0.19, -0.19, 0.35, rim - 0.18, rim);
    Material lid = dice.chance(0.7) ? white : palette.lacquer();
    if (dice.chance(0.5)) {
      model.add(
          TOILET,
          new Shape.RoundedBox(0.19, 0.26, 0.02, 0.019),
          new Pose(0, 0.08, rim + 0.025, 0, 0),
          lid);
    } else {
      model.add(
          TOILET,
          new Shape.RoundedBox(0.19, 0.22, 0.02, 0.019),
          new Pose(0, -0.13, rim + 0.22, 0, 1.42),
          lid);
    }
    return model;
  }

  /// A wash basin on a cabinet with a worktop, or on a pedestal.
  static Model washbasin(Palette palette, Dice dice) {
    double height = dice.uniform(0.8, 0.88);
    Material white = palette.ceramic();
    Material metal = palette.metal();
    if (dice.chance(0.4)) {
      Model model = new Model(0.58, 0.48, height);
      model.cylinder(SINK, white, 0, -0.05, 0.1, 0.09, 0, height - 0.15);
      model.basin(SINK, white, 0.16, 0.03, -0.29, 0.29, -0.16, 0.24, height - 0.17, height);
      model.cushion(SINK, white, 0.02, -0.29, 0.29, -0.24, -0.14, height - 0.1, height);
      Storage.tap(model, metal, 0, -0.18, height);
      return model;
    }
    double width = dice.uniform(0.75, 1.2);
    double h = width / 2;
    Model model = new Model(width, 0.52, height);
    Model body = Storage.cabinet(width, 0.5, height - 0.12, palette, dice);
    model.add(body, Pose.at(0, 0, 0));
    Material top = palette.worktop();
    double under = height - 0.04;
    model.box(CABINET, body.parts().getLast().material(), -h, h, -0.25, 0.23, height - 0.12, under);
    model.box(COUNTER, top, -h, h, -0.26, 0.26, under, height);
    model.basin(SINK, white, 0.17, 0.025, -0.25, 0.25, -0.15, 0.22, height, height + 0.12);
    Storage.tap(model, metal, 0, -0.19, height);
    return model;
  }

  /// A bathtub with a shower curtain on a rail along its open side, drawn to one end.
  static Model bathtub(double width, Palette palette, Dice dice) {
    double depth = dice.uniform(0.7, 0.8);
    double height = dice.uniform(0.5, 0.6);
    double h = width / 2;
    double d = depth / 2;
    double rail = dice.uniform(1.9, 2.05);
    Model model = new Model(width, depth, rail);
    Material white = palette.ceramic();
    model.basin(BATHTUB, white, 0.12, 0.06, -h, h, -d, d, 0, height);
    Material metal = palette.metal();
    model.cylinder(BATHTUB, metal, 0.1 - h, 0, 0.02, 0.015, height, height + 0.1);
    double half = width * dice.uniform(0.18, 0.32);
    double x = (dice.chance(0.5) ? 1 : -1) * (h - half - 0.02);
    double bottom = dice.uniform(0.2, 0.35);
    model.add(
        SHOWER_CURTAIN,
        new Shape.Cloth(
            half, (rail - bottom) / 2, dice.uniform(0.025, 0.04), dice.uniform(0.1, 0.16)),
        Pose.at(x, d + 0.05, (rail + bottom) / 2),
        dice.chance(0.5) ? palette.linen() : palette.fabric());
    model.rod(SHOWER_CURTAIN, metal, 0.013, -h, h, d + 0.05, rail + 0.013);
    return model;
  }
}
