package org.octolift.apps.transfer;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.octolift.engine.InputException;

/// What shall be transferred, and where.
///
/// @param out folder to work in
/// @param scale how much of everything
/// @param seed of the rooms, the labels and the networks; the test rooms do not depend on it
/// @param threads that compute; 0: all cores. Results do not depend on it
/// @param device to compute on: `cpu` or `gpu`
/// @param dptWeights weights of DPT-Hybrid, which then is the 2-D teacher
/// @param pairs settings that override those of pre-training and fine-tuning
public record TransferOptions(
    Path out,
    TransferScale scale,
    long seed,
    int threads,
    String device,
    Optional<Path> dptWeights,
    List<String> pairs) {
  /// Checks the range of the threads.
  public TransferOptions {
    pairs = List.copyOf(pairs);
    if (threads < 0 || threads > 4096) {
      throw new InputException("threads: expected 0..4096, got %d".formatted(threads));
    }
  }

  /// The same in another folder and with another seed.
  public TransferOptions with(Path folder, long other) {
    return new TransferOptions(folder, scale, other, threads, device, dptWeights, pairs);
  }
}
