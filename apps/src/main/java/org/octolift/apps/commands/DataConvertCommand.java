package org.octolift.apps.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.octolift.apps.data.LabelMap;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.ScanConversion;
import org.octolift.apps.data.ScanEncoding;
import org.octolift.apps.data.Scans;
import org.octolift.apps.data.geometry.PointNormals;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `octolift data convert`: one file in, the same points in another format out.
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Converts a point cloud between PLY, PCD, .points and NPZ.",
      "",
      "Optionally labels become classes and normals are computed on the way.",
      "",
      "Points that are not finite (pixels without depth in an organised PCD) are dropped unless"
          + " --keep-invalid is given."
    },
    footer = {
      "",
      "Example:",
      "  octolift data convert scan.pcd scan.ply",
      "  octolift data convert scan.ply scan.pcd --encoding compressed",
      "  octolift data convert scan.pcd scan.ply --normals --map-labels 1-9:1,20-:2,*:0"
    })
public final class DataConvertCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "IN",
      description = "File to read: its content decides on the format.")
  private Path input;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description = "File to write: .ply, .pcd, .points or .npz.")
  private Path output;

  @Option(
      names = "--encoding",
      paramLabel = "NAME",
      defaultValue = "binary",
      description = {
        "ascii, binary, big-endian or compressed (default: ${DEFAULT-VALUE}).",
        "PLY: ascii, binary, big-endian. PCD: ascii, binary, compressed. NPZ: binary, compressed."
      })
  private ScanEncoding encoding;

  @Option(
      names = "--keep-invalid",
      description = "Keep points with NaN or infinite coordinates, normals or colours.")
  private boolean keepInvalid;

  @Option(
      names = "--map-labels",
      paramLabel = "RULES",
      description = {
        "Replace labels by classes: LABELS:CLASS, separated by commas. LABELS is a label (7), a range"
            + " (1-9, or 20- for 20 and above), or * for all others.",
        "A label that no rule names is an error."
      })
  private String labelRules;

  @Option(
      names = "--normals",
      description =
          "Compute normals from up to 30 neighbours within 0.1 (metres), replacing any in the file;"
              + " the largest component is positive unless --viewpoint is given.")
  private boolean normals;

  @Option(
      names = "--viewpoint",
      paramLabel = "X,Y,Z",
      description = "Turn normals towards this place: 0,0,0 for a cloud in its camera's frame.")
  private String viewpoint;

  /// Converts and says what was written.
  @Override
  public Integer call() {
    LabelMap labels = labelRules == null ? null : LabelMap.parse("--map-labels", labelRules);
    if (normals && keepInvalid) {
      throw new InputException("--normals: needs finite points; leave out --keep-invalid");
    }
    double[] place = viewpoint == null ? null : place(viewpoint);
    ScanConversion done =
        ScanConversion.convert(input, output, encoding, scan -> edited(scan, labels, place));
    PrintWriter out = spec.commandLine().getOut();
    int dropped = done.read().size() - done.written().size();
    out.printf("%s: %s%n", output, done.written().summary());
    if (dropped > 0) {
      out.printf("dropped %,d points that are not finite (--keep-invalid keeps them)%n", dropped);
    }
    for (String lost : done.lost()) {
      out.printf("the format has no place for %s: dropped%n", lost);
    }
    out.flush();
    return 0;
  }

  private static double[] place(String text) {
    try {
      double[] place =
          Arrays.stream(text.split(",", -1)).mapToDouble(Double::parseDouble).toArray();
      if (place.length == 3 && Arrays.stream(place).allMatch(Double::isFinite)) {
        return place;
      }
    } catch (NumberFormatException e) {
      throw new InputException(
          "--viewpoint: expected three numbers such as 0,0,0, got \"" + text + '"', e);
    }
    throw new InputException(
        "--viewpoint: expected three numbers such as 0,0,0, got \"" + text + '"');
  }

  private Scan edited(Scan scan, LabelMap labels, double[] place) {
    Scan result = keepInvalid ? scan : Scans.finite(scan);
    if (labels != null) {
      result = labels.apply(result);
    }
    if (normals) {
      try (Workers workers = new Workers(Runtime.getRuntime().availableProcessors())) {
        result = Scans.withNormals(result, PointNormals.of(result.xyz(), workers));
      }
    }
    return place == null ? result : Scans.facing(result, place);
  }
}
