package org.octolift.apps.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.octolift.apps.train.CheckpointConversion;
import org.octolift.engine.InputException;
import org.octolift.nn.checkpoint.WeightLayout;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `octolift convert`: one checkpoint in, the same in another format or layout out.
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Converts checkpoints between PyTorch's files, safetensors and Octolift's.",
      "",
      "Weights alone: .pth, .pt, .safetensors. The whole state of a run, to go on with: .solver.tar"
          + " (the reference's) and .solver.json (Octolift's; NNNNN.model.safetensors and"
          + " NNNNN.solver.safetensors are written beside it). Weights can be taken out of a state.",
      "",
      "Values are not changed: there and back gives the same bits.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  octolift convert logs/checkpoints/00080.model.safetensors 00080.model.pth",
      "  octolift convert logs/checkpoints/00080.solver.json 00080.solver.tar",
      "  octolift convert mp3d_00080.model.pth unet.pth --layout ocnn-pytorch"
    })
public final class ConvertCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "IN",
      description = "File to read; of weights, the content says the format.")
  private Path input;

  @Parameters(index = "1", paramLabel = "OUT", description = "File to write.")
  private Path output;

  @Option(
      names = "--layout",
      paramLabel = "NAME",
      description =
          "Names and shapes of the weights in OUT: reference (Octolift's own, too) or ocnn-pytorch;"
              + " default: those of IN.")
  private String layout;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The YAML file of the run: IN must be of its network, and a .solver.tar gets its learning"
              + " rate and the like; default for that: all_configs.yaml of the run that IN lies in.")
  private Path config;

  /// Converts and says what was written.
  @Override
  public Integer call() throws IOException {
    Optional<WeightLayout> target = Optional.ofNullable(layout).map(ConvertCommand::layout);
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        new CheckpointConversion(target, Optional.ofNullable(config)).convert(input, output));
    out.flush();
    return 0;
  }

  private static WeightLayout layout(String name) {
    return Arrays.stream(WeightLayout.values())
        .filter(known -> known.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "--layout: expected %s, got %s"
                        .formatted(
                            Arrays.stream(WeightLayout.values())
                                .map(WeightLayout::toString)
                                .collect(Collectors.joining(" or ")),
                            name)));
  }
}
