package org.octolift.apps.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.octolift.apps.rooms.RoomFiles;
import org.octolift.apps.rooms.RoomOptions;
import org.octolift.apps.rooms.RoomType;
import org.octolift.engine.InputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `octolift rooms`: a data set of generated rooms.
@Command(
    name = "rooms",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Generates labelled scans of furnished rooms: PLY files with normals, colours and ScanNet-20"
          + " labels, and the lists train.txt and test.txt.",
      "",
      "The same seed makes the same rooms."
    },
    footer = {
      "",
      "Example:",
      "  octolift rooms --out data/rooms --count 60 --seed 1",
      "  octolift rooms --out data/kitchens --count 20 --types kitchen \\",
      "      --voxel 0.02 --points 150000"
    })
public final class RoomsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write to.")
  private Path out;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "60",
      description = "Number of rooms (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--test",
      paramLabel = "N",
      description = "How many of them are for the test (default: a fifth).")
  private Integer test;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Seed of the first room; the others follow (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--types",
      split = ",",
      paramLabel = "TYPE",
      description = "Room types, which take turns: ${COMPLETION-CANDIDATES} (default: all).")
  private List<RoomType> types;

  @Option(
      names = "--voxel",
      paramLabel = "METRES",
      defaultValue = "0.04",
      description = "Distance between points, 0.005 to 0.5 (default: ${DEFAULT-VALUE}).")
  private double voxel;

  @Option(
      names = "--points",
      paramLabel = "N",
      defaultValue = "40000",
      description = "Most points of a scan (default: ${DEFAULT-VALUE}).")
  private int points;

  @Option(
      names = "--noise",
      paramLabel = "X",
      defaultValue = "0.6",
      description = {
        "Sensor errors from 0 (none) to 2;",
        "1 is a first-generation depth camera (default: ${DEFAULT-VALUE})."
      })
  private double noise;

  /// Writes the rooms and says so.
  @Override
  public Integer call() throws IOException {
    int tests = test == null ? Math.max(1, count / 5) : test;
    require(count >= 1, "--count", "at least 1", count);
    require(tests >= 0 && tests <= count, "--test", "0.." + count, tests);
    require(voxel >= 0.005 && voxel <= 0.5, "--voxel", "0.005..0.5", voxel);
    require(points >= 1, "--points", "at least 1", points);
    require(noise >= 0 && noise <= 2, "--noise", "0..2", noise);
    RoomOptions options = RoomOptions.demo().withResolution(voxel, points).withNoise(noise);
    RoomFiles.Written written =
        RoomFiles.write(
            out,
            count,
            tests,
            seed,
            types == null ? options : options.withTypes(types),
            Runtime.getRuntime().availableProcessors(),
            _ -> {});
    PrintWriter text = spec.commandLine().getOut();
    text.printf(
        "%s: %d rooms, %d to train on and %d to test on%n",
        out, count, written.train().size(), written.test().size());
    text.flush();
    return 0;
  }

  private static void require(boolean ok, String option, String expected, Object actual) {
    if (!ok) {
      throw new InputException("%s: expected %s, got %s".formatted(option, expected, actual));
    }
  }
}
