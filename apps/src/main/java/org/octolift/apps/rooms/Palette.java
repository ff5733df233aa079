package org.octolift.apps.rooms;

import org.octolift.apps.rooms.Material.Colour;
import org.octolift.apps.rooms.Material.Pattern;

/// Draws materials. Families overlap on purpose, and any object may come in an unusual colour, so
/// that colour is a hint of the class but never gives it away.
final class Palette {
  private final Dice dice;
  private final double variation;

  /// @param variation 0: usual colours with little spread; 1: any colour for about a third of
  ///     all objects
  Palette(Dice dice, double variation) {
    this.dice = dice;
    this.variation = variation;
  }

  /// Light to dark brown with grain; sometimes lacquered in white, black or a colour.
  Material wood() {
    if (dice.chance(0.12 + 0.25 * variation)) {
      return lacquer();
    }
    double value = dice.uniform(0.25, 0.85);
    Colour main = colour(dice.uniform(0.04, 0.11), dice.uniform(0.3, 0.65), value);
    return new Material(main, main.times(dice.uniform(0.65, 0.9)), Pattern.WOOD, 0.03, 0);
  }

  /// Even paint: white and grey most often.
  Material lacquer() {
    Colour colour =
        dice.chance(0.6)
            ? colour(dice.uniform(), dice.uniform(0, 0.1), dice.uniform(0.1, 0.97))
            : colour(dice.uniform(), dice.uniform(0.2, 0.7), dice.uniform(0.3, 0.9));
    return Material.plain(colour);
  }

  /// Woven cloth in any colour, grey and beige most often.
  Material fabric() {
    Colour colour =
        dice.chance(0.45)
            ? colour(dice.uniform(0.05, 0.15), dice.uniform(0.02, 0.3), dice.uniform(0.2, 0.9))
            : colour(dice.uniform(), dice.uniform(0.15, 0.65), dice.uniform(0.25, 0.85));
    return cloth(colour);
  }

  /// Cloth that is nearly white: sheets, pillows.
  Material linen() {
    return dice.chance(0.7 - 0.4 * variation)
        ? cloth(colour(dice.uniform(), dice.uniform(0, 0.12), dice.uniform(0.75, 0.97)))
        : fabric();
  }

  /// Leather or plastic.
  Material hide() {
    return Material.plain(
        dice.chance(0.5)
            ? colour(dice.uniform(), dice.uniform(0, 0.2), dice.uniform(0.08, 0.35))
            : colour(dice.uniform(), dice.uniform(0.3, 0.8), dice.uniform(0.25, 0.8)));
  }

  /// Grey to black, now and then shiny.
  Material metal() {
    return Material.plain(colour(0.6, dice.uniform(0, 0.08), dice.uniform(0.1, 0.85)))
        .withGlare(dice.uniform(0.02, 0.25));
  }

  /// Glazed white and its pale relatives.
  Material ceramic() {
    return Material.plain(colour(dice.uniform(), dice.uniform(0, 0.1), dice.uniform(0.78, 0.98)))
        .withGlare(dice.uniform(0.02, 0.12));
  }

  /// Polished stone, laminate or steel of a worktop.
  Material worktop() {
    Colour main = colour(dice.uniform(0.05, 0.15), dice.uniform(0, 0.35), dice.uniform(0.12, 0.9));
    return new Material(main, main.times(0.7), Pattern.PATCHES, dice.uniform(0.05, 0.3), 0.04);
  }

  /// Painted wall.
  Material wallPaint() {
    Colour colour =
        dice.chance(0.55)
            ? colour(dice.uniform(0.05, 0.2), dice.uniform(0, 0.18), dice.uniform(0.7, 0.97))
            : colour(dice.uniform(), dice.uniform(0.05, 0.4), dice.uniform(0.45, 0.95));
    return new Material(colour, colour.times(0.94), Pattern.PATCHES, 0.9, 0);
  }

  /// Tiles of a wall or floor.
  Material tiles(double size) {
    Colour main = colour(dice.uniform(), dice.uniform(0, 0.3), dice.uniform(0.4, 0.97));
    return new Material(main, main.times(dice.uniform(0.5, 0.8)), Pattern.TILES, size, 0.02);
  }

  /// Parquet, tiles or carpet.
  Material floor() {
    int choice = dice.below(10);
    if (choice < 5) {
      Material boards = wood();
      return new Material(boards.main(), boards.second(), Pattern.WOOD, 0.08, 0);
    }
    if (choice < 7) {
      return tiles(dice.uniform(0.2, 0.6));
    }
    return cloth(colour(dice.uniform(), dice.uniform(0.03, 0.35), dice.uniform(0.3, 0.75)));
  }

  /// Glass, which a depth camera mostly misses.
  Material glass() {
    Colour sky = colour(dice.uniform(0.5, 0.65), dice.uniform(0, 0.35), dice.uniform(0.55, 1));
    return new Material(sky, sky.times(0.8), Pattern.PATCHES, 0.8, dice.uniform(0.35, 0.7));
  }

  /// A painting, print or photograph.
  Material painting() {
    Colour main = colour(dice.uniform(), dice.uniform(0.2, 0.9), dice.uniform(0.2, 0.95));
    Colour second = colour(dice.uniform(), dice.uniform(0.2, 0.9), dice.uniform(0.2, 0.95));
    return new Material(main, second, Pattern.PATCHES, dice.uniform(0.08, 0.3), 0.03);
  }

  /// A row of books.
  Material books() {
    Colour main = colour(dice.uniform(), dice.uniform(0.2, 0.8), dice.uniform(0.3, 0.9));
    Colour second = colour(dice.uniform(), dice.uniform(0.1, 0.8), dice.uniform(0.1, 0.9));
    return new Material(main, second, Pattern.SPINES, dice.uniform(0.02, 0.045), 0);
  }

  /// Green leaves.
  Material leaf() {
    Colour main = colour(dice.uniform(0.2, 0.4), dice.uniform(0.4, 0.8), dice.uniform(0.25, 0.6));
    return new Material(main, main.times(0.5), Pattern.PATCHES, 0.05, 0.03);
  }

  private Material cloth(Colour colour) {
    return new Material(colour, colour.times(0.8), Pattern.CLOTH, dice.uniform(0.01, 0.03), 0);
  }

  /// The asked colour or, for some objects, any colour at all.
  private Colour colour(double hue, double saturation, double value) {
    if (dice.chance(0.3 * variation)) {
      return Colour.ofHue(dice.uniform(), dice.uniform(0, 0.65), dice.uniform(0.15, 0.95));
    }
    double spread = 0.03 * (1 + variation);
    return Colour.ofHue(
        hue + spread * dice.gaussian(),
        Math.clamp(saturation + spread * dice.gaussian(), 0.0, 1.0),
        Math.clamp(value + spread * dice.gaussian(), 0.05, 1.0));
  }
}
