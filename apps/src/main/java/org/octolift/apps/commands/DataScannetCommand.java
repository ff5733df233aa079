package org.octolift.apps.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.octolift.apps.data.prepare.ScanNetPreparation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `octolift data scannet`: ScanNet's meshes in, points with normals and classes out.
@Command(
    name = "scannet",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Makes points with normals, colours and labels of ScanNet's meshes.",
      "",
      "Reads scans/SCENE/SCENE_vh_clean_2.ply and scans_test/... below --path-in, and labels from"
          + " SCENE_vh_clean_2.labels.ply or, without it, from SCENE.aggregation.json,"
          + " SCENE_vh_clean_2.0.010000.segs.json and scannetv2-labels.combined.tsv. Label files may"
          + " be inside a .zip in the scan's folder.",
      "",
      "Writes train/SCENE.ply, train/SCENE.txt (the NYU40 ids) and test/SCENE.ply; scans of 10 m"
          + " and more also as SCENE.chunk_I.ply with SCENE.chunk_I.mask.npy.",
      "",
      "Run again, it goes on where it stopped. A scan that fails is named, the others go on, and"
          + " the exit code is 1.",
      ""
    },
    footer = {
      "",
      "Example:",
      "  octolift data scannet --path-in data/scannet/ScanNet_data --path-out data/scannet",
      "  octolift data filelists --path-out data/scannet"
    })
public final class DataScannetCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"--path-in", "--path_in"},
      defaultValue = "data/scannet/ScanNet_data",
      paramLabel = "DIR",
      description = "Folder with ScanNet's scans and scans_test (default: ${DEFAULT-VALUE}).")
  private String input;

  @Option(
      names = {"--path-out", "--path_out"},
      defaultValue = "data/scannet",
      paramLabel = "DIR",
      description = "Folder to write to (default: ${DEFAULT-VALUE}).")
  private String output;

  @Option(
      names = {"--label-remap", "--label_remap"},
      arity = "1",
      defaultValue = "true",
      paramLabel = "BOOL",
      description = {
        "true: labels are the benchmark's 20 classes, 0 is unlabelled;",
        "false: they stay NYU40 ids (default: ${DEFAULT-VALUE})."
      })
  private boolean remap;

  @Mixin private PreparationOptions options;

  /// Prepares the scans and says how it went.
  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    return options.run(new ScanNetPreparation(remap), input, output, out, err);
  }
}
