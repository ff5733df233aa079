package org.octolift.apps.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.Script;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.ScanFiles;
import org.octolift.apps.data.Scans;
import org.octolift.apps.inspect.FileInspection;
import org.octolift.apps.inspect.MemoryInspection;
import org.octolift.engine.InputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `octolift inspect`: what a file holds, or what memory a network takes.
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    customSynopsis = {
      "octolift inspect FILE...",
      "octolift inspect --memory [--config FILE] [--scan FILE] [KEY VALUE]...",
    },
    description = {
      "Shows what files hold, or the memory that a network takes.",
      "",
      "Files: the tensors of checkpoints (.safetensors, .pth, .tar, .solver.json),"
          + " points, bounds and labels of scans (.ply, .pcd, .points, .npz), nodes of octrees"
          + " (.octree), the size of soft labels (.npz).",
      "",
      "With --memory, shows the memory that a network takes for training and testing, planned"
          + " without running it; without --config that of the reference's U-Net at depth 9.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  octolift inspect logs/checkpoints/00080.solver.json scan.ply",
      "  octolift inspect --memory --config config/rooms.yaml DATA.train.batch_size 4"
    })
public final class InspectCommand implements Callable<Integer> {
  /// The published configuration for ScanNet, as far as memory depends on it.
  private static final List<String> REFERENCE =
      List.of(
          "MODEL.name",
          "unet",
          "MODEL.depth",
          "9",
          "MODEL.channel",
          "7",
          "MODEL.nout",
          "21",
          "MODEL.nempty",
          "True",
          "MODEL.interp",
          "nearest",
          "LOSS.point_wise",
          "True",
          "DATA.train.name",
          "scannet",
          "DATA.train.depth",
          "9",
          "DATA.train.node_dis",
          "True",
          "DATA.train.offset",
          "0.0",
          "DATA.train.batch_size",
          "1",
          "DATA.test.name",
          "scannet",
          "DATA.test.depth",
          "9",
          "DATA.test.node_dis",
          "True",
          "DATA.test.offset",
          "0.0");

  @Spec private CommandSpec spec;

  @Option(names = "--memory", description = "Shows the memory plan of a network.")
  private boolean memory;

  @Option(names = "--config", paramLabel = "FILE", description = "The YAML file of a run.")
  private Path config;

  @Option(
      names = "--scan",
      paramLabel = "FILE",
      description = "The scan that batches are made of (default: a generated room).")
  private Path scan;

  @Parameters(
      paramLabel = "FILE | KEY VALUE",
      description = "Files to show; with --memory, settings that override the YAML file.")
  private List<String> words = new ArrayList<>();

  /// Shows what was asked for.
  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (memory) {
      out.print(memoryPlan());
    } else {
      if (words.isEmpty()) {
        throw new InputException("inspect: expected a FILE, or --memory");
      }
      if (config != null || scan != null) {
        throw new InputException("--config and --scan: are for --memory");
      }
      for (String word : words) {
        if (words.size() > 1) {
          out.println(word);
        }
        out.print(FileInspection.describe(Path.of(word)));
      }
    }
    out.flush();
    return 0;
  }

  private String memoryPlan() {
    List<String> pairs = new ArrayList<>(config == null ? REFERENCE : List.of());
    pairs.addAll(words);
    RunConfig run =
        RunConfig.load(
            Script.SEGMENTATION,
            Optional.ofNullable(config),
            pairs,
            "octolift inspect",
            LocalDateTime.now(ZoneId.systemDefault()));
    MemoryInspection inspection = new MemoryInspection(run);
    Scan source = scan == null ? inspection.room() : Scans.requireFinite(ScanFiles.read(scan));
    return inspection.describe(source);
  }
}
