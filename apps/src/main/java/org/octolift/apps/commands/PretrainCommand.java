package org.octolift.apps.commands;

import java.util.function.Consumer;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.Script;
import org.octolift.apps.softlabel.ImageTeachers;
import org.octolift.apps.train.Progress;
import org.octolift.apps.train.SegmentationJob;
import picocli.CommandLine.Command;

/// `octolift pretrain`: pre-training with soft labels.
@Command(
    name = "pretrain",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Pre-trains a segmentation network with what a 2-D network says about RGB-D images; no labels needed.",
      "",
      "Scans are those of octolift data mp3d: clouds with the pixel of each point, and their images"
          + " beside them. MODEL.teacher names the weights of DPT-Hybrid, which give each pixel the"
          + " probabilities of ADE20K's 150 classes. They are computed once, before training begins,"
          + " and stored in DATA.train.soft_labels and DATA.test.soft_labels, as octolift pseudolabel"
          + " does; DATA.train.soft_store False computes them in every step, with the same result.",
      "",
      "octolift finetune-la and finetune-lr take what was learnt as MODEL.pretrain_file.",
      "",
      "Reads the reference's YAML files. SOLVER.run chooses: train (goes on after the latest checkpoint"
          + " in SOLVER.logdir), test, evaluate (writes class probabilities), or profile (measures one step).",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  octolift pretrain --config config/seg_mp3d.yaml",
      "  octolift pretrain --config config/seg_mp3d.yaml \\",
      "      DATA.train.soft_top_k 16 DATA.test.soft_top_k 16",
      "  octolift finetune-la --config config/LA_scannet.yaml MODEL.pretrain_file \\",
      "      logs/mp3d/D9_2cm/checkpoints/00200.model.safetensors"
    })
public final class PretrainCommand extends RunCommand {
  /// For the command line.
  public PretrainCommand() {
    super(Script.SOFT_LABELS);
  }

  @Override
  SegmentationJob job(RunConfig settings, Consumer<String> console, Progress.Display display) {
    return SegmentationJob.softLabels(
        settings, ImageTeachers.of(settings.model().teacher()), console, display);
  }
}
