package org.octolift.apps.config;

import java.util.Map;

/// The training programs, each with what it sets before any file is read, as the reference's
/// scripts do.
public enum Script {
  /// Segmentation with labels for every point (`segmentation.py`).
  SEGMENTATION(Map.of("LOSS.mask", 0L, "LOSS.num_class", 21L, "LOSS.point_wise", false)),
  /// Fine-tuning with a few labelled points a scene (`LA_segmentation.py`).
  LIMITED_ANNOTATIONS(Map.of("LOSS.mask", -1L, "LOSS.point_wise", false)),
  /// Fine-tuning with a few labelled scenes (`LR_segmentation.py`).
  LIMITED_RECONSTRUCTIONS(Map.of("LOSS.mask", -1L, "LOSS.point_wise", false)),
  /// Pre-training with the image parser's soft labels (`softlabel_segmentation.py`).
  SOFT_LABELS(Map.of("LOSS.mask", -1L, "LOSS.point_wise", false));

  private final Map<String, Object> presets;

  Script(Map<String, Object> presets) {
    this.presets = presets;
  }

  Map<String, Object> presets() {
    return presets;
  }
}
