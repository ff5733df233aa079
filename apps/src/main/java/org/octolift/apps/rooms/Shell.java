package org.octolift.apps.rooms;

import static org.octolift.apps.rooms.RoomClass.CURTAIN;
import static org.octolift.apps.rooms.RoomClass.DOOR;
import static org.octolift.apps.rooms.RoomClass.FLOOR;
import static org.octolift.apps.rooms.RoomClass.WALL;
import static org.octolift.apps.rooms.RoomClass.WINDOW;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.octolift.apps.rooms.FloorPlan.Patch;

/// Floor and walls with a door and windows set into them. There is no ceiling: scans hold little
/// of it.
final class Shell {
  private static final double THICKNESS = 0.14;

  private Shell() {}

  /// Builds the shell.
  ///
  /// @param windows how many to try
  /// @param sill height of the windows' lower edge
  /// @param curtained probability that a window has curtains
  static void build(
      FloorPlan plan,
      Palette palette,
      Dice dice,
      Material floor,
      Material walls,
      int windows,
      double sill,
      double curtained) {
    List<Patch> openings = new ArrayList<>();
    openings.add(door(plan, palette, dice));
    for (int i = 0; i < windows; i++) {
      window(plan, palette, dice, openings, sill, curtained);
    }
    Model base = new Model(plan.width, plan.depth, 0);
    double hx = plan.width / 2 + THICKNESS;
    double hy = plan.depth / 2 + THICKNESS;
    base.box(FLOOR, floor, -hx, hx, -hy, hy, -0.1, 0);
    plan.put(base, Pose.at(plan.width / 2, plan.depth / 2, 0));
    openings.sort(Comparator.comparingDouble(Patch::from));
    Material skirting = palette.lacquer();
    boolean skirted = dice.chance(0.5);
    for (int wall = 0; wall < 4; wall++) {
      wall(plan, wall, openings, walls, skirted ? skirting : null);
    }
  }

  private static Patch door(FloorPlan plan, Palette palette, Dice dice) {
    int wall = dice.below(4);
    double width = dice.uniform(0.78, 0.95);
    double height = dice.uniform(1.98, 2.12);
    double length = plan.length(wall);
    double from =
        dice.chance(0.6)
            ? (dice.chance(0.5) ? 0.15 : length - width - 0.15)
            : dice.uniform(0.15, length - width - 0.15);
    Material paint = palette.wood();
    Material frame = dice.chance(0.5) ? paint : palette.lacquer();
    Model model = new Model(width, 0, height);
    double h = width / 2;
    double inset = dice.uniform(0.02, 0.1);
    model.box(DOOR, paint, -h, h, -inset - 0.04, -inset, 0, height);
    if (dice.chance(0.6)) {
      for (double z = 0.12; z < 1.6; z += 0.98) {
        model.box(DOOR, paint, 0.15 - h, h - 0.15, -inset, 0.012 - inset, z, z + 0.8);
      }
    }
    double side = dice.chance(0.5) ? -1 : 1;
    model.box(DOOR, frame, -h - 0.06, -h, -0.02, 0.018, 0, height + 0.06);
    model.box(DOOR, frame, h, h + 0.06, -0.02, 0.018, 0, height + 0.06);
    model.box(DOOR, frame, -h, h, -0.02, 0.018, height, height + 0.06);
    double x = side * (h - 0.1);
    model.rod(DOOR, palette.metal(), 0.012, x - 0.07, x + 0.07, 0.05 - inset, 1.02);
    plan.put(model, plan.frame(wall).of(Pose.at(from + h, 0, 0)));
    plan.reserve(plan.frame(wall).of(Pose.onFloor(from + h, 0.4, 0)), width + 0.1, 0.8);
    Patch patch = new Patch(wall, from, from + width, 0, height);
    plan.cover(new Patch(wall, from - 0.08, from + width + 0.08, 0, height + 0.08));
    return patch;
  }

  private static void window(
      FloorPlan plan,
      Palette palette,
      Dice dice,
      List<Patch> openings,
      double sill,
      double curtained) {
    for (int i = 0; i < 20; i++) {
      int wall = dice.below(4);
      double length = plan.length(wall);
      double width = dice.uniform(0.35, 0.6) * Math.min(length, 3.6);
      double low = sill + dice.uniform(-0.1, 0.15);
      double high = Math.min(plan.height - 0.15, low + dice.uniform(0.9, 1.5));
      double from = dice.uniform(0.4, length - width - 0.4);
      Patch patch = new Patch(wall, from, from + width, low, high);
      boolean curtains = dice.chance(curtained);
      double margin = curtains ? 0.38 : 0.06;
      Patch taken = new Patch(wall, from - margin, from + width + margin, low - 0.06, high + 0.1);
      if (from > 0 && plan.isBare(taken)) {
        openings.add(patch);
        plan.cover(taken);
        pane(plan, palette, dice, patch);
        if (curtains) {
          curtains(plan, palette, dice, patch);
        }
        return;
      }
    }
  }

  private static void pane(FloorPlan plan, Palette palette, Dice dice, Patch patch) {
    double h = (patch.to() - patch.from()) / 2;
    double top = patch.high() - patch.low();
    Model model = new Model(2 * h, 0, top);
    Material frame = palette.lacquer();
    double bar = dice.uniform(0.04, 0.08);
    double back = -dice.uniform(0.06, 0.11);
    double front = back + 0.05;
    model.box(WINDOW, palette.glass(), -h, h, back, back + 0.01, 0, top);
    model.box(WINDOW, frame, -h, bar - h, back, front, 0, top);
    model.box(WINDOW, frame, h - bar, h, back, front, 0, top);
    model.box(WINDOW, frame, bar - h, h - bar, back, front, 0, bar);
    model.box(WINDOW, frame, bar - h, h - bar, back, front, top - bar, top);
    int sashes = dice.between(1, 3);
    for (int i = 1; i < sashes; i++) {
      double x = -h + 2 * h * i / sashes;
      model.box(WINDOW, frame, x - bar / 2, x + bar / 2, back, front, bar, top - bar);
    }
    if (dice.chance(0.4)) {
      model.box(WINDOW, frame, bar - h, h - bar, back, front - 0.01, 0.6 * top, 0.6 * top + bar);
    }
    model.box(WINDOW, frame, -h - 0.04, h + 0.04, 0, dice.uniform(0.03, 0.16), -0.03, 0.005);
    plan.put(model, plan.frame(patch.wall()).of(Pose.at(patch.from() + h, 0, patch.low())));
  }

  private static void curtains(FloorPlan plan, Palette palette, Dice dice, Patch patch) {
    double h = (patch.to() - patch.from()) / 2;
    double rail = Math.min(plan.height - 0.05, patch.high() + 0.12);
    double bottom = dice.chance(0.6) ? 0.04 : patch.low() - 0.12;
    double drawn = dice.uniform(0.25, 0.6);
    Model model = new Model(2 * h, 0.1, rail);
    Material cloth = palette.fabric();
    double folds = dice.uniform(0.03, 0.05);
    double wave = dice.uniform(0.12, 0.2);
    for (int side = -1; side <= 1; side += 2) {
      double half = (0.3 + drawn * h) / 2;
      double x = side * (h + 0.3 - half);
      model.add(
          CURTAIN,
          new Shape.Cloth(half, (rail - bottom) / 2, folds, wave),
          Pose.at(x, 0.19, (rail + bottom) / 2),
          cloth);
    }
    model.rod(CURTAIN, palette.metal(), 0.014, -h - 0.34, h + 0.34, 0.19, rail + 0.014);
    Pose middle = plan.frame(patch.wall()).of(Pose.onFloor(patch.from() + h, 0, 0));
    plan.put(model, middle);
    if (bottom < 0.1) {
      plan.reserve(middle.of(Pose.onFloor(0, 0.12, 0)), 2 * h + 0.6, 0.28);
    }
  }

  private static void wall(
      FloorPlan plan, int wall, List<Patch> openings, Material paint, Material skirting) {
    Model model = new Model(plan.length(wall), THICKNESS, plan.height);
    double from = 0;
    for (Patch patch : openings) {
      if (patch.wall() != wall) {
        continue;
      }
      model.box(WALL, paint, from, patch.from(), -THICKNESS, 0, 0, plan.height);
      if (patch.low() > 0) {
        model.box(WALL, paint, patch.from(), patch.to(), -THICKNESS, 0, 0, patch.low());
      }
      model.box(WALL, paint, patch.from(), patch.to(), -THICKNESS, 0, patch.high(), plan.height);
      if (skirting != null) {
        double end = patch.low() > 0 ? patch.to() : patch.from() - 0.06;
        model.box(WALL, skirting, from, end, 0, 0.015, 0, 0.09);
      }
      from = patch.low() > 0 || skirting == null ? patch.to() : patch.to() + 0.06;
      if (patch.low() == 0 && skirting != null) {
        model.box(WALL, paint, patch.to(), from, -THICKNESS, 0, 0, plan.height);
      }
    }
    model.box(WALL, paint, from, plan.length(wall), -THICKNESS, 0, 0, plan.height);
    if (skirting != null) {
      model.box(WALL, skirting, from, plan.length(wall), 0, 0.015, 0, 0.09);
    }
    plan.put(model, plan.frame(wall));
  }
}
