package org.octolift.apps.rooms;

/// A table with chairs around it.
final class Dining {
  private Dining() {}

  /// Puts a table somewhere free and chairs of one kind at its sides, some pulled out.
  static void place(FloorPlan plan, Palette palette, Dice dice) {
    Model table = Storage.diningTable(palette, dice);
    Decor.clutter(
        table, dice.below(4), table.height, table.width / 3, table.depth / 3, palette, dice);
    long kind = dice.next();
    long paint = dice.next();
    plan.placeFree(table, 0.42, dice)
        .or(() -> plan.placeFree(table, 0.15, dice))
        .ifPresent(pose -> chairs(plan, table, pose, kind, paint, dice));
  }

  private static void chairs(
      FloorPlan plan, Model table, Pose pose, long kind, long paint, Dice dice) {
    int perSide = table.width > 1.25 ? 2 : 1;
    for (int side = -1; side <= 1; side += 2) {
      for (int i = 0; i < perSide; i++) {
        double x = perSide == 1 ? 0 : (i - 0.5) * table.width * 0.5;
        double y = table.depth / 2 + dice.uniform(0.16, 0.4);
        chair(plan, pose, side * x, side * y, side > 0 ? Math.PI : 0, kind, paint, dice);
      }
      if (dice.chance(0.3)) {
        double x = table.width / 2 + dice.uniform(0.18, 0.35);
        chair(plan, pose, side * x, 0, side * Math.PI / 2, kind, paint, dice);
      }
    }
  }

  private static void chair(
      FloorPlan plan,
      Pose table,
      double x,
      double y,
      double yaw,
      long kind,
      long paint,
      Dice dice) {
    Model chair = Seating.chair(new Palette(new Dice(paint), 0.4), new Dice(kind));
    Pose pose = table.of(Pose.onFloor(x, y, yaw + 0.15 * dice.gaussian()));
    plan.placeBeside(chair, pose);
  }
}
