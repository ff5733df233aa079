package org.octolift.apps.commands;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.data.image.ImageFiles;
import org.octolift.apps.dpt.DptWeights;
import org.octolift.apps.dpt.ImageSegmenter;
import org.octolift.apps.dpt.LabelImages;
import org.octolift.apps.report.Ade20k;
import org.octolift.engine.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `octolift dpt segment`: semantic segmentation of images.
@Command(
    name = "segment",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Labels each pixel of images with one of ADE20K's 150 classes, by DPT-Hybrid or DPT-Large.",
      "",
      "For each image NAME.EXT, writes NAME.png (grey, class 1 to 150, as ADE20K's annotations) and"
          + " NAME.overlay.png (the classes' colours over the image). Reads PNG, JPEG and Netpbm;"
          + " JPEGs are turned upright by their EXIF orientation. An image that cannot be read is"
          + " named, and the others go on; the exit code is 1 then.",
      ""
    },
    footer = {
      "",
      "Example:",
      "  octolift dpt segment photos --weights dpt_large-ade20k-b12dca68.pt \\",
      "      --out labels"
    })
public final class DptSegmentCommand implements Callable<Integer> {
  private static final String LABELS = ".png";
  private static final String OVERLAY = ".overlay.png";

  @Option(
      names = "--weights",
      required = true,
      paramLabel = "FILE",
      description = {
        "Published weights; which they are is told from the file:",
        DptWeights.SEGMENTATION + ", dpt_large-ade20k-b12dca68.pt."
      })
  private Path weights;

  @Mixin private DptImages images;

  @Override
  public Integer call() throws IOException {
    List<Path> files = images.files(LABELS, OVERLAY);
    try (Device device = images.device();
        ImageSegmenter segmenter = new ImageSegmenter(device, DptWeights.segmentation(weights))) {
      return images.each(
          files,
          file -> {
            ColourImage image = ImageFiles.readUpright(file);
            int[] classes = segmenter.classes(image);
            LabelImages.write(images.result(file, LABELS), image, classes);
            LabelImages.writeOverlay(images.result(file, OVERLAY), image, classes);
            return "mostly " + Ade20k.names().get(mostFrequent(classes));
          });
    }
  }

  private static int mostFrequent(int[] classes) {
    int[] counts = new int[Ade20k.names().size()];
    int best = 0;
    for (int index : classes) {
      counts[index]++;
    }
    for (int index = 1; index < counts.length; index++) {
      best = counts[index] > counts[best] ? index : best;
    }
    return best;
  }
}
