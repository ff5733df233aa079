package org.octolift.apps.rooms;

/// One to three workplaces, bookshelves and filing cabinets.
final class Office implements SceneBuilder {
  @Override
  public void furnish(FloorPlan plan, Palette palette, Dice dice) {
    Shell.build(
        plan, palette, dice, palette.floor(), palette.wallPaint(), dice.between(1, 2), 0.9, 0.3);
    int desks = plan.width * plan.depth > 15 ? dice.between(2, 3) : dice.between(1, 2);
    for (int i = 0; i < desks; i++) {
      Model seat =
          dice.chance(0.8) ? Seating.officeChair(palette, dice) : Seating.chair(palette, dice);
      Workplace.place(plan, palette, dice, seat);
    }
    plan.placeAtWall(Storage.bookshelf(palette, dice), 0.02, dice);
    plan.placeAtWall(
        Storage.cabinet(
            dice.uniform(0.4, 0.9), dice.uniform(0.4, 0.5), dice.uniform(0.7, 1.35), palette, dice),
        0.02,
        dice);
    if (dice.chance(0.5)) {
      plan.placeAtWall(Storage.bookshelf(palette, dice), 0.02, dice);
    }
    if (dice.chance(0.45)) {
      Dining.place(plan, palette, dice);
    }
    if (dice.chance(0.35)) {
      plan.placeAtWall(Seating.sofa(dice.between(1, 2), palette, dice), 0.02, dice);
    }
    plan.placeFree(Decor.basket(palette, dice), 0.03, dice);
    if (dice.chance(0.5)) {
      plan.placeInCorner(Decor.plant(palette, dice), 0.02, dice);
    }
    for (int i = dice.between(1, 2); i > 0; i--) {
      plan.hang(Decor.picture(palette, dice), dice.uniform(1.2, 1.45), dice);
    }
  }
}
