package org.octolift.apps.transfer;

import org.octolift.engine.InputException;

/// How much of everything. No room serves two purposes.
///
/// @param teacherRooms rooms whose panoramas, two of each, the 2-D teacher learns from, with labels
/// @param teacherSteps of its optimiser
/// @param panoramas rooms of which the 3-D network sees one panorama each, without labels
/// @param pretrainingEpochs passes over these
/// @param rooms scanned rooms to fine-tune on, at least 2, with a few labelled points each
/// @param points labelled points of each of them
/// @param finetuningEpochs passes over these rooms
/// @param tests further scanned rooms to test on
public record TransferScale(
    int teacherRooms,
    int teacherSteps,
    int panoramas,
    int pretrainingEpochs,
    int rooms,
    int points,
    int finetuningEpochs,
    int tests) {
  /// Checks the ranges.
  public TransferScale {
    require(teacherRooms, 1, 9000, "rooms of the 2-D teacher");
    require(teacherSteps, 1, 1_000_000, "steps of the 2-D teacher");
    require(panoramas, 2, 9000, "rooms to pre-train on");
    require(pretrainingEpochs, 1, 10_000, "epochs of pre-training");
    require(rooms, 2, 9000, "rooms to fine-tune on");
    require(points, 1, 1_000_000, "labelled points a room");
    require(finetuningEpochs, 1, 10_000, "epochs of fine-tuning");
    require(tests, 1, 900, "rooms to test on");
  }

  /// Learns something worth looking at in a few minutes on two cores.
  public static TransferScale standard() {
    return new TransferScale(120, 600, 150, 6, 40, 20, 31, 15);
  }

  /// Takes the same path in about a minute; learns next to nothing.
  public static TransferScale quick() {
    return new TransferScale(6, 10, 8, 2, 6, 20, 3, 3);
  }

  private static void require(int actual, int least, int most, String what) {
    if (actual < least || actual > most) {
      throw new InputException("%s: expected %d..%d, got %d".formatted(what, least, most, actual));
    }
  }
}
