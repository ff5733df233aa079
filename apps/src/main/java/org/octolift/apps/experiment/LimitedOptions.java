package org.octolift.apps.experiment;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.octolift.engine.InputException;

/// What the experiment shall do.
///
/// @param out folder to work in
/// @param config configuration of all trainings; none: that of this program
/// @param pairs `KEY VALUE` pairs that override it
/// @param rooms rooms to train on, at least 2
/// @param tests rooms to test on, others than those
/// @param labelledRooms how many of the rooms have labels with limited reconstructions
/// @param methods what is compared; a semi-supervised method brings its supervised one along
/// @param seeds of the trainings: network, order, augmentation, and which labels are given
/// @param validation whether to test on a third set of rooms, to choose settings without a look
/// at the test rooms
/// @param threads that compute; 0: all cores. Results do not depend on it
public record LimitedOptions(
    Path out,
    Optional<Path> config,
    List<String> pairs,
    int rooms,
    int tests,
    int labelledRooms,
    List<Method> methods,
    List<Long> seeds,
    boolean validation,
    int threads) {
  /// Checks the ranges.
  public LimitedOptions {
    pairs = List.copyOf(pairs);
    methods =
        methods.stream()
            .flatMap(method -> Stream.of(method.baseline(), method))
            .distinct()
            .sorted()
            .toList();
    seeds = List.copyOf(seeds);
    require(rooms >= 2 && rooms <= 9000, "--rooms", "2..9000", rooms);
    require(tests >= 1 && tests <= 900, "--tests", "1..900", tests);
    require(
        labelledRooms >= 1 && labelledRooms < rooms,
        "--labelled-rooms",
        "1 to one less than --rooms",
        labelledRooms);
    require(!methods.isEmpty(), "--methods", "at least one", methods);
    require(
        !seeds.isEmpty() && new HashSet<>(seeds).size() == seeds.size(),
        "--seeds",
        "different whole numbers",
        seeds);
    require(threads >= 0 && threads <= 4096, "--threads", "0..4096", threads);
  }

  private static void require(boolean ok, String what, String expected, Object actual) {
    if (!ok) {
      throw new InputException("%s: expected %s, got %s".formatted(what, expected, actual));
    }
  }
}
