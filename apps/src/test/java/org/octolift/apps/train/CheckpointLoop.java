package org.octolift.apps.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.octolift.engine.io.NdArray;
import org.octolift.nn.checkpoint.Safetensors;

/// A program that saves checkpoints until it is killed: that of each epoch follows from its number.
/// It goes on after the latest, as training does, and tells the number of each that is complete.
final class CheckpointLoop {
  /// `SOLVER.ckpt_num`.
  static final int KEPT = 6;

  private CheckpointLoop() {}

  /// Values of the tensors of an epoch.
  static float[] values(int epoch, int sign) {
    float[] values = new float[500];
    Arrays.fill(values, sign * epoch);
    return values;
  }

  static void save(Checkpoints checkpoints, int epoch) throws IOException {
    checkpoints.save(
        epoch,
        file -> Safetensors.write(file, tensor(epoch, 1), Map.of()),
        file -> Safetensors.write(file, tensor(epoch, -1), Map.of()),
        Map.of("step", 10 * epoch));
  }

  private static Map<String, NdArray> tensor(int epoch, int sign) {
    return Map.of("w", NdArray.of(values(epoch, sign), 500));
  }

  public static void main(String[] arguments) throws IOException {
    Checkpoints checkpoints = new Checkpoints(Path.of(arguments[0]), KEPT);
    int epoch = checkpoints.latest().map(Checkpoints.Saved::epoch).orElse(0);
    while (true) {
      epoch++;
      save(checkpoints, epoch);
      System.out.println(epoch);
    }
  }
}
