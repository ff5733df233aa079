package org.octolift.apps.commands;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.Script;
import org.octolift.apps.config.SolverConfig;
import org.octolift.apps.train.Progress;
import org.octolift.apps.train.SegmentationJob;
import org.octolift.engine.InputException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// A command that a YAML file and `KEY VALUE` pairs configure.
abstract sealed class RunCommand implements Callable<Integer>
    permits SegmentCommand, PretrainCommand, FinetuneLaCommand, FinetuneLrCommand {
  @Spec private CommandSpec spec;

  @Option(names = "--config", paramLabel = "FILE", description = "The YAML file of the run.")
  private Path config;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = "cpu or gpu; short for SOLVER.device.")
  private String device;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      description = "fp32, bf16 or bf16x3; short for SOLVER.precision.")
  private String precision;

  @Parameters(
      paramLabel = "KEY VALUE",
      description = "Settings that override the file, such as SOLVER.lr 0.1.")
  private List<String> pairs = new ArrayList<>();

  private final Script script;

  /// @param script whose presets apply
  RunCommand(Script script) {
    this.script = script;
  }

  /// The job that the settings describe.
  abstract SegmentationJob job(
      RunConfig settings, Consumer<String> console, Progress.Display display);

  @Override
  public final Integer call() throws IOException, InterruptedException {
    String commandLine =
        "octolift " + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
    if (config == null && pairs.isEmpty()) {
      throw new InputException(
          "--config: expected a YAML file, got nothing; config/README.md lists files to begin with");
    }
    if (device != null) {
      pairs.addAll(List.of("SOLVER.device", device));
    }
    if (precision != null) {
      pairs.addAll(List.of("SOLVER.precision", precision));
    }
    RunConfig settings =
        RunConfig.load(
            script,
            Optional.ofNullable(config),
            pairs,
            commandLine,
            LocalDateTime.now(ZoneId.systemDefault()));
    SegmentationJob job =
        job(
            settings,
            spec.commandLine().getOut()::println,
            Progress.Display.standard(settings.solver().progressBar()));
    if (settings.solver().run() != SolverConfig.Run.TRAIN) {
      job.run();
      return 0;
    }
    try (StopSignals signals = StopSignals.listen(spec.commandLine().getErr())) {
      return job.run(signals::requested) ? 0 : signals.exitCode();
    }
  }
}
