package org.octolift.apps.rooms;

import java.util.Arrays;
import java.util.Locale;

/// What a surface belongs to, with the index of the ScanNet-20 benchmark as the reference counts
/// it: 0 is unlabelled and takes no part in training.
public enum RoomClass {
  UNLABELLED(0),
  WALL(1),
  FLOOR(2),
  CABINET(3),
  BED(4),
  CHAIR(5),
  SOFA(6),
  TABLE(7),
  DOOR(8),
  WINDOW(9),
  BOOKSHELF(10),
  PICTURE(11),
  COUNTER(12),
  DESK(13),
  CURTAIN(14),
  REFRIGERATOR(15),
  SHOWER_CURTAIN(16),
  TOILET(17),
  SINK(18),
  BATHTUB(19),
  OTHERFURNITURE(20);

  private final int index;

  RoomClass(int index) {
    this.index = index;
  }

  /// The class with an index of 0..20.
  public static RoomClass of(int index) {
    return Arrays.stream(values())
        .filter(value -> value.index == index)
        .findAny()
        .orElseThrow(() -> new IllegalArgumentException("no class has index " + index));
  }

  /// The label of the benchmark, 0..20.
  public int index() {
    return index;
  }

  /// The benchmark's name, such as {@code shower_curtain}.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
