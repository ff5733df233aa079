package org.octolift.apps.experiment;

import java.nio.file.Path;
import java.util.List;
import org.octolift.apps.transfer.TransferOptions;
import org.octolift.apps.transfer.TransferScale;
import org.octolift.engine.InputException;

/// What to compare.
///
/// @param transfer what each seed does; its folder holds those of the seeds, its seed is not read
/// @param seeds at least one
/// @param points labelled points a room, at least one number
public record PretrainOptions(TransferOptions transfer, List<Long> seeds, List<Integer> points) {
  /// Copies the lists and checks them.
  public PretrainOptions {
    seeds = List.copyOf(seeds);
    points = List.copyOf(points);
    if (seeds.isEmpty() || seeds.stream().distinct().count() < seeds.size()) {
      throw new InputException("--seeds: expected different seeds, got %s".formatted(seeds));
    }
    if (points.isEmpty()
        || points.stream().distinct().count() < points.size()
        || points.stream().anyMatch(count -> count < 1)) {
      throw new InputException(
          "--points: expected different numbers of 1 and above, got %s".formatted(points));
    }
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
