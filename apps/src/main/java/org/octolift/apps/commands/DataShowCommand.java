package org.octolift.apps.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.ScanFiles;
import org.octolift.apps.data.Scans;
import org.octolift.apps.report.ClassNames;
import org.octolift.apps.report.ClassPalette;
import org.octolift.apps.show.Cloud;
import org.octolift.apps.show.CloudPage;
import org.octolift.apps.show.CloudPictures;
import org.octolift.apps.show.Predictions;
import org.octolift.engine.InputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `octolift data show`: pictures of point clouds, and a page with a 3-D viewer.
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Shows point clouds with their colours, labels and predictions: as PNG pictures from five"
          + " sides, and as one HTML page to turn them in a browser, off line.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  octolift data show data/rooms/room_0000.ply",
      "  octolift data show scene0011_00.ply --predictions logs/eval/01.0000.npz --out look"
    })
public final class DataShowCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Scans: .ply, .pcd, .points or .npz.")
  private List<Path> files;

  @Option(
      names = "--predictions",
      arity = "1..*",
      paramLabel = "FILE",
      description =
          "Predicted labels, one file a scan in the same order: .npz of SOLVER.run evaluate, .txt"
              + " with a label a line, or a scan with labels.")
  private List<Path> predictions = List.of();

  @Option(
      names = "--out",
      defaultValue = "show",
      paramLabel = "DIR",
      description = "Folder of index.html and the pictures (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--colour",
      split = ",",
      paramLabel = "NAME",
      description = "Pictures of these alone: ${COMPLETION-CANDIDATES} (default: all there are).")
  private List<Cloud.Colouring> colourings;

  @Option(
      names = "--max-points",
      defaultValue = "1000000",
      paramLabel = "N",
      description = "Most points of a scan on the page (default: ${DEFAULT-VALUE}).")
  private int maxPoints;

  @Option(
      names = "--size",
      defaultValue = "900x700",
      paramLabel = "WxH",
      description = "Size of the pictures in pixels, 0x0 for none (default: ${DEFAULT-VALUE}).")
  private String size;

  /// Draws, and says what was written.
  @Override
  public Integer call() throws IOException {
    int[] pixels = pixels(size);
    if (maxPoints < 1) {
      throw new InputException("--max-points: expected 1 or more, got " + maxPoints);
    }
    if (!predictions.isEmpty() && predictions.size() != files.size()) {
      throw new InputException(
          "--predictions: expected one file for each of the %d scans, got %d"
              .formatted(files.size(), predictions.size()));
    }
    List<Cloud> shown = new ArrayList<>();
    Set<String> names = new HashSet<>();
    int classes = ClassNames.scanNet20().size();
    for (int i = 0; i < files.size(); i++) {
      Cloud cloud = cloud(i, names);
      classes = Math.max(classes, cloud.classes());
      draw(cloud, pixels, ClassPalette.of(cloud.classes()));
      shown.add(cloud.thinned(maxPoints));
    }
    Path page = out.resolve("index.html");
    String title = shown.size() == 1 ? shown.getFirst().name() : shown.size() + " clouds";
    new CloudPage(title, shown, ClassNames.generic(classes), ClassPalette.of(classes)).write(page);
    print("%s: %s%n", page, title);
    return 0;
  }

  private static int[] pixels(String size) {
    if (!size.matches("[0-9]{1,4}x[0-9]{1,4}")) {
      throw new InputException("--size: expected WIDTHxHEIGHT such as 900x700, got " + size);
    }
    int x = size.indexOf('x');
    int width = Integer.parseInt(size.substring(0, x));
    int height = Integer.parseInt(size.substring(x + 1));
    if ((width != 0 || height != 0) && (width < 64 || height < 64)) {
      throw new InputException("--size: expected 64x64 or more, or 0x0, got " + size);
    }
    return new int[] {width, height};
  }

  private Cloud cloud(int i, Set<String> names) throws IOException {
    Path file = files.get(i);
    Scan scan = ScanFiles.read(file);
    int[] predicted = null;
    if (predictions.isEmpty()) {
      scan = Scans.finite(scan);
    } else {
      predicted = Predictions.read(predictions.get(i), Scans.requireFinite(scan));
    }
    if (scan.size() == 0) {
      throw InputException.in(file, "has no point whose values are finite");
    }
    String stem = file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
    String name = stem;
    for (int n = 2; !names.add(name); n++) {
      name = stem + "_" + n;
    }
    return new Cloud(name, scan, predicted);
  }

  private void draw(Cloud cloud, int[] pixels, ClassPalette palette) throws IOException {
    if (pixels[0] == 0) {
      return;
    }
    CloudPictures pictures = new CloudPictures(pixels[0], pixels[1], palette);
    for (Cloud.Colouring colouring : cloud.colourings()) {
      if (colourings == null || colourings.contains(colouring)) {
        pictures.write(out, cloud, colouring).forEach(file -> print("%s%n", file));
      }
    }
  }

  private void print(String format, Object... values) {
    PrintWriter text = spec.commandLine().getOut();
    text.printf(format, values);
    text.flush();
  }
}
