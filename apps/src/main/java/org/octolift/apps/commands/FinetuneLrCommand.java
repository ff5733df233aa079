package org.octolift.apps.commands;

import java.util.function.Consumer;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.Script;
import org.octolift.apps.train.Progress;
import org.octolift.apps.train.SegmentationJob;
import picocli.CommandLine.Command;

/// `octolift finetune-lr`: fine-tuning with limited reconstructions.
@Command(
    name = "finetune-lr",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Fine-tunes a segmentation network with a few labelled scans.",
      "",
      "DATA.train.limited_reconst lists them. The trunk starts from MODEL.pretrain_file. With DATA.train.semi"
          + " True the other scans of DATA.train.filelist teach, too: MODEL.pseudo_file, the weights of a"
          + " network trained without them, labels the points that it is surest of; the rest is held"
          + " consistent with a mean teacher.",
      "",
      "Reads the reference's YAML files. SOLVER.run chooses: train (goes on after the latest checkpoint"
          + " in SOLVER.logdir), test, evaluate (writes class probabilities), or profile (measures one step).",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  octolift finetune-lr --config config/LR_scannet.yaml",
      "  octolift finetune-lr --config config/LR_scannet.yaml \\",
      "      DATA.train.semi True SOLVER.logdir logs/LR_semi",
      "  octolift finetune-lr --config config/LR_scannet.yaml \\",
      "      DATA.train.limited_reconst points/LR/5.txt"
    })
public final class FinetuneLrCommand extends RunCommand {
  /// For the command line.
  public FinetuneLrCommand() {
    super(Script.LIMITED_RECONSTRUCTIONS);
  }

  @Override
  SegmentationJob job(RunConfig settings, Consumer<String> console, Progress.Display display) {
    return SegmentationJob.limitedReconstructions(settings, console, display);
  }
}
