package org.octolift.apps.commands;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `octolift data`: prepares point clouds.
@Command(
    name = "data",
    description = "Prepares point clouds: makes them from RGB-D images, converts between formats.",
    mixinStandardHelpOptions = true,
    subcommands = {DataRgbdCommand.class, DataConvertCommand.class})
public final class DataCommand implements Runnable {
  @Spec private CommandSpec spec;

  /// Asks for a subcommand.
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected a subcommand: rgbd or convert");
  }
}
