package org.octolift.apps.rooms;

import org.octolift.apps.rooms.Material.Colour;

/// How a scene is lit: a lamp under the ceiling, light from all around, and daylight that falls
/// from one side without shadows.
///
/// @param ambient brightness without any lamp
/// @param lamp brightness of a surface straight below the lamp
/// @param x position of the lamp
/// @param y position of the lamp
/// @param z position of the lamp
/// @param daylight brightness that the daylight adds to a surface facing it
/// @param dx horizontal unit direction towards the daylight
/// @param dy horizontal unit direction towards the daylight
/// @param tint colour of all light
record Lighting(
    double ambient,
    double lamp,
    double x,
    double y,
    double z,
    double daylight,
    double dx,
    double dy,
    Colour tint) {
  static Lighting of(Dice dice, double width, double depth, double height) {
    double angle = dice.uniform(0, 2 * Math.PI);
    double warmth = dice.uniform(-0.08, 0.14);
    return new Lighting(
        dice.uniform(0.45, 0.68),
        dice.uniform(0.4, 0.75),
        width * dice.uniform(0.35, 0.65),
        depth * dice.uniform(0.35, 0.65),
        height * dice.uniform(0.85, 0.97),
        dice.uniform(0, 0.35),
        StrictMath.cos(angle),
        StrictMath.sin(angle),
        new Colour(1, 1 - 0.3 * Math.abs(warmth), 1 - Math.max(-0.05, warmth)));
  }
}
