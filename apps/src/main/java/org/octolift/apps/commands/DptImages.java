package org.octolift.apps.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.octolift.apps.train.Devices;
import org.octolift.engine.Device;
import org.octolift.engine.InputException;
import org.octolift.engine.io.Folders;
import org.octolift.engine.tornado.Precision;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// The options that all commands share which go from images to files: which images, and whereto.
final class DptImages {
  private static final String ENDINGS = ".*\\.(png|jpe?g|ppm|pgm)";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Parameters(paramLabel = "IMAGE", arity = "0..*", description = "Images, or folders of images.")
  private List<Path> images = new ArrayList<>();

  @Option(
      names = "--images",
      paramLabel = "FILE|DIR",
      description = "The same; may be given several times.")
  private List<Path> more = new ArrayList<>();

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

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cpu",
      description = "cpu or gpu (default: ${DEFAULT-VALUE}).")
  private String device;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      defaultValue = "FP32",
      description = "fp32 (the default); bf16 needs a GPU.")
  private Precision precision;

  /// Opens what computes.
  ///
  /// @throws InputException if there is no such device
  Device device() {
    return Devices.open("--device", device, precision, threads());
  }

  private int threads() {
    int used = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    if (used < 1 || used > 4096) {
      throw new InputException("--threads: expected 1..4096, got " + used);
    }
    return used;
  }

  /// All images, those of a folder in the order of their names. Makes the folder for the results.
  ///
  /// @param endings of the files that each image becomes, to be sure that no two become the same
  ///     and that none replaces an image
  List<Path> files(String... endings) throws IOException {
    List<Path> named = Stream.concat(images.stream(), more.stream()).toList();
    if (named.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "Missing images: name them, or folders of them");
    }
    List<Path> files = new ArrayList<>();
    for (Path path : named) {
      if (!Files.isDirectory(path)) {
        files.add(path);
        continue;
      }
      try (Stream<Path> inside = Files.list(path)) {
        files.addAll(
            inside
                .filter(file -> file.toString().toLowerCase(Locale.ROOT).matches(ENDINGS))
                .sorted()
                .toList());
      }
    }
    if (files.isEmpty()) {
      throw new InputException(
          "%s: expected images (png, jpg, ppm, pgm), found none"
              .formatted(named.stream().map(Path::toString).collect(Collectors.joining(", "))));
    }
    Map<Path, Path> taken = new HashMap<>();
    files.forEach(file -> taken.put(file.toAbsolutePath().normalize(), file));
    for (Path file : files) {
      for (String ending : endings) {
        Path result = result(file, ending);
        Path other = taken.put(result.toAbsolutePath().normalize(), file);
        if (other != null) {
          throw InputException.in(
              file,
              "its result would be %s, which %s; choose another --out, or rename"
                  .formatted(result, other.equals(result) ? "is an image" : "is that of " + other));
        }
      }
    }
    for (Path file : files) {
      if (!Files.exists(file)) {
        throw InputException.in(
            file, "expected an image or a folder of images, found no such file");
      }
    }
    Folders.make("--out", target);
    return files;
  }

  /// What is done with an image.
  interface Action {
    /// Treats an image.
    ///
    /// @return what came out, in a few words
    /// @throws InputException when the image cannot be read
    String run(Path image) throws IOException;
  }

  /// Treats one image after the other. One that is at fault is named, and the others go on.
  ///
  /// @return exit code: 1 if an image failed
  int each(List<Path> files, Action action) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    int failed = 0;
    for (Path file : files) {
      long start = System.nanoTime();
      try {
        String told = action.run(file);
        double seconds = (System.nanoTime() - start) * 1e-9;
        out.println(String.format(Locale.ROOT, "%s: %s, %.1f s", file, told, seconds));
        out.flush();
      } catch (InputException e) {
        failed++;
        err.println("octolift: " + e.getMessage());
        err.flush();
      }
    }
    if (failed > 0) {
      err.printf("octolift: %d of %d images failed%n", failed, files.size());
      err.flush();
    }
    return failed == 0 ? 0 : 1;
  }

  /// The file that an image becomes.
  Path result(Path image, String ending) {
    String name = image.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return target.resolve((dot > 0 ? name.substring(0, dot) : name) + ending);
  }
}
