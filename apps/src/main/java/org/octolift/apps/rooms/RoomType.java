package org.octolift.apps.rooms;

/// What a room is for, with the usual range of its size.
public enum RoomType {
  LIVING_ROOM("living room", 4.2, 6.4, 3.6, 5.2, new LivingRoom()),
  BEDROOM("bedroom", 3.4, 5.0, 3.2, 4.4, new Bedroom()),
  KITCHEN("kitchen", 3.2, 5.0, 2.8, 4.2, new Kitchen()),
  OFFICE("office", 3.2, 5.6, 3.0, 4.6, new Office()),
  BATHROOM("bathroom", 2.4, 3.6, 2.1, 3.0, new Bathroom());

  private final String title;
  final double narrowest;
  final double widest;
  final double shallowest;
  final double deepest;
  final SceneBuilder builder;

  RoomType(
      String title,
      double narrowest,
      double widest,
      double shallowest,
      double deepest,
      SceneBuilder builder) {
    this.title = title;
    this.narrowest = narrowest;
    this.widest = widest;
    this.shallowest = shallowest;
    this.deepest = deepest;
    this.builder = builder;
  }

  /// The type in words.
  public String title() {
    return title;
  }
}
