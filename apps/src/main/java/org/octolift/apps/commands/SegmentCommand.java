package org.octolift.apps.commands;

import java.util.function.Consumer;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.Script;
import org.octolift.apps.train.Progress;
import org.octolift.apps.train.SegmentationJob;
import picocli.CommandLine.Command;

/// `octolift segment`: supervised segmentation.
@Command(
    name = "segment",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Trains, tests or evaluates a segmentation network on labelled scans.",
      "",
      "Reads the reference's YAML files. SOLVER.run chooses: train (goes on after the latest checkpoint"
          + " in SOLVER.logdir), test, evaluate (writes class probabilities), or profile (measures one step).",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  octolift segment --config config/rooms.yaml",
      "  octolift segment --config config/rooms.yaml SOLVER.run test",
      "  octolift segment --config config/rooms.yaml SOLVER.max_epoch 20 SOLVER.logdir logs/long"
    })
public final class SegmentCommand extends RunCommand {
  /// For the command line.
  public SegmentCommand() {
    super(Script.SEGMENTATION);
  }

  @Override
  SegmentationJob job(RunConfig settings, Consumer<String> console, Progress.Display display) {
    return new SegmentationJob(settings, console, display);
  }
}
