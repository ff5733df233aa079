package org.octolift.apps.commands;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.octolift.apps.experiment.LimitedExperiment;
import org.octolift.apps.experiment.LimitedOptions;
import org.octolift.apps.experiment.Method;
import org.octolift.apps.train.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `octolift experiment limited`: does unlabelled data help?
@Command(
    name = "limited",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains networks on generated rooms with few labels, supervised and semi-supervised, several seeds"
          + " each, and writes a table of how they do in other rooms: results.md, .csv and .json.",
      "",
      "The same command goes on where it was broken off; what is finished is not done again.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  octolift experiment limited",
      "  octolift experiment limited --out tuned --validation --seeds 100 LOSS.consistency 5.0"
    })
public final class LimitedCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "limited",
      description = "Folder to work in (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The YAML file of all trainings (default: config/limited.yaml).")
  private Path config;

  @Option(
      names = "--methods",
      split = ",",
      paramLabel = "METHOD",
      description = {
        "What to compare: ${COMPLETION-CANDIDATES} (default: all).",
        "A semi-supervised method brings its supervised one along."
      })
  private List<Method> methods;

  @Option(
      names = "--seeds",
      split = ",",
      paramLabel = "S",
      defaultValue = "1,2,3",
      description = "Of the trainings and of what is labelled (default: ${DEFAULT-VALUE}).")
  private List<Long> seeds;

  @Option(
      names = "--rooms",
      paramLabel = "N",
      defaultValue = "40",
      description = "Rooms to train on (default: ${DEFAULT-VALUE}).")
  private int rooms;

  @Option(
      names = "--labelled-rooms",
      paramLabel = "N",
      defaultValue = "2",
      description = "Those with labels, for limited reconstructions (default: ${DEFAULT-VALUE}).")
  private int labelledRooms;

  @Option(
      names = "--tests",
      paramLabel = "N",
      defaultValue = "20",
      description = "Other rooms to test on (default: ${DEFAULT-VALUE}).")
  private int tests;

  @Option(
      names = "--validation",
      description = "Tests on a third set of rooms: for choosing settings.")
  private boolean validation;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Threads that compute; 0: all cores. Results do not depend on it.")
  private int threads;

  @Parameters(
      paramLabel = "KEY VALUE",
      description = "Settings that override the file, such as LOSS.alpha 0.99.")
  private List<String> pairs = new ArrayList<>();

  /// Runs what is missing and shows the table.
  @Override
  public Integer call() throws Exception {
    LimitedOptions options =
        new LimitedOptions(
            out,
            Optional.ofNullable(config),
            pairs,
            rooms,
            tests,
            labelledRooms,
            methods == null ? List.of(Method.values()) : methods,
            seeds,
            validation,
            threads);
    PrintWriter text = spec.commandLine().getOut();
    LimitedExperiment experiment =
        new LimitedExperiment(options, text::println, Progress.Display.standard(true));
    try (StopSignals signals = StopSignals.listen(spec.commandLine().getErr())) {
      Optional<Path> page = experiment.run(signals::requested);
      if (page.isEmpty()) {
        return signals.exitCode();
      }
      text.println(Files.readString(page.get()));
      text.println("written: " + page.get().toAbsolutePath().normalize());
      text.flush();
      return 0;
    }
  }
}
