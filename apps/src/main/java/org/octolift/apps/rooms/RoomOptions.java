package org.octolift.apps.rooms;

import java.util.List;

/// How rooms are made and scanned.
///
/// @param types room types to draw from, at least one
/// @param voxel resolution of the scan in metres, 0.005..0.5
/// @param points most points of a scan, at least 1
/// @param views number of camera positions, 1..1000
/// @param smallest size of the smallest room within its type's usual range, 0..1
/// @param largest size of the largest room within its type's usual range, 0..1
/// @param noise sensor errors, 0 (none) to 2; 1 is a first-generation depth camera
/// @param colourVariation 0: usual colours; 1: any object in any colour
public record RoomOptions(
    List<RoomType> types,
    double voxel,
    int points,
    int views,
    double smallest,
    double largest,
    double noise,
    double colourVariation) {
  /// Checks the ranges.
  public RoomOptions {
    types = List.copyOf(types);
    require(!types.isEmpty(), "types", "at least one room type", types);
    require(voxel >= 0.005 && voxel <= 0.5, "voxel", "0.005..0.5", voxel);
    require(points >= 1, "points", "at least 1", points);
    require(views >= 1 && views <= 1000, "views", "1..1000", views);
    require(smallest >= 0 && smallest <= largest, "smallest", "0..largest", smallest);
    require(largest <= 1, "largest", "smallest..1", largest);
    require(noise >= 0 && noise <= 2, "noise", "0..2", noise);
    require(
        colourVariation >= 0 && colourVariation <= 1, "colour variation", "0..1", colourVariation);
  }

  /// Rooms of all types with up to 40 000 points, about 4 cm apart: what the demo trains on.
  public static RoomOptions demo() {
    return new RoomOptions(List.of(RoomType.values()), 0.04, 40_000, 20, 0, 1, 0.6, 0.4);
  }

  /// Rooms of all types with up to 150 000 points, about 2 cm apart, as real scans have.
  public static RoomOptions realistic() {
    return new RoomOptions(List.of(RoomType.values()), 0.02, 150_000, 24, 0, 1, 0.6, 0.4);
  }

  /// These options for other room types.
  public RoomOptions withTypes(List<RoomType> others) {
    return new RoomOptions(others, voxel, points, views, smallest, largest, noise, colourVariation);
  }

  /// These options with another resolution.
  ///
  /// @param edge of a voxel in metres
  /// @param most points of a scan
  public RoomOptions withResolution(double edge, int most) {
    return new RoomOptions(types, edge, most, views, smallest, largest, noise, colourVariation);
  }

  /// These options with another amount of sensor errors.
  public RoomOptions withNoise(double scale) {
    return new RoomOptions(types, voxel, points, views, smallest, largest, scale, colourVariation);
  }

  private static void require(boolean ok, String what, String expected, Object actual) {
    if (!ok) {
      throw new IllegalArgumentException(
          "room %s: expected %s, got %s".formatted(what, expected, actual));
    }
  }
}
