package org.octolift.apps.dpt;

import java.util.List;
import org.octolift.apps.report.Ade20k;
import org.octolift.engine.Grid;
import org.octolift.nn.models.dpt.DptBackbone;
import org.octolift.nn.models.dpt.DptInput;
import org.octolift.nn.models.dpt.DptTask;

/// Weights that DPT's authors have published, and how their scripts use them.
///
/// @param variant the data that they were made for: ade20k, midas, kitti or nyu
/// @param file the file's name
/// @param backbone the encoder
/// @param task what is told of each pixel
/// @param aim the size that images are brought near to
/// @param units of a metre in images of depth; 0 where depth is relative
public record PublishedDpt(
    String variant, String file, DptBackbone backbone, DptTask task, Grid aim, int units) {
  /// Where the files are.
  static final String RELEASE = "https://github.com/isl-org/DPT/releases/tag/1_0";

  private static final Grid SQUARE = new Grid(1, 384, 384);
  private static final Grid STREET = new Grid(1, 352, 1216);
  private static final Grid ROOM = new Grid(1, 480, 640);
  private static final DptTask INVERSE = new DptTask.InverseDepth();

  private static final List<PublishedDpt> ALL =
      List.of(
          classes(DptWeights.SEGMENTATION, DptBackbone.HYBRID),
          classes("dpt_large-ade20k-b12dca68.pt", DptBackbone.LARGE),
          new PublishedDpt(
              "midas", "dpt_hybrid-midas-501f0c75.pt", DptBackbone.HYBRID, INVERSE, SQUARE, 0),
          new PublishedDpt(
              "midas", "dpt_large-midas-2f21e586.pt", DptBackbone.LARGE, INVERSE, SQUARE, 0),
          depth("kitti", "dpt_hybrid_kitti-cb926ef4.pt", 0.00006016f, 0.00579f, STREET, 256),
          depth("nyu", "dpt_hybrid_nyu-2ce69ec7.pt", 0.000305f, 0.1378f, ROOM, 1000));

  private static PublishedDpt classes(String file, DptBackbone backbone) {
    DptTask task = new DptTask.Segmentation(Ade20k.names().size());
    return new PublishedDpt("ade20k", file, backbone, task, DptInput.REFERENCE, 0);
  }

  private static PublishedDpt depth(
      String variant, String file, float scale, float shift, Grid aim, int units) {
    DptTask task = new DptTask.Depth(scale, shift);
    return new PublishedDpt(variant, file, DptBackbone.HYBRID, task, aim, units);
  }

  /// All that tell classes, or all that tell depth.
  static List<PublishedDpt> all(boolean classes) {
    return ALL.stream()
        .filter(model -> model.task instanceof DptTask.Segmentation == classes)
        .toList();
  }

  /// What the file's name begins with, before the checksum.
  String prefix() {
    return file.substring(0, file.lastIndexOf('-'));
  }
}
