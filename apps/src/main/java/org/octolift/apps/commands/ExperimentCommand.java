package org.octolift.apps.commands;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `octolift experiment`: comparisons of methods.
@Command(
    name = "experiment",
    description = "Compares ways to learn: many trainings, one table.",
    mixinStandardHelpOptions = true,
    subcommands = {LimitedCommand.class, PretrainExperimentCommand.class})
public final class ExperimentCommand implements Runnable {
  @Spec private CommandSpec spec;

  /// Asks for a subcommand.
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected a subcommand: limited, pretrain");
  }
}
