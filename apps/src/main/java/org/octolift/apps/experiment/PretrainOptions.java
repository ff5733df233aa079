package org.octolift.apps.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.octolift.apps.transfer.TransferOptions;
import org.octolift.apps.transfer.TransferScale;
import org.octolift.apps.transfer.Tuning;
import org.octolift.engine.InputException;

/// What to compare.
///
/// @param transfer what each seed does; its folder holds those of the seeds, its seed is not read
/// @param seeds at least one
/// @param points labelled points a room, at least one number
/// @param epochs of fine-tuning, at least one number
public record PretrainOptions(
    TransferOptions transfer, List<Long> seeds, List<Integer> points, List<Integer> epochs) {
  /// Copies the lists and checks them.
  public PretrainOptions {
    seeds = List.copyOf(seeds);
    points = List.copyOf(points);
    if (seeds.isEmpty() || seeds.stream().distinct().count() < seeds.size()) {
      throw new InputException("--seeds: expected different seeds, got %s".formatted(seeds));
    }
    epochs = List.copyOf(epochs);
    require("--points", points);
    require("--epochs", epochs);
  }

  private static void require(String option, List<Integer> numbers) {
    if (numbers.isEmpty()
        || numbers.stream().distinct().count() < numbers.size()
        || numbers.stream().anyMatch(count -> count < 1)) {
      throw new InputException(
          "%s: expected different numbers of 1 and above, got %s".formatted(option, numbers));
    }
  }

  /// All fine-tunings of a seed.
  List<Tuning> tunings() {
    List<Tuning> tunings = new ArrayList<>();
    for (int count : points) {
      for (int passes : epochs) {
        for (Tuning.Start start : Tuning.Start.values()) {
          tunings.add(new Tuning(start, count, passes));
        }
      }
    }
    return tunings;
  }

  /// What a seed does.
  TransferOptions of(long seed) {
    Path folder = transfer.out().resolve("seed-" + seed);
    return transfer.with(folder, seed);
  }

  /// How much of everything.
  TransferScale scale() {
    return transfer.scale();
  }
}
