package org.octolift.apps.rooms;

/// Furnishes the rooms of one type.
interface SceneBuilder {
  /// Builds walls, floor and furniture into an empty plan; what finds no place is left out.
  void furnish(FloorPlan plan, Palette palette, Dice dice);
}
