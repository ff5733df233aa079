package org.octolift.apps.rooms;

/// A bathtub with shower curtain, a toilet and a wash basin with a mirror over it.
final class Bathroom implements SceneBuilder {
  @Override
  public void furnish(FloorPlan plan, Palette palette, Dice dice) {
    Material tiles = palette.tiles(dice.uniform(0.15, 0.35));
    Material walls = dice.chance(0.65) ? tiles : palette.wallPaint();
    Material floor = dice.chance(0.6) ? palette.tiles(dice.uniform(0.2, 0.5)) : palette.floor();
    Shell.build(plan, palette, dice, floor, walls, 1, 1.25, 0.1);
    tub(plan, palette, dice);
    plan.placeAtWall(Sanitary.toilet(palette, dice), 0.08, dice);
    Model basin = Sanitary.washbasin(palette, dice);
    plan.placeAtWall(basin, 0.05, dice);
    plan.hang(Decor.mirror(palette, dice), 1.15, dice);
    if (dice.chance(0.6)) {
      plan.placeAtWall(
          Storage.cabinet(
              dice.uniform(0.35, 0.6),
              dice.uniform(0.3, 0.4),
              dice.uniform(0.8, 1.8),
              palette,
              dice),
          0.02,
          dice);
    }
    plan.placeInCorner(Decor.basket(palette, dice), 0.02, dice);
    if (dice.chance(0.35)) {
      plan.hang(Decor.picture(palette, dice), dice.uniform(1.3, 1.5), dice);
    }
  }

  /// Tries the long side of each wall and both ends of it: a tub fills a corner.
  private static void tub(FloorPlan plan, Palette palette, Dice dice) {
    int first = dice.below(4);
    for (int i = 0; i < 8; i++) {
      int wall = (first + i / 2) % 4;
      double length = plan.length(wall);
      Model tub =
          Sanitary.bathtub(Math.min(dice.uniform(1.45, 1.75), length - 0.03), palette, dice);
      double inset = tub.width / 2 + 0.01;
      double along = i % 2 == 0 ? inset : length - inset;
      if (plan.placeAtWall(tub, wall, along, 0, dice).isPresent()) {
        return;
      }
    }
  }
}
