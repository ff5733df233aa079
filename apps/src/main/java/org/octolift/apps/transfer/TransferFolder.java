package org.octolift.apps.transfer;

import java.nio.file.Path;
import java.util.List;

/// Where a transfer keeps its things.
///
/// @param root folder of all
public record TransferFolder(Path root) {
  /// Panoramas with labels: what the 2-D teacher learns from.
  public Path teacherImages() {
    return root.resolve("teacher");
  }

  /// The 2-D teacher.
  public Path teacherWeights() {
    return root.resolve("teacher.safetensors");
  }

  /// The losses of the 2-D teacher's steps, a line each.
  public Path teacherLosses() {
    return root.resolve("teacher.csv");
  }

  /// Panoramas without labels that the 3-D network could see, their points, and what the 2-D
  /// teacher says.
  public Path panoramas() {
    return root.resolve("panoramas");
  }

  /// Scanned rooms to fine-tune on.
  public Path rooms() {
    return root.resolve("rooms");
  }

  /// Scanned rooms to test on.
  public Path tests() {
    return root.resolve("tests");
  }

  /// The labelled points of the rooms to fine-tune on.
  ///
  /// @param count of each room
  public Path points(int count) {
    return labels().resolve("points%d.npz".formatted(count));
  }

  private Path labels() {
    return root.resolve("labels");
  }

  /// The configuration of pre-training.
  public Path pretrainingFile() {
    return root.resolve("pretrain_rooms.yaml");
  }

  /// The configuration of fine-tuning.
  public Path finetuningFile() {
    return root.resolve("LA_rooms.yaml");
  }

  /// The run of pre-training.
  public Path pretraining() {
    return root.resolve("pretraining");
  }

  /// A run of fine-tuning.
  public Path finetuning(Tuning tuning) {
    return finetunings().resolve(tuning.toString());
  }

  private Path finetunings() {
    return root.resolve("finetuning");
  }

  /// What a fine-tuned network says of the test rooms.
  public Path predictions(Tuning tuning) {
    return predictions().resolve(tuning.toString());
  }

  private Path predictions() {
    return root.resolve("predictions");
  }

  /// Everything that a transfer writes.
  public List<Path> parts() {
    return List.of(
        teacherImages(),
        teacherWeights(),
        teacherLosses(),
        panoramas(),
        rooms(),
        tests(),
        labels(),
        pretrainingFile(),
        finetuningFile(),
        pretraining(),
        finetunings(),
        predictions());
  }
}
