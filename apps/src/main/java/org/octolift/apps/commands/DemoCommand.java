package org.octolift.apps.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.octolift.apps.demo.Demo;
import org.octolift.apps.train.Progress;
import org.octolift.apps.transfer.TransferOptions;
import org.octolift.apps.transfer.TransferScale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
      "Shows what Octolift is for, on generated rooms: a 2-D network learns to label images; a 3-D network"
          + " learns from the labels that it gives to panoramas of other rooms; then it is fine-tuned"
          + " with 20 labelled points a room, as is one from scratch. Both are compared in rooms that"
          + " nothing has seen, in report.html. Takes about five minutes on two cores.",
      "",
      "A demo that was broken off goes on where it was; a finished one, or one with other options, is"
          + " overwritten.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  octolift demo",
      "  octolift demo --quick --out quick",
      "  octolift demo --panoramas 500 --points 50 --seed 7",
      "  octolift demo --dpt-weights dpt_hybrid-ade20k-53898607.pt"
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
      description = "A smoke test of the same path in about a minute; learns next to nothing.")
  private boolean quick;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Of the rooms and the network (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private ComputeOptions compute;

  @Option(
      names = "--dpt-weights",
      paramLabel = "FILE",
      description = {
        "DPT-Hybrid's published weights: it labels the panoramas with ADE20K's 150 classes,",
        "and no 2-D network is trained. Takes a few minutes more."
      })
  private Path dptWeights;

  @Option(
      names = "--panoramas",
      paramLabel = "N",
      description = "Rooms to pre-train on, without labels.")
  private Integer panoramas;

  @Option(names = "--rooms", paramLabel = "N", description = "Rooms to fine-tune on.")
  private Integer rooms;

  @Option(names = "--points", paramLabel = "N", description = "Labelled points of each of them.")
  private Integer points;

  @Option(names = "--tests", paramLabel = "N", description = "Further rooms to test on.")
  private Integer tests;

  @Override
  public Integer call() throws Exception {
    TransferScale base = quick ? TransferScale.quick() : TransferScale.standard();
    TransferScale scale =
        new TransferScale(
            base.teacherRooms(),
            base.teacherSteps(),
            panoramas == null ? base.panoramas() : panoramas,
            base.pretrainingEpochs(),
            rooms == null ? base.rooms() : rooms,
            points == null ? base.points() : points,
            base.finetuningEpochs(),
            tests == null ? base.tests() : tests);
    TransferOptions options =
        new TransferOptions(
            out,
            scale,
            seed,
            compute.threads(),
            compute.device(),
            Optional.ofNullable(dptWeights),
            List.of());
    PrintWriter text = spec.commandLine().getOut();
    Demo.Result result = new Demo(options, text::println, Progress.Display.standard(true)).run();
    show(text, "from scratch", result.scratch());
    show(text, "pre-trained", result.pretrained());
    text.println("report: " + result.report().toAbsolutePath().normalize());
    text.flush();
    return 0;
  }

  private static void show(PrintWriter text, String name, Demo.Score score) {
    text.println(
        String.format(
            Locale.ROOT,
            "%-12s mIoU %.3f over %d classes, %.1f %% of the points right, in rooms never seen",
            name,
            score.miou(),
            score.classes(),
            100 * score.accuracy()));
  }
}
