package org.octolift.apps.commands;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.Script;
import org.octolift.apps.train.Progress;
import org.octolift.apps.train.SegmentationJob;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `octolift segment`: supervised segmentation.
@Command(
    name = "segment",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Trains, tests or evaluates a segmentation network on labelled scans.",
      "",
      "Reads the reference's YAML files. SOLVER.run chooses: train (goes on after the latest checkpoint"
          + " in SOLVER.logdir), test, or evaluate (writes class probabilities).",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  octolift segment --config config/rooms.yaml",
      "  octolift segment --config config/rooms.yaml SOLVER.run test",
      "  octolift segment --config config/rooms.yaml SOLVER.max_epoch 20 SOLVER.logdir logs/long"
    })
public final class SegmentCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--config", paramLabel = "FILE", description = "The YAML file of the run.")
  private Path config;

  @Parameters(
      paramLabel = "KEY VALUE",
      description = "Settings that override the file, such as SOLVER.lr 0.1.")
  private List<String> pairs = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    String commandLine =
        "octolift " + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
    RunConfig run =
        RunConfig.load(
            Script.SEGMENTATION,
            Optional.ofNullable(config),
            pairs,
            commandLine,
            LocalDateTime.now(ZoneId.systemDefault()));
    new SegmentationJob(
            run,
            spec.commandLine().getOut()::println,
            Progress.Display.standard(run.solver().progressBar()))
        .run();
    return 0;
  }
}
