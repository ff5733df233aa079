package org.octolift.apps.commands;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `octolift data`: prepares point clouds.
@Command(
    name = "data",
    description = {
      "Prepares data sets: makes points of ScanNet's meshes and of RGB-D images, converts between"
          + " formats, checks and shows what there is.",
      ""
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      DataScannetCommand.class,
      DataFilelistsCommand.class,
      DataMp3dCommand.class,
      DataSunrgbdCommand.class,
      DataRgbdCommand.class,
      DataConvertCommand.class,
      DataCheckCommand.class,
      DataShowCommand.class
    })
public final class DataCommand implements Runnable {
  @Spec private CommandSpec spec;

  /// Asks for a subcommand.
  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "expected a subcommand: " + String.join(", ", spec.subcommands().keySet()));
  }
}
