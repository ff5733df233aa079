package org.octolift.apps.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.octolift.apps.check.DataSetCheck;
import org.octolift.apps.check.DataSetSummary;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `octolift data check`: what a prepared data set holds and what is wrong with it.
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Checks a folder of prepared scans and shows what it holds: points, extents, labels, lists.",
      "",
      "Faults are files that cannot be read, values that are not finite, labels out of range, label"
          + " files and chunk masks that do not fit their scan, the same points twice, lists that"
          + " name what does not exist, twice, or for training and test. With faults the exit code"
          + " is 1.",
      ""
    },
    footer = {"", "Example:", "  octolift data check data/scannet --classes 21"})
public final class DataCheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Folder of the data set, with all below it.")
  private Path folder;

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "Labels must be 0 to N - 1 (default: any from 0 on).")
  private int classes;

  @Option(names = "--scans", description = "Show a line for every scan, too.")
  private boolean scans;

  /// Checks and shows the result.
  @Override
  public Integer call() throws IOException {
    if (classes < 0) {
      throw new InputException("--classes: expected a positive number, got " + classes);
    }
    DataSetSummary summary;
    try (Workers workers = new Workers(Runtime.getRuntime().availableProcessors())) {
      summary = DataSetCheck.of(folder, classes, workers);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(summary.text(scans));
    out.flush();
    return summary.faults().isEmpty() ? 0 : 1;
  }
}
