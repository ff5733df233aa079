package org.octolift.apps.commands;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.octolift.apps.benchmark.Voting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `octolift vote`: label files for the ScanNet benchmark.
@Command(
    name = "vote",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Writes label files for the ScanNet benchmark from the class probabilities of all votes.",
      "",
      "SOLVER.run evaluate writes the votes. Probabilities of a scene's votes and chunks are summed; each point"
          + " gets the NYU40 id of the largest sum, one a line, in the order of the scan's points. The"
          + " reference calls this generate_output_seg.",
      ""
    },
    footer = {
      "",
      "Example:",
      "  octolift vote --path_pred logs/scannet/D9_2cm_eval \\",
      "      --path_in data/scannet/test \\",
      "      --filelist data/scannet/scannetv2_test_new.txt --path_out submission"
    })
public final class VoteCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--path_pred",
      required = true,
      paramLabel = "DIR",
      description = "Folder of the votes, VV.NNNN.npz.")
  private Path predictions;

  @Option(
      names = "--filelist",
      required = true,
      paramLabel = "FILE",
      description = "The scans in the order in which they were evaluated.")
  private Path list;

  @Option(
      names = "--path_in",
      paramLabel = "DIR",
      defaultValue = ".",
      description =
          "Folder of the chunks' masks, SCAN.chunk_I.mask.npy; read if the list names chunks.")
  private Path masks;

  @Option(
      names = "--path_out",
      required = true,
      paramLabel = "DIR",
      description = "Folder of the label files, SCAN.txt.")
  private Path output;

  @Override
  public Integer call() throws IOException {
    new Voting(masks, output).run(list, predictions, spec.commandLine().getOut()::println);
    return 0;
  }
}
