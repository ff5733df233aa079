package org.octolift.apps.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.ScanConversion;
import org.octolift.apps.data.ScanEncoding;
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
      "Points that are not finite (pixels without depth in an organised PCD) are dropped unless"
          + " --keep-invalid is given."
    },
    footer = {
      "",
      "Example:",
      "  octolift data convert scan.pcd scan.ply",
      "  octolift data convert scan.ply scan.pcd --encoding compressed"
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

  /// Converts and says what was written.
  @Override
  public Integer call() {
    ScanConversion done = ScanConversion.convert(input, output, encoding, keepInvalid);
    PrintWriter out = spec.commandLine().getOut();
    int dropped = done.read().size() - done.written().size();
    out.printf("%s: %s%n", output, describe(done.written()));
    if (dropped > 0) {
      out.printf("dropped %,d points that are not finite (--keep-invalid keeps them)%n", dropped);
    }
    for (String lost : done.lost()) {
      out.printf("the format has no place for %s: dropped%n", lost);
    }
    out.flush();
    return 0;
  }

  /// "1,200 points with normals, colours".
  static String describe(Scan scan) {
    StringBuilder properties = new StringBuilder();
    append(properties, scan.normals() != null, "normals");
    append(properties, scan.colours() != null, "colours");
    append(properties, scan.labels() != null, "labels");
    append(properties, scan.pixels() != null, "pixel indices");
    return "%,d points%s".formatted(scan.size(), properties);
  }

  private static void append(StringBuilder properties, boolean present, String name) {
    if (present) {
      properties.append(properties.isEmpty() ? " with " : ", ").append(name);
    }
  }
}
