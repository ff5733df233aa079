package org.octolift.apps.demo;

import java.nio.file.Path;
import java.util.OptionalInt;
import org.octolift.engine.InputException;

/// What a demo shall do.
///
/// @param out folder to work in
/// @param rooms rooms to train on, at least 2
/// @param tests further rooms to test on, at least 1
/// @param seed of the rooms and of the network
/// @param threads that compute; 0: all cores. Results do not depend on it
/// @param device to train and label on: `cpu` or `gpu`
/// @param epochs to train; empty: as many as the configuration says
public record DemoOptions(
    Path out, int rooms, int tests, long seed, int threads, String device, OptionalInt epochs) {
  /// Checks the ranges.
  public DemoOptions {
    require(rooms >= 2 && rooms <= 9000, "rooms to train on", "2..9000", rooms);
    require(tests >= 1 && tests <= 900, "rooms to test on", "1..900", tests);
    require(threads >= 0 && threads <= 4096, "threads", "0..4096", threads);
    require(epochs.isEmpty() || epochs.getAsInt() >= 1, "epochs", "at least 1", epochs.orElse(0));
  }

  /// Learns something worth looking at in a few minutes on two cores.
  public static DemoOptions standard(Path out) {
    return new DemoOptions(out, 150, 15, 1, 0, "cpu", OptionalInt.empty());
  }

  /// Takes the same path in well under a minute; learns next to nothing.
  public static DemoOptions quick(Path out) {
    return new DemoOptions(out, 8, 5, 1, 0, "cpu", OptionalInt.of(2));
  }

  private static void require(boolean ok, String what, String expected, int actual) {
    if (!ok) {
      throw new InputException("%s: expected %s, got %d".formatted(what, expected, actual));
    }
  }
}
