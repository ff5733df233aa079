package org.octolift.apps.rooms;

import java.util.Optional;

/// A worktop with sink and cabinets along one wall, a refrigerator, and a table with chairs.
final class Kitchen implements SceneBuilder {
  @Override
  public void furnish(FloorPlan plan, Palette palette, Dice dice) {
    Shell.build(plan, palette, dice, palette.floor(), palette.wallPaint(), 1, 1.08, 0.25);
    for (int i = 0; i < 30; i++) {
      int wall = dice.below(4);
      double longest = Math.min(plan.length(wall) - 0.2, 3.2);
      if (longest > 1.6 && run(plan, wall, dice.uniform(1.6, longest), palette, dice)) {
        break;
      }
    }
    plan.placeInCorner(Storage.refrigerator(palette, dice), 0.01, dice);
    if (dice.chance(0.4)) {
      plan.placeAtWall(Storage.wardrobe(palette, dice), 0.02, dice);
    }
    Dining.place(plan, palette, dice);
    if (dice.chance(0.3)) {
      plan.placeFree(Seating.stool(palette, dice), 0.05, dice);
    }
    if (dice.chance(0.6)) {
      plan.placeInCorner(Decor.basket(palette, dice), 0.02, dice);
    }
    for (int i = dice.between(1, 2); i > 0; i--) {
      plan.hang(Decor.picture(palette, dice), dice.uniform(1.3, 1.5), dice);
    }
  }

  private static boolean run(FloorPlan plan, int wall, double width, Palette palette, Dice dice) {
    Model run = Storage.kitchenRun(width, palette, dice);
    Decor.clutter(run, dice.between(1, 4), run.height, width / 2 - 0.1, 0.1, palette, dice);
    double length = plan.length(wall);
    double inset = width / 2 + 0.01;
    double along =
        switch (dice.below(3)) {
          case 0 -> inset;
          case 1 -> length - inset;
          default -> dice.uniform(inset, length - inset);
        };
    Optional<Pose> pose = plan.placeAtWall(run, wall, along, 0, dice);
    if (pose.isEmpty()) {
      return false;
    }
    int units = (int) (width / 0.8);
    long kind = dice.next();
    long paint = dice.next();
    for (int i = 0; i < units; i++) {
      Model cabinet =
          Storage.wallCabinet(
              width / units - 0.1, new Palette(new Dice(paint), 0.4), new Dice(kind));
      plan.hang(cabinet, wall, along - width / 2 + width * (i + 0.5) / units, 1.45);
    }
    return true;
  }
}
