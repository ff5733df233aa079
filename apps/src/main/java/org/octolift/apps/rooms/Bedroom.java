package org.octolift.apps.rooms;

import java.util.Optional;

/// A bed with bedside cabinets, a wardrobe, a curtained window, often a desk.
final class Bedroom implements SceneBuilder {
  @Override
  public void furnish(FloorPlan plan, Palette palette, Dice dice) {
    Shell.build(
        plan, palette, dice, palette.floor(), palette.wallPaint(), dice.between(1, 2), 0.85, 0.9);
    Model bed = Seating.bed(palette, dice);
    Optional<Pose> head = plan.placeAtWall(bed, 0.02, dice);
    if (head.isPresent()) {
      if (dice.chance(0.4)) {
        Decor.rug(plan, head.get().of(Pose.onFloor(0, 0.3, 0)), bed.width + 0.9, 1.6, palette);
      }
      long kind = dice.next();
      for (int side = -1; side <= 1; side += 2) {
        Model stand = Storage.nightstand(palette, new Dice(kind));
        double x = side * (bed.width / 2 + stand.width / 2 + dice.uniform(0.03, 0.1));
        double y = stand.depth / 2 - bed.depth / 2;
        plan.placeAt(stand, head.get().of(Pose.onFloor(x, y, 0)), 0);
      }
    }
    plan.placeAtWall(Storage.wardrobe(palette, dice), 0.02, dice);
    if (dice.chance(0.65)) {
      Workplace.place(plan, palette, dice, Seating.chair(palette, dice));
    } else {
      plan.placeAtWall(Seating.chair(palette, dice), 0.04, dice);
    }
    if (dice.chance(0.5)) {
      plan.placeAtWall(Storage.sideboard(palette, dice), 0.02, dice);
    }
    if (dice.chance(0.5)) {
      plan.placeAtWall(Storage.bookshelf(palette, dice), 0.02, dice);
    }
    if (dice.chance(0.6)) {
      Model lamp = dice.chance(0.5) ? Decor.floorLamp(palette, dice) : Decor.basket(palette, dice);
      plan.placeInCorner(lamp, 0.02, dice);
    }
    for (int i = dice.between(1, 3); i > 0; i--) {
      plan.hang(Decor.picture(palette, dice), dice.uniform(1.3, 1.5), dice);
    }
  }
}
