package org.octolift.apps.commands;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.octolift.apps.data.image.FloatImage;
import org.octolift.apps.data.image.ImageFiles;
import org.octolift.apps.dpt.DepthEstimator;
import org.octolift.apps.dpt.DepthImages;
import org.octolift.apps.dpt.DptWeights;
import org.octolift.apps.dpt.PublishedDpt;
import org.octolift.engine.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `octolift dpt depth`: depth of single images.
@Command(
    name = "depth",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Tells the depth of each pixel of images, by DPT-Hybrid or DPT-Large.",
      "",
      "For each image NAME.EXT, writes NAME.png (16-bit grey) and NAME.pfm (float32, rows from the"
          + " bottom), as DPT's own script does. MiDaS' weights tell inverse depth up to a scale"
          + " and a shift: large is near; the PNG stretches it to 0..65535. KITTI's tell depth in"
          + " 256ths of a metre, NYU's in millimetres, in both files. Reads PNG, JPEG and Netpbm;"
          + " JPEGs are turned upright by their EXIF orientation. An image that cannot be read is"
          + " named, and the others go on; the exit code is 1 then.",
      ""
    },
    footer = {
      "",
      "Example:",
      "  octolift dpt depth photos --weights dpt_large-midas-2f21e586.pt --out depth"
    })
public final class DptDepthCommand implements Callable<Integer> {
  private static final String PNG = ".png";
  private static final String PFM = ".pfm";

  @Option(
      names = "--weights",
      required = true,
      paramLabel = "FILE",
      description = {
        "Published weights; which they are is told from the file:",
        "dpt_hybrid-midas-501f0c75.pt, dpt_large-midas-2f21e586.pt,",
        "dpt_hybrid_kitti-cb926ef4.pt, dpt_hybrid_nyu-2ce69ec7.pt."
      })
  private Path weights;

  @Option(
      names = "--variant",
      paramLabel = "NAME",
      description = {
        "midas, kitti or nyu: whose weights of DPT-Hybrid they are",
        "(default: as the file's name begins; inside they look alike)."
      })
  private String variant;

  @Mixin private DptImages images;

  @Override
  public Integer call() throws IOException {
    List<Path> files = images.files(PNG, PFM);
    DptWeights.Loaded loaded = DptWeights.depth(weights, variant);
    PublishedDpt published = loaded.published();
    try (Device device = images.device();
        DepthEstimator estimator = new DepthEstimator(device, loaded.network(), published.aim())) {
      return images.each(
          files,
          file -> {
            FloatImage depth = estimator.depth(ImageFiles.readUpright(file));
            boolean relative = published.units() == 0;
            FloatImage written = relative ? depth : DepthImages.inUnits(depth, published.units());
            DepthImages.writePfm(images.result(file, PFM), written);
            DepthImages.writePng(
                images.result(file, PNG), relative ? DepthImages.stretched(depth) : written);
            return summary(depth, relative);
          });
    }
  }

  private static String summary(FloatImage depth, boolean relative) {
    float least = Float.POSITIVE_INFINITY;
    float greatest = Float.NEGATIVE_INFINITY;
    for (float value : depth.values()) {
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    String format = relative ? "inverse depth %.1f to %.1f" : "%.2f to %.2f m";
    return String.format(Locale.ROOT, format, least, greatest);
  }
}
