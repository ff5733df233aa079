package org.octolift.apps.commands;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `octolift`: the command that holds all others.
@Command(
    name = "octolift",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Teaches octree networks to label 3-D scans, from few labels and from 2-D knowledge.",
      ""
    },
    subcommands = {
      DemoCommand.class,
      SegmentCommand.class,
      PretrainCommand.class,
      FinetuneLaCommand.class,
      FinetuneLrCommand.class,
      VoteCommand.class,
      IouCommand.class,
      ConvertCommand.class,
      InspectCommand.class,
      DevicesCommand.class,
      DataCommand.class,
      RoomsCommand.class,
      DptCommand.class,
      PseudoLabelCommand.class,
      BenchCommand.class,
      ExperimentCommand.class,
      CommandLine.HelpCommand.class,
    },
    footer = {
      "",
      "Start with: octolift demo",
      "Exit codes: 0 done, 1 the run failed, 2 bad usage or input."
    })
public final class OctoliftCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Shows stack traces of errors.")
  private boolean debug;

  /// Whether errors are shown with their stack traces.
  public boolean debug() {
    return debug;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
