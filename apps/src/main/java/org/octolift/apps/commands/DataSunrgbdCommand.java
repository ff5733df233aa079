package org.octolift.apps.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import org.octolift.apps.data.MappedFile;
import org.octolift.apps.data.prepare.SunRgbdPreparation;
import org.octolift.apps.data.rgbd.DepthEncoding;
import org.octolift.engine.InputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `octolift data sunrgbd`: SUN RGB-D's frames in, points with normals and labels out.
@Command(
    name = "sunrgbd",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Makes points with normals, colours, pixel indices and labels of SUN RGB-D's frames.",
      "",
      "Every folder below --path-in that has image/, depth/ and intrinsics.txt is a scene. A label"
          + " image belongs to the scene that --scenes names, or else to the one whose image or"
          + " folder has its name.",
      "",
      "Writes NAME.ply and the image to train/ and val/, and the lists sunrgbd_train.txt,"
          + " sunrgbd_train_img.txt and so on.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  octolift data sunrgbd --path-in SUNRGBD --path-out data/sunrgbd",
      "  octolift data sunrgbd --path-in SUN --labels labels --scenes scenes.txt \\",
      "      --depth-encoding sun --depth-scale 1000"
    })
public final class DataSunrgbdCommand implements Callable<Integer> {
  private static final int MAX_LIST_BYTES = 64 << 20;

  @Spec private CommandSpec spec;

  @Option(
      names = {"--path-in", "--path_in"},
      required = true,
      paramLabel = "DIR",
      description = "Folder of the scenes.")
  private String input;

  @Option(
      names = {"--path-out", "--path_out"},
      defaultValue = "data/sunrgbd",
      paramLabel = "DIR",
      description = "Folder to write to (default: ${DEFAULT-VALUE}).")
  private String output;

  @Option(
      names = "--labels",
      defaultValue = "",
      paramLabel = "DIR",
      description = "Folder of the label images, below --path-in (default: no labels).")
  private String labels;

  @Option(
      names = "--scenes",
      paramLabel = "FILE",
      description = "Lines \"NAME FOLDER\": the scene, below --path-in, of each label image.")
  private Path scenes;

  @Option(
      names = "--val",
      defaultValue = "5050",
      paramLabel = "N",
      description =
          "How many scans, the first by the names of their label images, are for validation"
              + " (default: ${DEFAULT-VALUE}, SUN RGB-D's own split).")
  private int validation;

  @Option(
      names = "--depth-scale",
      defaultValue = "10000",
      paramLabel = "N",
      description = {
        "Depth units in a metre (default: ${DEFAULT-VALUE}, the reference's).",
        "SUN RGB-D's own tools decode depth as --depth-encoding sun --depth-scale 1000."
      })
  private double depthScale;

  @Option(
      names = "--depth-encoding",
      defaultValue = "linear",
      paramLabel = "NAME",
      description = "linear, sun (rotated bits) or nyu (default: ${DEFAULT-VALUE}).")
  private DepthEncoding encoding;

  @Option(
      names = "--edge-filter",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Drop pixels on depth jumps (default: ${DEFAULT-VALUE}).")
  private boolean edgeFilter;

  @Mixin private PreparationOptions options;

  /// Prepares the frames and says how it went.
  @Override
  public Integer call() throws IOException {
    if (!(depthScale > 0 && depthScale < Double.POSITIVE_INFINITY)) {
      throw new InputException("--depth-scale must be positive, is " + depthScale);
    }
    LinkedHashMap<String, String> folders = new LinkedHashMap<>();
    if (scenes != null) {
      for (String line : MappedFile.text(scenes, MAX_LIST_BYTES).split("\n", -1)) {
        String[] words = line.strip().split("\\s+", -1);
        if (words.length == 2) {
          folders.put(words[0], words[1].replaceFirst("/+$", ""));
        } else if (!line.isBlank()) {
          throw InputException.in(
              scenes, "expected lines \"NAME FOLDER\", got \"%s\"".formatted(line));
        }
      }
    }
    String labelFolder = labels.replace('\\', '/').replaceFirst("/+$", "");
    SunRgbdPreparation preparation =
        new SunRgbdPreparation(labelFolder, folders, validation, encoding, depthScale, edgeFilter);
    PrintWriter out = spec.commandLine().getOut();
    return options.run(preparation, input, output, out, spec.commandLine().getErr());
  }
}
