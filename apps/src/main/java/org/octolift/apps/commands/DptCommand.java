package org.octolift.apps.commands;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `octolift dpt`: the command that holds what dense prediction transformers do.
@Command(
    name = "dpt",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Labels images, or tells their depth, with a dense prediction transformer (DPT).",
      ""
    },
    subcommands = {DptSegmentCommand.class, DptDepthCommand.class})
public final class DptCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
