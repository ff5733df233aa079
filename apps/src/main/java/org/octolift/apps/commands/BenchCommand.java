package org.octolift.apps.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.octolift.apps.bench.BenchResult;
import org.octolift.apps.bench.BenchScene;
import org.octolift.apps.bench.Benchmark;
import org.octolift.apps.bench.Workload;
import org.octolift.apps.train.Devices;
import org.octolift.engine.Device;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.tornado.Precision;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `octolift bench`: how fast this machine is at what Octolift does.
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures a workload: several runs after warm-up, their median and spread, the operations on"
          + " neighbours that exist, and what part of the machine's peak that is.",
      "",
      "The peak of multiply-adds and the bandwidth of copies are measured in the same process with"
          + " the same threads."
    },
    footer = {
      "",
      "Example:",
      "  octolift bench unet-train --input scan.ply --ops",
      "  octolift bench conv --threads 1 --repeat 20",
      "  octolift bench dpt --batch 8 --device gpu --precision bf16"
    })
public final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "WORKLOAD", description = "One of ${COMPLETION-CANDIDATES}.")
  private Workload workload;

  @Option(
      names = "--input",
      paramLabel = "SCAN",
      description = "Labelled scan in metres (default: a generated room).")
  private Path input;

  @Option(
      names = "--copies",
      paramLabel = "N",
      defaultValue = "1",
      description = "How often the batch holds the scan (default: ${DEFAULT-VALUE}).")
  private int copies;

  @Option(
      names = "--depth",
      paramLabel = "D",
      defaultValue = "9",
      description = "Depth of the octrees, 5 to 12 (default: ${DEFAULT-VALUE}).")
  private int depth;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "1",
      description = "Images at a time (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Number of threads (default: all processors).")
  private Integer threads;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cpu",
      description = "cpu or gpu (default: ${DEFAULT-VALUE}).")
  private String device;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      defaultValue = "fp32",
      description = "Of a GPU's products: fp32, bf16 or bf16x3 (default: ${DEFAULT-VALUE}).")
  private String precision;

  @Option(
      names = "--repeat",
      paramLabel = "N",
      defaultValue = "7",
      description = "Runs that count, after warm-up (default: ${DEFAULT-VALUE}).")
  private int repeat;

  @Option(names = "--ops", description = "Also tell the time of each op of a network.")
  private boolean byOp;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  /// Measures and prints.
  @Override
  public Integer call() {
    int used = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    require(copies >= 1 && copies <= 1000, "--copies", "1..1000", copies);
    require(depth >= 5 && depth <= 12, "--depth", "5..12", depth);
    require(used >= 1 && used <= 4096, "--threads", "1..4096", used);
    require(repeat >= 1, "--repeat", "at least 1", repeat);
    require(batch >= 1 && batch <= 64, "--batch", "1..64", batch);
    BenchScene scene = workload.hasScene() ? BenchScene.load(input, copies, depth) : null;
    int images = workload.hasImages() ? batch : 0;
    try (Device chosen = Devices.open("--device", device, precision(), used);
        Workers workers = new Workers(used)) {
      BenchResult result =
          new Benchmark(workload, chosen, device, workers, scene, images, repeat, byOp).run();
      PrintWriter out = spec.commandLine().getOut();
      out.print(json ? result.json() + "\n" : result.text());
      out.flush();
    }
    return 0;
  }

  private Precision precision() {
    return switch (precision) {
      case "fp32" -> Precision.FP32;
      case "bf16" -> Precision.BF16;
      case "bf16x3" -> Precision.BF16X3;
      default ->
          throw new InputException(
              "--precision: expected fp32, bf16 or bf16x3, got %s".formatted(precision));
    };
  }

  private static void require(boolean ok, String option, String expected, Object actual) {
    if (!ok) {
      throw new InputException("%s: expected %s, got %s".formatted(option, expected, actual));
    }
  }
}
