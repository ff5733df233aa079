package org.octolift.apps.rooms;

import java.util.Optional;

/// Sofas around a low table, a television opposite, shelves and often a place to eat.
final class LivingRoom implements SceneBuilder {
  @Override
  public void furnish(FloorPlan plan, Palette palette, Dice dice) {
    Shell.build(
        plan, palette, dice, palette.floor(), palette.wallPaint(), dice.between(1, 2), 0.8, 0.8);
    Model sofa = Seating.sofa(dice.between(2, 3), palette, dice);
    Model table = Storage.coffeeTable(palette, dice);
    Optional<Pose> seat = plan.placeAtWall(sofa, 0.02, dice);
    if (seat.isPresent()) {
      double ahead = sofa.depth / 2 + table.depth / 2 + dice.uniform(0.3, 0.45);
      Pose middle = seat.get().of(Pose.onFloor(0, ahead, 0.05 * dice.gaussian()));
      if (dice.chance(0.6)) {
        Decor.rug(plan, middle, table.width + 0.9, table.depth + 0.8, palette);
      }
      Decor.clutter(table, dice.below(3), table.height, 0.2, 0.12, palette, dice);
      plan.placeAt(table, middle, 0.05);
    }
    plan.placeAtWall(Storage.bookshelf(palette, dice), 0.02, dice);
    plan.placeAtWall(Storage.mediaUnit(palette, dice), 0.05, dice);
    if (dice.chance(0.6)) {
      plan.placeFree(Seating.sofa(1, palette, dice), 0.1, dice);
    }
    if (dice.chance(0.75)) {
      Dining.place(plan, palette, dice);
    } else {
      plan.placeAtWall(Seating.chair(palette, dice), 0.05, dice);
    }
    if (dice.chance(0.5)) {
      plan.placeAtWall(Storage.sideboard(palette, dice), 0.02, dice);
    }
    plan.placeInCorner(Decor.plant(palette, dice), 0.02, dice);
    if (dice.chance(0.6)) {
      plan.placeInCorner(Decor.floorLamp(palette, dice), 0.02, dice);
    }
    for (int i = dice.between(2, 3); i > 0; i--) {
      plan.hang(Decor.picture(palette, dice), dice.uniform(1.25, 1.5), dice);
    }
  }
}
