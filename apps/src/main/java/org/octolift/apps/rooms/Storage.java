package org.octolift.apps.rooms;

import static org.octolift.apps.rooms.RoomClass.BOOKSHELF;
import static org.octolift.apps.rooms.RoomClass.CABINET;
import static org.octolift.apps.rooms.RoomClass.COUNTER;
import static org.octolift.apps.rooms.RoomClass.DESK;
import static org.octolift.apps.rooms.RoomClass.REFRIGERATOR;
import static org.octolift.apps.rooms.RoomClass.SINK;
import static org.octolift.apps.rooms.RoomClass.TABLE;
import static org.octolift.apps.rooms.RoomClass.UNLABELLED;

/// Tables, desks, cabinets, shelves, worktops and refrigerators.
final class Storage {
  private Storage() {}

  /// A table of the given extents, on four legs or a column; square or round.
  static Model table(double width, double depth, double height, Palette palette, Dice dice) {
    Model model = new Model(width, depth, height);
    Material top = palette.wood();
    Material base = dice.chance(0.6) ? top : palette.metal();
    double thick = dice.uniform(0.02, 0.05);
    if (Math.abs(width - depth) < 0.15 && dice.chance(0.7)) {
      double r = Math.min(width, depth) / 2;
      model.cylinder(TABLE, top, 0, 0, r, r, height - thick, height);
      if (dice.chance(0.5)) {
        model.cylinder(TABLE, base, 0, 0, 0.05, 0.05, 0.03, height - thick);
        model.cylinder(TABLE, base, 0, 0, 0.6 * r, 0.55 * r, 0, 0.03);
      } else {
        model.legs(TABLE, base, true, 0.05, 0.72 * r, 0.72 * r, height - thick);
      }
      return model;
    }
    double h = width / 2;
    double d = depth / 2;
    model.box(TABLE, top, -h, h, -d, d, height - thick, height);
    double leg = dice.uniform(0.04, 0.09);
    model.legs(TABLE, base, dice.chance(0.4), leg, h - 0.02, d - 0.02, height - thick);
    if (dice.chance(0.5)) {
      double apron = height - thick - 0.08;
      model.box(TABLE, base, 0.06 - h, h - 0.06, 0.05 - d, d - 0.05, apron, height - thick);
    }
    if (height < 0.55 && dice.chance(0.5)) {
      model.box(TABLE, top, 0.05 - h, h - 0.05, 0.05 - d, d - 0.05, 0.12, 0.14);
    }
    return model;
  }

  /// A dining table.
  static Model diningTable(Palette palette, Dice dice) {
    double depth = dice.uniform(0.75, 0.95);
    double width = dice.chance(0.4) ? depth + 0.05 : dice.uniform(1.1, 1.6);
    return table(width, depth, dice.uniform(0.72, 0.78), palette, dice);
  }

  /// A low table for a sofa.
  static Model coffeeTable(Palette palette, Dice dice) {
    double depth = dice.uniform(0.45, 0.7);
    double width = dice.chance(0.3) ? depth + 0.1 : dice.uniform(0.8, 1.2);
    return table(width, depth, dice.uniform(0.36, 0.48), palette, dice);
  }

  /// A desk with a drawer unit or a modesty panel, and a screen, keyboard and papers on it.
  static Model desk(Palette palette, Dice dice) {
    double width = dice.uniform(1.1, 1.7);
    double depth = dice.uniform(0.6, 0.8);
    double height = dice.uniform(0.71, 0.77);
    double h = width / 2;
    double d = depth / 2;
    Model model = new Model(width, depth, height);
    Material top = palette.wood();
    Material base = dice.chance(0.5) ? top : palette.metal();
    model.box(DESK, top, -h, h, -d, d, height - 0.03, height);
    double side = dice.chance(0.5) ? 1 : -1;
    if (dice.chance(0.65)) {
      double inner = side * (h - 0.42);
      double x0 = Math.min(inner, side * h);
      double x1 = Math.max(inner, side * h);
      model.box(DESK, base, x0, x1, -d, d - 0.04, 0.03, height - 0.03);
      drawers(model, DESK, base, palette.metal(), x0, x1, d - 0.04, 0.05, height - 0.04, 3);
      model.box(
          DESK,
          base,
          Math.min(-side * h, -side * (h - 0.03)),
          Math.max(-side * h, -side * (h - 0.03)),
          -d,
          d,
          0,
          height - 0.03);
    } else {
      model.legs(DESK, base, dice.chance(0.3), 0.055, h, d, height - 0.03);
    }
    if (dice.chance(0.7)) {
      model.box(DESK, base, 0.03 - h, h - 0.03, 0.03 - d, 0.05 - d, 0.3, height - 0.03);
    }
    if (dice.chance(0.85)) {
      model.add(Decor.screen(palette, dice), Pose.at(dice.uniform(-0.25, 0.25), 0.2 - d, height));
      model.box(UNLABELLED, palette.hide(), -0.22, 0.22, d - 0.32, d - 0.18, height, height + 0.02);
    }
    Decor.clutter(model, dice.between(1, 3), height, h - 0.12, d - 0.12, palette, dice);
    return model;
  }

  /// A row of drawer or door fronts with handles on the front of a body.
  private static void drawers(
      Model model,
      RoomClass kind,
      Material front,
      Material handle,
      double x0,
      double x1,
      double y,
      double z0,
      double z1,
      int count) {
    double each = (z1 - z0) / count;
    double middle = (x0 + x1) / 2;
    for (int i = 0; i < count; i++) {
      double low = z0 + i * each;
      model.box(kind, front, x0 + 0.008, x1 - 0.008, y, y + 0.018, low + 0.006, low + each - 0.006);
      model.box(
          kind,
          handle,
          middle - 0.06,
          middle + 0.06,
          y + 0.018,
          y + 0.04,
          low + 0.72 * each,
          low + 0.72 * each + 0.015);
    }
  }

  /// A cabinet with doors or drawers: chest, sideboard, wardrobe, filing cabinet.
  static Model cabinet(double width, double depth, double height, Palette palette, Dice dice) {
    double h = width / 2;
    double d = depth / 2;
    Model model = new Model(width, depth, height);
    Material body = palette.wood();
    Material front = dice.chance(0.7) ? body : palette.wood();
    Material handle = palette.metal();
    double foot = dice.chance(0.4) ? 0.1 : 0.03;
    model.legs(CABINET, body, false, 0.05, h, d, foot);
    model.box(CABINET, body, -h, h, -d, d - 0.02, foot, height);
    int columns = Math.max(1, (int) Math.round(width / dice.uniform(0.45, 0.65)));
    int rows = height > 1.2 ? 1 : height < 0.5 ? 1 : dice.between(1, 4);
    for (int i = 0; i < columns; i++) {
      double x0 = -h + width * i / columns;
      drawers(
          model,
          CABINET,
          front,
          handle,
          x0,
          x0 + width / columns,
          d - 0.02,
          foot,
          height - 0.02,
          rows);
    }
    return model;
  }

  /// A wardrobe or tall cupboard.
  static Model wardrobe(Palette palette, Dice dice) {
    return cabinet(
        dice.uniform(0.9, 1.8), dice.uniform(0.5, 0.62), dice.uniform(1.8, 2.2), palette, dice);
  }

  /// A chest of drawers or sideboard with a few things on top.
  static Model sideboard(Palette palette, Dice dice) {
    double width = dice.uniform(0.8, 1.6);
    double depth = dice.uniform(0.36, 0.48);
    double height = dice.uniform(0.65, 1.0);
    Model model = cabinet(width, depth, height, palette, dice);
    Decor.clutter(
        model, dice.between(0, 3), height, width / 2 - 0.12, depth / 2 - 0.1, palette, dice);
    return model;
  }

  /// A bedside cabinet with a lamp.
  static Model nightstand(Palette palette, Dice dice) {
    double size = dice.uniform(0.38, 0.5);
    double height = dice.uniform(0.42, 0.6);
    Model model = cabinet(size, size - 0.04, height, palette, dice);
    if (dice.chance(0.7)) {
      model.add(Decor.tableLamp(palette, dice), Pose.at(0, -0.03, height));
    }
    return model;
  }

  /// A low cabinet with a television on it.
  static Model mediaUnit(Palette palette, Dice dice) {
    double width = dice.uniform(1.2, 1.8);
    double height = dice.uniform(0.4, 0.6);
    Model low = cabinet(width, dice.uniform(0.38, 0.46), height, palette, dice);
    Model model = new Model(low.width, low.depth, height + 0.7);
    model.add(low, Pose.at(0, 0, 0));
    double half = width * dice.uniform(0.3, 0.42);
    Material glass = palette.hide().withGlare(0.3);
    model.box(UNLABELLED, glass, -half, half, -0.05, -0.01, height + 0.05, height + 1.15 * half);
    model.box(UNLABELLED, glass, -0.15, 0.15, -0.1, 0.08, height, height + 0.05);
    return model;
  }

  /// An open shelf with books, some boards half empty.
  static Model bookshelf(Palette palette, Dice dice) {
    double width = dice.uniform(0.7, 1.4);
    double depth = dice.uniform(0.26, 0.36);
    double height = dice.uniform(1.1, 2.1);
    double h = width / 2;
    double d = depth / 2;
    Model model = new Model(width, depth, height);
    Material wood = palette.wood();
    double board = 0.025;
    model.box(BOOKSHELF, wood, -h, board - h, -d, d, 0, height);
    model.box(BOOKSHELF, wood, h - board, h, -d, d, 0, height);
    model.box(BOOKSHELF, wood, board - h, h - board, -d, 0.01 - d, 0, height);
    int boards = (int) Math.round(height / dice.uniform(0.3, 0.38));
    double gap = (height - board - 0.06) / boards;
    for (int i = 0; i <= boards; i++) {
      double z = 0.06 + i * gap;
      model.box(BOOKSHELF, wood, board - h, h - board, 0.01 - d, d, z, z + board);
      if (i < boards) {
        books(model, z + board, gap - board, h - board, d, palette, dice);
      }
    }
    return model;
  }

  private static void books(
      Model model, double z, double room, double h, double d, Palette palette, Dice dice) {
    double x = -h + 0.01;
    while (x < h - 0.12) {
      double run = Math.min(dice.uniform(0.1, 0.35), h - 0.01 - x);
      if (dice.chance(0.78)) {
        double tall = room * dice.uniform(0.6, 0.92);
        double front = d - dice.uniform(0.02, 0.09);
        model.box(BOOKSHELF, palette.books(), x, x + run, 0.03 - d, front, z, z + tall);
      }
      x += run + 0.01;
    }
  }

  /// A kitchen run: base cabinets, worktop, a sink let into it; wall cabinets come apart from it.
  static Model kitchenRun(double width, Palette palette, Dice dice) {
    double depth = 0.62;
    double height = dice.uniform(0.86, 0.94);
    double h = width / 2;
    double d = depth / 2;
    Model model = new Model(width, depth, height);
    Material body = palette.wood();
    Material handle = palette.metal();
    double under = height - 0.04;
    model.box(CABINET, body, -h, h, -d, d - 0.07, 0, 0.1);
    int units = Math.max(2, (int) Math.round(width / 0.6));
    double basin = Math.min(0.56, width / units - 0.02);
    int wet = dice.below(units);
    for (int i = 0; i < units; i++) {
      double x0 = -h + width * i / units;
      double x1 = x0 + width / units;
      double top = i == wet ? under - 0.2 : under;
      model.box(CABINET, body, x0, x1, -d, d - 0.04, 0.1, top);
      drawers(model, CABINET, body, handle, x0, x1, d - 0.04, 0.1, under, dice.chance(0.4) ? 3 : 1);
    }
    Material top = palette.worktop();
    double centre = -h + width * (wet + 0.5) / units;
    worktop(model, top, width, d, centre, basin, under, height);
    sink(
        model,
        dice.chance(0.6) ? palette.metal() : palette.ceramic(),
        palette.metal(),
        centre,
        0.02,
        basin / 2,
        0.2,
        height);
    double back = Math.min(dice.uniform(0.02, 0.1), 0.1);
    model.box(COUNTER, top, -h, h, -d, 0.015 - d, height, height + back);
    return model;
  }

  /// A worktop in four pieces around a hole for a sink.
  private static void worktop(
      Model model,
      Material top,
      double width,
      double d,
      double centre,
      double basin,
      double under,
      double height) {
    double h = width / 2;
    double x0 = centre - basin / 2;
    double x1 = centre + basin / 2;
    model.box(COUNTER, top, -h, x0, -d, d, under, height);
    model.box(COUNTER, top, x1, h, -d, d, under, height);
    model.box(COUNTER, top, x0, x1, -d, -0.18, under, height);
    model.box(COUNTER, top, x0, x1, 0.22, d, under, height);
  }

  /// A sink let into a worktop, with its tap.
  static void sink(
      Model model,
      Material bowl,
      Material tap,
      double x,
      double y,
      double hx,
      double hy,
      double height) {
    model.basin(
        SINK, bowl, 0.06, 0.012, x - hx, x + hx, y - hy, y + hy, height - 0.18, height + 0.006);
    tap(model, tap, x, y - hy - 0.03, height);
  }

  /// A tap: a post with an arm towards the front.
  static void tap(Model model, Material metal, double x, double y, double height) {
    model.cylinder(SINK, metal, x, y, 0.018, 0.014, height, height + 0.2);
    model.box(SINK, metal, x - 0.012, x + 0.012, y, y + 0.15, height + 0.18, height + 0.2);
  }

  /// A cabinet that hangs on a wall; its back is y = 0.
  static Model wallCabinet(double width, Palette palette, Dice dice) {
    double height = dice.uniform(0.5, 0.75);
    double depth = dice.uniform(0.3, 0.36);
    Model model = new Model(width, depth, height);
    Material body = palette.wood();
    Material handle = palette.metal();
    model.box(CABINET, body, -width / 2, width / 2, 0, depth - 0.02, 0, height);
    int doors = Math.max(1, (int) Math.round(width / 0.5));
    for (int i = 0; i < doors; i++) {
      double x0 = -width / 2 + width * i / doors;
      drawers(model, CABINET, body, handle, x0, x0 + width / doors, depth - 0.02, 0, height, 1);
    }
    return model;
  }

  /// A refrigerator, with a freezer door below or above.
  static Model refrigerator(Palette palette, Dice dice) {
    double width = dice.uniform(0.58, 0.78);
    double depth = dice.uniform(0.6, 0.72);
    double height = dice.uniform(1.5, 1.95);
    double h = width / 2;
    double d = depth / 2;
    Model model = new Model(width, depth, height);
    Material body = dice.chance(0.5) ? palette.ceramic() : palette.metal();
    Material handle = palette.metal();
    model.box(REFRIGERATOR, body, -h, h, -d, d - 0.07, 0.03, height);
    double split = height * (dice.chance(0.5) ? dice.uniform(0.3, 0.4) : dice.uniform(0.6, 0.7));
    model.cushion(REFRIGERATOR, body, 0.02, -h, h, d - 0.065, d, 0.06, split - 0.006);
    model.cushion(REFRIGERATOR, body, 0.02, -h, h, d - 0.065, d, split + 0.006, height);
    double x = (dice.chance(0.5) ? 1 : -1) * (h - 0.06);
    model.box(
        REFRIGERATOR,
        handle,
        x - 0.012,
        x + 0.012,
        d + 0.02,
        d + 0.04,
        split + 0.08,
        Math.min(split + 0.55, height - 0.05));
    model.box(
        REFRIGERATOR,
        handle,
        x - 0.012,
        x + 0.012,
        d + 0.02,
        d + 0.04,
        Math.max(split - 0.45, 0.15),
        split - 0.06);
    return model;
  }
}
