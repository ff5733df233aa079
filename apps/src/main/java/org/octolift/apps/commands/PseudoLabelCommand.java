package org.octolift.apps.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.octolift.apps.data.prepare.PreparationEngine;
import org.octolift.apps.data.prepare.PreparationResult;
import org.octolift.apps.dpt.DptWeights;
import org.octolift.apps.softlabel.ImageLabelling;
import org.octolift.apps.softlabel.ImageTeacher;
import org.octolift.apps.softlabel.ImageTeachers;
import org.octolift.apps.softlabel.SoftLabelPreparation;
import org.octolift.apps.softlabel.SoftLabelStore;
import org.octolift.apps.softlabel.TeacherSource;
import org.octolift.apps.train.Devices;
import org.octolift.apps.train.Progress;
import org.octolift.engine.Device;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.io.Folders;
import org.octolift.engine.tornado.Precision;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `octolift pseudolabel`: soft labels of images, stored.
@Command(
    name = "pseudolabel",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Gives each pixel of images the probabilities of ADE20K's 150 classes, by DPT-Hybrid or"
          + " DPT-Large.",
      "",
      "For each image NAME.EXT, writes NAME.npz: classes (K, height, width) uint8 and probabilities"
          + " (K, height, width) float16, the most probable class first; and NAME.overlay.png: the"
          + " image under the colours of the most probable classes, and which classes they are."
          + " octolift pretrain learns from such files.",
      "",
      "What is done is skipped, so the same command goes on after a stop. An image that cannot be read"
          + " is named, and the others go on; the exit code is 1 then. Reads PNG, JPEG and Netpbm;"
          + " images are labelled as they are stored, without regard to an EXIF orientation.",
      ""
    },
    footer = {
      "",
      "Example:",
      "  octolift pseudolabel --weights " + DptWeights.SEGMENTATION + " \\",
      "      --images photos --out labels --top-k 16"
    })
public final class PseudoLabelCommand implements Callable<Integer> {
  private static final String LOCAL = "local";

  @Spec private CommandSpec spec;

  @Option(
      names = "--weights",
      required = true,
      paramLabel = "FILE",
      description = {
        "Published weights; which they are is told from the file:",
        DptWeights.SEGMENTATION + ", dpt_large-ade20k-b12dca68.pt."
      })
  private String weights;

  @Option(
      names = "--images",
      required = true,
      arity = "1..*",
      paramLabel = "FILE|DIR",
      description = "Images, or folders with images in them or below.")
  private List<String> images;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder for the labels.")
  private String out;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description =
          "How many classes each pixel keeps: 3·K bytes a pixel (default: all, with which learning"
              + " from files equals learning from the network).")
  private Integer kept;

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
      description = "fp32 (the default); bf16 needs a GPU.")
  private Precision precision;

  @Option(
      names = "--on",
      defaultValue = LOCAL,
      paramLabel = "ENGINE",
      description = {
        "local: on this machine; spark: on Apache Spark, where --weights, --images (one folder) and"
            + " --out may be addresses such as hdfs://... (default: ${DEFAULT-VALUE})."
      })
  private String engine;

  @Override
  public Integer call() throws IOException, InterruptedException {
    TeacherSource source = ImageTeachers.of(Path.of(weights));
    int most = source.classes();
    int count = kept == null ? most : kept;
    if (count < 1 || count > most) {
      throw new InputException("--top-k: expected 1 to %d, got %d".formatted(most, count));
    }
    if (!engine.equals(LOCAL)) {
      return runOn(PreparationEngine.named(engine), count);
    }
    List<Path> files = files();
    Path folder = Path.of(out);
    SoftLabelStore store = new SoftLabelStore(folder, "--out", "keep fewer classes by --top-k");
    SoftLabelStore.Wanted wanted =
        new SoftLabelStore.Wanted(source.fingerprint(), most, count, false);
    ImageLabelling labelling = new ImageLabelling(store, wanted, true);
    List<Path> missing = labelling.missing(files);
    PrintWriter text = spec.commandLine().getOut();
    if (missing.size() < files.size()) {
      text.printf(
          "%d of %d images are labelled already%n", files.size() - missing.size(), files.size());
    }
    if (missing.isEmpty()) {
      return 0;
    }
    Folders.make("--out", folder);
    int threads = Runtime.getRuntime().availableProcessors();
    try (Device chosen = Devices.open("--device", device, precision, threads);
        ImageTeacher teacher = source.open(chosen);
        Workers workers = new Workers(threads)) {
      Report report = new Report(text, spec.commandLine().getErr(), missing.size());
      labelling.label(missing, teacher, workers, report, () -> false);
      return report.end();
    }
  }

  private int runOn(PreparationEngine other, int count) throws IOException {
    if (images.size() != 1) {
      throw new InputException("--images: expected one folder with --on " + engine);
    }
    if (!device.equals("cpu")) {
      throw new InputException(
          "--device: expected cpu with --on %s, got %s".formatted(engine, device));
    }
    if (!weights.contains("://")) {
      DptWeights.requireFile(Path.of(weights), true);
    }
    SoftLabelPreparation preparation =
        new SoftLabelPreparation(weights, count, new SoftLabelPreparation.Published());
    PreparationResult result = other.run(preparation, images.getFirst(), out, false);
    return PreparationOptions.report(
        result, out, spec.commandLine().getOut(), spec.commandLine().getErr());
  }

  /// All images, those of a folder in the order of their names.
  private List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String name : images) {
      Path path = Path.of(name);
      if (!Files.isDirectory(path)) {
        if (!Files.exists(path)) {
          throw new InputException(
              "--images: expected an image or a folder of images, found no such file: " + path);
        }
        files.add(path);
        continue;
      }
      try (Stream<Path> inside = Files.walk(path)) {
        files.addAll(inside.filter(SoftLabelStore::isImage).sorted().toList());
      }
    }
    if (files.isEmpty()) {
      throw new InputException(
          "%s: expected images (png, jpg, ppm, pgm), found none"
              .formatted(String.join(", ", images)));
    }
    return files.stream().distinct().toList();
  }

  /// Shows what happens.
  private static final class Report implements ImageLabelling.Listener {
    private final PrintWriter out;
    private final PrintWriter err;
    private final int all;
    private final Progress progress;
    private final long started = System.nanoTime();
    private int labelled;
    private int failed;

    Report(PrintWriter out, PrintWriter err, int all) {
      this.out = out;
      this.err = err;
      this.all = all;
      this.progress = new Progress(Progress.Display.standard(true), "label", all);
    }

    @Override
    public void labelled(int done) {
      labelled = done;
      progress.update(labelled + failed, Double.NaN);
    }

    @Override
    public void failed(InputException problem) {
      failed++;
      progress.close();
      err.println("octolift: " + problem.getMessage());
      err.flush();
      progress.update(labelled + failed, Double.NaN);
    }

    int end() {
      progress.close();
      double seconds = (System.nanoTime() - started) * 1e-9;
      out.printf("%d of %d images labelled in %.1f s", labelled, all, seconds);
      if (labelled > 0) {
        out.printf(": %.2f images a second", labelled / seconds);
      }
      out.println();
      out.flush();
      return failed == 0 ? 0 : 1;
    }
  }
}
