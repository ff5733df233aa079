package org.octolift.apps.train;

import java.util.ArrayList;
import java.util.List;
import org.octolift.apps.config.DataConfig;
import org.octolift.apps.config.RunConfig;
import org.octolift.engine.InputException;

/// Settings that a kind of run does not read. Those that would restrict the labels are refused:
/// without them a run would learn from more than it was told to. Of the others a warning tells.
final class Unread {
  private static final String FINE_TUNING =
      "; use octolift finetune-la or finetune-lr, or take the key out";

  private static final String NO_LABELS =
      "octolift pretrain does not read them: it learns from no labels";

  private Unread() {}

  /// The settings of segmentation with all labels.
  ///
  /// @throws InputException when one restricts the labels
  static RunConfig requireAllLabels(RunConfig config) {
    if (config.usesTraining()) {
      DataConfig.Limited limited = config.train().limited();
      require(!limited.annotations(), "DATA.train.limit: expected False, got True");
      require(!limited.semiSupervised(), "DATA.train.semi: expected False, got True");
      require(
          limited.reconstructions().isEmpty(),
          "DATA.train.limited_reconst: expected nothing, got "
              + limited.reconstructions().map(Object::toString).orElse(""));
    }
    return config;
  }

  private static void require(boolean ok, String message) {
    if (!ok) {
      throw new InputException(
          message
              + ": octolift segment learns from all labels of DATA.train.filelist"
              + FINE_TUNING);
    }
  }

  /// A line for each setting of segmentation with all labels that has no effect.
  static List<String> segmentation(RunConfig config) {
    List<String> warnings = all(config);
    if (config.usesTraining()) {
      if (config.train().limited().points() > 0) {
        warnings.add(line("DATA.train.points"));
      }
      if (config.train().limited().pointsFile().isPresent()) {
        warnings.add(line("DATA.train.points_file"));
      }
      if (config.model().pretrained().isPresent()) {
        warnings.add(line("MODEL.pretrain_file"));
      }
      if (config.model().pseudoLabels().isPresent()) {
        warnings.add(line("MODEL.pseudo_file"));
      }
    }
    return warnings;
  }

  /// A line for each setting of pre-training that has no effect.
  static List<String> softLabels(RunConfig config) {
    List<String> warnings = all(config);
    if (config.usesTraining()) {
      DataConfig.Limited limited = config.train().limited();
      if (limited.annotations() || limited.reconstructions().isPresent()) {
        warnings.add("DATA.train.limit, DATA.train.limited_reconst: " + NO_LABELS);
      }
      if (config.model().pretrained().isPresent()) {
        warnings.add("MODEL.pretrain_file: octolift pretrain does not read it; see SOLVER.ckpt");
      }
    }
    return warnings;
  }

  private static String line(String key) {
    return key + ": octolift segment does not read it" + FINE_TUNING;
  }

  /// A line for each setting that no run reads.
  static List<String> all(RunConfig config) {
    List<String> warnings = new ArrayList<>();
    if (config.model().recompute()) {
      warnings.add(
          "MODEL.use_checkpoint: has no effect: what is cheap to compute again is never kept");
    }
    return warnings;
  }
}
