package org.octolift.apps.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.octolift.apps.benchmark.BenchmarkScore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `octolift iou`: scores label files.
@Command(
    name = "iou",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Compares label files with the ground truth: accuracy of each scan, then the mean intersection over union"
          + " of the ScanNet benchmark's 20 classes.",
      "",
      "Both are text files of NYU40 ids, one a line, of the same name. The reference calls this calc_iou.",
      ""
    },
    footer = {"", "Example:", "  octolift iou --path_pred submission --path_in data/scannet/train"})
public final class IouCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--path_pred",
      required = true,
      paramLabel = "DIR",
      description = "Folder of the label files to score.")
  private Path predictions;

  @Option(
      names = "--path_in",
      required = true,
      paramLabel = "DIR",
      description = "Folder of the ground truth.")
  private Path truths;

  @Override
  public Integer call() throws IOException {
    BenchmarkScore score = BenchmarkScore.of(predictions, truths);
    PrintWriter out = spec.commandLine().getOut();
    score
        .scans()
        .forEach(
            (scan, accuracy) ->
                out.println(String.format(Locale.ROOT, "%s: %.6f", scan, accuracy)));
    out.println(String.format(Locale.ROOT, "Accu: %.6f", score.accuracy()));
    out.println(String.format(Locale.ROOT, "IoU: %.6f", score.meanIou()));
    out.flush();
    return 0;
  }
}
