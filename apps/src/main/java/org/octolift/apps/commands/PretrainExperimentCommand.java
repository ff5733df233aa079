package org.octolift.apps.commands;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.octolift.apps.experiment.PretrainExperiment;
import org.octolift.apps.experiment.PretrainOptions;
import org.octolift.apps.train.Progress;
import org.octolift.apps.transfer.TransferOptions;
import org.octolift.apps.transfer.TransferScale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `octolift experiment pretrain`: does pre-training help?
@Command(
    name = "pretrain",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Does what octolift demo does with several seeds, each with rooms, 2-D teacher, labelled points and"
          + " networks of its own, and writes a table of how networks from scratch and pre-trained ones"
          + " do in other rooms: results.md, .csv and .json. About six minutes a seed on two cores.",
      "",
      "The same command goes on where it was broken off; what is finished is not done again.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  octolift experiment pretrain",
      "  octolift experiment pretrain --points 20,100 --seeds 1,2,3,4,5 --out more",
      "  octolift experiment pretrain --dpt-weights dpt_hybrid-ade20k-53898607.pt --out dpt"
    })
public final class PretrainExperimentCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "pretrain",
      description = "Folder to work in (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--seeds",
      split = ",",
      paramLabel = "S",
      defaultValue = "1,2,3",
      description = "Of everything but the test rooms (default: ${DEFAULT-VALUE}).")
  private List<Long> seeds;

  @Option(
      names = "--points",
      split = ",",
      paramLabel = "N",
      defaultValue = "20",
      description = "Labelled points a room (default: ${DEFAULT-VALUE}).")
  private List<Integer> points;

  @Option(
      names = "--epochs",
      split = ",",
      paramLabel = "N",
      defaultValue = "8,31",
      description = {
        "Epochs of fine-tuning (default: ${DEFAULT-VALUE}; 31 are as many steps",
        "as pre-training and 8 epochs together)."
      })
  private List<Integer> epochs;

  @Option(
      names = "--dpt-weights",
      paramLabel = "FILE",
      description = "DPT-Hybrid's published weights: the 2-D teacher then.")
  private Path dptWeights;

  @Mixin private ComputeOptions compute;

  @Parameters(
      paramLabel = "KEY VALUE",
      description = "Settings of pre-training and fine-tuning, such as SOLVER.lr 0.001.")
  private List<String> pairs = new ArrayList<>();

  /// Runs what is missing and shows the table.
  @Override
  public Integer call() throws Exception {
    TransferOptions transfer =
        new TransferOptions(
            out,
            TransferScale.standard(),
            0,
            compute.threads(),
            compute.device(),
            Optional.ofNullable(dptWeights),
            pairs);
    PrintWriter text = spec.commandLine().getOut();
    PretrainExperiment experiment =
        new PretrainExperiment(
            new PretrainOptions(transfer, seeds, points, epochs),
            text::println,
            Progress.Display.standard(true));
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
