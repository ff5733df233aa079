package org.octolift.apps.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.data.image.ImageFiles;
import org.octolift.apps.dpt.DptWeights;
import org.octolift.apps.dpt.ImageSegmenter;
import org.octolift.apps.dpt.LabelImages;
import org.octolift.apps.report.Ade20k;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.CpuDevice;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `octolift dpt segment`: semantic segmentation of images.
@Command(
    name = "segment",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Labels each pixel of images with one of ADE20K's 150 classes, by DPT-Hybrid.",
      "",
      "For each image NAME.EXT, writes NAME.png (grey, class 1 to 150, as ADE20K's annotations) and"
          + " NAME.overlay.png (the classes' colours over the image). Reads PNG, JPEG and Netpbm.",
      ""
    },
    footer = {
      "",
      "Example:",
      "  octolift dpt segment photos --weights dpt_hybrid-ade20k-53898607.pt --out labels"
    })
public final class DptSegmentCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "Images, or folders of images.")
  private List<Path> images;

  @Option(
      names = "--weights",
      required = true,
      paramLabel = "FILE",
      description = "The published weights, " + DptWeights.SEGMENTATION + ".")
  private Path weights;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder for the results.")
  private Path target;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Number of threads (default: all processors).")
  private Integer threads;

  @Override
  public Integer call() throws IOException {
    int used = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    if (used < 1 || used > 4096) {
      throw new InputException("--threads: expected 1..4096, got " + used);
    }
    List<Path> files = files();
    PrintWriter out = spec.commandLine().getOut();
    try (CpuDevice device = new CpuDevice(used);
        ImageSegmenter segmenter = new ImageSegmenter(device, DptWeights.segmentation(weights))) {
      Files.createDirectories(target);
      for (Path file : files) {
        long start = System.nanoTime();
        ColourImage image = ImageFiles.readColour(file);
        int[] classes = segmenter.classes(image);
        String name = stem(file);
        LabelImages.write(target.resolve(name + ".png"), image, classes);
        LabelImages.writeOverlay(target.resolve(name + ".overlay.png"), image, classes);
        out.println(
            String.format(
                Locale.ROOT,
                "%s: mostly %s, %.1f s",
                file,
                Ade20k.names().get(mostFrequent(classes)),
                (System.nanoTime() - start) * 1e-9));
        out.flush();
      }
    }
    return 0;
  }

  /// All images, those of a folder in the order of their names.
  private List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path path : images) {
      if (!Files.isDirectory(path)) {
        files.add(path);
        continue;
      }
      try (Stream<Path> inside = Files.list(path)) {
        files.addAll(
            inside
                .filter(
                    file ->
                        file.toString()
                            .toLowerCase(Locale.ROOT)
                            .matches(".*\\.(png|jpe?g|ppm|pgm)"))
                .sorted()
                .toList());
      }
    }
    if (files.isEmpty()) {
      throw new InputException(
          "%s: expected images (png, jpg, ppm, pgm), found none".formatted(images));
    }
    return files;
  }

  private static String stem(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  private static int mostFrequent(int[] classes) {
    int[] counts = new int[Ade20k.names().size()];
    int best = 0;
    for (int index : classes) {
      counts[index]++;
    }
    for (int index = 1; index < counts.length; index++) {
      best = counts[index] > counts[best] ? index : best;
    }
    return best;
  }
}
