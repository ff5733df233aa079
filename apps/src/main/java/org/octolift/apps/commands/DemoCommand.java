package org.octolift.apps.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.octolift.apps.demo.Demo;
import org.octolift.apps.demo.DemoOptions;
import org.octolift.apps.train.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `octolift demo`: everything in a few minutes.
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Generates furnished rooms, trains a small network on them, labels rooms that it has not seen,"
          + " and writes report.html. Takes a few minutes on two cores.",
      "",
      "A demo that was broken off goes on where its last checkpoint was; a finished one, or one with"
          + " other options, is overwritten.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  octolift demo",
      "  octolift demo --quick --out quick",
      "  octolift demo --rooms 500 --epochs 20 --seed 7"
    })
public final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "demo",
      description = "Folder to work in (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--quick",
      description = "A smoke test of the same path in well under a minute; learns next to nothing.")
  private boolean quick;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Of the rooms and the network (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Threads that compute; 0: all cores. Results do not depend on it.")
  private int threads;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cpu",
      description = "cpu or gpu (default: ${DEFAULT-VALUE}).")
  private String device;

  @Option(names = "--rooms", paramLabel = "N", description = "Rooms to train on.")
  private Integer rooms;

  @Option(names = "--tests", paramLabel = "N", description = "Further rooms to test on.")
  private Integer tests;

  @Option(names = "--epochs", paramLabel = "N", description = "How often to pass over the rooms.")
  private Integer epochs;

  @Override
  public Integer call() throws Exception {
    DemoOptions base = quick ? DemoOptions.quick(out) : DemoOptions.standard(out);
    DemoOptions options =
        new DemoOptions(
            out,
            rooms == null ? base.rooms() : rooms,
            tests == null ? base.tests() : tests,
            seed,
            threads,
            device,
            epochs == null ? base.epochs() : OptionalInt.of(epochs));
    PrintWriter text = spec.commandLine().getOut();
    Demo.Result result = new Demo(options, text::println, Progress.Display.standard(true)).run();
    text.println(
        String.format(
            Locale.ROOT,
            "mIoU %.3f over %d classes, %.1f %% of the points right, in rooms never seen",
            result.miou(),
            result.classes(),
            100 * result.accuracy()));
    text.println("report: " + result.report().toAbsolutePath().normalize());
    text.flush();
    return 0;
  }
}
