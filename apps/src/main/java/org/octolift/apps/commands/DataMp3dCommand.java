package org.octolift.apps.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.octolift.apps.data.MappedFile;
import org.octolift.apps.data.prepare.MatterportPreparation;
import org.octolift.engine.InputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `octolift data mp3d`: RGB-D panoramas in, points with normals and pixel indices out.
@Command(
    name = "mp3d",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Makes points with normals, colours and pixel indices of Matterport3D's panoramas.",
      "",
      "Reads mp3d_rgbd/SCENE/NAME_rgb.png and NAME_depth.exr below --path-in (equirectangular; depth"
          + " in metres, OpenEXR without compression or RLE, ZIPS, ZIP, PIZ), and the lists of the"
          + " scenes for training and validation.",
      "",
      "Writes NAME_rgb.ply and NAME_rgb.png to train/ and val/, chunks of panoramas of 10 m and more,"
          + " and the lists mp3d_train.txt, mp3d_train_img.txt, mp3d_val.txt, mp3d_val_img.txt; with"
          + " _new, panoramas that have been cut are replaced by their chunks.",
      ""
    },
    footer = {
      "",
      "Example:",
      "  octolift data mp3d --path-in /data/mp3d --path-out data/mp3d",
      "  octolift data mp3d --path-in pano --images . --rgb-ending .jpg --depth-ending .exr"
    })
public final class DataMp3dCommand implements Callable<Integer> {
  private static final int MAX_LIST_BYTES = 64 << 20;

  @Spec private CommandSpec spec;

  @Option(
      names = {"--path-in", "--path_in"},
      required = true,
      paramLabel = "DIR",
      description = "Folder of the panoramas.")
  private String input;

  @Option(
      names = {"--path-out", "--path_out"},
      defaultValue = "data/mp3d",
      paramLabel = "DIR",
      description = "Folder to write to (default: ${DEFAULT-VALUE}).")
  private String output;

  @Option(
      names = "--images",
      defaultValue = "mp3d_rgbd",
      paramLabel = "DIR",
      description = "Folder of the scenes, below --path-in (default: ${DEFAULT-VALUE}).")
  private String images;

  @Option(
      names = "--rgb-ending",
      defaultValue = "_rgb.png",
      paramLabel = "TEXT",
      description = "How names of colour images end (default: ${DEFAULT-VALUE}).")
  private String colourEnding;

  @Option(
      names = "--depth-ending",
      defaultValue = "_depth.exr",
      paramLabel = "TEXT",
      description = "How the names of their depth images end (default: ${DEFAULT-VALUE}).")
  private String depthEnding;

  @Option(
      names = "--train-list",
      paramLabel = "FILE",
      description = {
        "Scenes for training, one a line (default: mp3d_scenes_train.txt below --path-in).",
        "Without any list, all scenes are for training."
      })
  private Path trainList;

  @Option(
      names = "--val-list",
      paramLabel = "FILE",
      description = "Scenes for validation (default: mp3d_scenes_test.txt below --path-in).")
  private Path valList;

  @Mixin private PreparationOptions options;

  /// Prepares the panoramas and says how it went.
  @Override
  public Integer call() throws IOException {
    if (colourEnding.lastIndexOf('.') < 0 || colourEnding.equals(depthEnding)) {
      throw new InputException(
          "--rgb-ending and --depth-ending: expected two endings such as _rgb.png and _depth.exr,"
              + " got %s and %s".formatted(colourEnding, depthEnding));
    }
    LinkedHashMap<String, String> scenes = new LinkedHashMap<>();
    addScenes(trainList, "mp3d_scenes_train.txt", "train", scenes);
    addScenes(valList, "mp3d_scenes_test.txt", "val", scenes);
    String folder = images.replace('\\', '/').replaceFirst("/+$", "");
    MatterportPreparation preparation =
        new MatterportPreparation(
            folder.equals(".") ? "" : folder, colourEnding, depthEnding, scenes, 1);
    PrintWriter out = spec.commandLine().getOut();
    return options.run(preparation, input, output, out, spec.commandLine().getErr());
  }

  private void addScenes(Path option, String usual, String set, Map<String, String> scenes) {
    Path list = option != null ? option : Path.of(input, usual);
    if (option == null && !Files.exists(list)) {
      return;
    }
    for (String line : MappedFile.text(list, MAX_LIST_BYTES).split("\n", -1)) {
      String scene = line.strip();
      if (!scene.isEmpty() && scenes.putIfAbsent(scene, set) != null) {
        throw InputException.in(list, "names the scene %s, which has been named".formatted(scene));
      }
    }
  }
}
