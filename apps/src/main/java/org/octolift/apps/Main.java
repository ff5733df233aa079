package org.octolift.apps;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.Locale;
import org.octolift.apps.commands.OctoliftCommand;
import org.octolift.engine.InputException;
import picocli.CommandLine;

/// The command line's entry point. Exit codes: 0 done, 1 a run failed, 2 bad usage or input.
public final class Main {
  private Main() {}

  /// Runs a command and exits with its code.
  public static void main(String[] arguments) {
    System.setProperty("java.awt.headless", "true");
    // File formats and names are the same everywhere.
    Locale.setDefault(Locale.ROOT);
    System.exit(run(arguments));
  }

  /// Runs a command.
  ///
  /// @return its exit code
  public static int run(String... arguments) {
    OctoliftCommand octolift = new OctoliftCommand();
    CommandLine line = new CommandLine(octolift);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    line.setExecutionExceptionHandler((e, command, parsed) -> report(e, command, octolift.debug()));
    line.setParameterExceptionHandler((e, words) -> report(e));
    try {
      return line.execute(arguments);
    } catch (OutOfMemoryError e) {
      line.getErr()
          .printf(
              "octolift: failed: not enough memory (%s); use a smaller batch or depth%n",
              e.getMessage());
      if (octolift.debug()) {
        e.printStackTrace(line.getErr());
      }
      line.getErr().flush();
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  /// What happened; the messages of the file system's exceptions are but the file's name.
  private static String message(Exception e) {
    String kind = e.getClass().getSimpleName();
    if (e.getMessage() == null) {
      return kind;
    }
    return e instanceof FileSystemException file && file.getReason() == null
        ? e.getMessage() + ": " + kind
        : e.getMessage();
  }

  /// A word on what would be right; a whole page of it would hide what is wrong.
  private static int report(CommandLine.ParameterException e) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("octolift: " + e.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    if (e instanceof CommandLine.UnmatchedArgumentException || command.getSubcommands().isEmpty()) {
      err.printf("%s --help tells what it takes%n", command.getCommandSpec().qualifiedName());
    } else {
      command.usage(err);
    }
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

  private static int report(Exception e, CommandLine command, boolean debug) {
    PrintWriter err = command.getErr();
    String message = message(e);
    if (e instanceof InputException) {
      err.println("octolift: " + message);
    } else {
      err.println("octolift: failed: " + message);
      if (!debug) {
        err.println("octolift: --debug shows the stack trace");
      }
    }
    if (debug) {
      e.printStackTrace(err);
    }
    err.flush();
    return e instanceof InputException ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
  }
}
