package org.octolift.apps.commands;

import java.util.function.Consumer;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.Script;
import org.octolift.apps.train.Progress;
import org.octolift.apps.train.SegmentationJob;
import picocli.CommandLine.Command;

/// `octolift finetune-la`: fine-tuning with limited annotations.
@Command(
    name = "finetune-la",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Fine-tunes a segmentation network with a few labelled points a scan.",
      "",
      "The points are those of points/LA/pointsN, N being DATA.train.points, or of DATA.train.points_file."
          + " The trunk starts from MODEL.pretrain_file. DATA.train.semi True lets the other points teach,"
          + " too: by consistency with a mean teacher and by their entropy.",
      "",
      "Reads the reference's YAML files. SOLVER.run chooses: train (goes on after the latest checkpoint"
          + " in SOLVER.logdir), test, evaluate (writes class probabilities), or profile (measures one step).",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  octolift finetune-la --config config/LA_scannet.yaml",
      "  octolift finetune-la --config config/LA_scannet.yaml \\",
      "      DATA.train.points 20 SOLVER.logdir logs/LA_20",
      "  octolift finetune-la --config config/LA_scannet.yaml DATA.train.semi False"
    })
public final class FinetuneLaCommand extends RunCommand {
  /// For the command line.
  public FinetuneLaCommand() {
    super(Script.LIMITED_ANNOTATIONS);
  }

  @Override
  SegmentationJob job(RunConfig settings, Consumer<String> console, Progress.Display display) {
    return SegmentationJob.limitedAnnotations(settings, console, display);
  }
}
