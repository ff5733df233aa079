package org.octolift.apps.rooms;

import java.util.Optional;

/// A desk at a wall with a seat before it.
final class Workplace {
  private Workplace() {}

  /// Puts the desk at some wall and the seat, turned a little, in front of it.
  static void place(FloorPlan plan, Palette palette, Dice dice, Model seat) {
    Model desk = Storage.desk(palette, dice);
    Optional<Pose> pose = plan.placeAtWall(desk, 0.03, dice);
    if (pose.isPresent()) {
      double x = desk.width * dice.uniform(-0.15, 0.15);
      double y = desk.depth / 2 + dice.uniform(0.12, 0.5);
      double yaw = Math.PI + 0.3 * dice.gaussian();
      plan.placeBeside(seat, pose.get().of(Pose.onFloor(x, y, yaw)));
    }
  }
}
