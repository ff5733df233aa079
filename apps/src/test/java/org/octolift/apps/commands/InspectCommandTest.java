package org.octolift.apps.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.Console;
import org.octolift.apps.train.TinyRun;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.octree.OctreeBuilder;
import org.octolift.engine.octree.OctreeFile;
import org.octolift.engine.octree.OctreeOptions;
import org.octolift.engine.octree.Points;

class InspectCommandTest {
  @TempDir private Path folder;
  private TinyRun tiny;

  @BeforeEach
  void data() throws IOException {
    tiny = TinyRun.in(folder);
  }

  private static String inspect(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "inspect";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    Console.Result result = Console.run(all);
    assertThat(result.code()).as(result.err()).isZero();
    return result.out();
  }

  private static void assertRefused(String message, String... arguments) {
    Console.Result result = Console.run(arguments);
    assertThat(result.err()).startsWith("octolift: ").contains(message).hasLineCount(1);
    assertThat(result.code()).isEqualTo(2);
  }

  @Test
  void showsTheMemoryOfTheReferenceNetwork() {
    // A tiny scan: the plan depends on it, the size of the parameters does not.
    String text = inspect("--memory", "--scan", tiny.path("scene0.ply").toString());
    assertThat(text)
        .contains("points in the cube", "Training, 1 scans a batch: ", "Testing, one scan: ")
        .containsPattern("\n +9 +[0-9,]+ +[0-9,]+\n")
        .contains("nearest (points, 96)", " temporaries in ", " MiB unshared")
        .containsPattern("\nMost at once, in [a-zA-Z]+: [0-9.]+ MiB\n +[0-9.]+ MiB  ");
    // models.md: 39.18 million parameters of 4 bytes; momentum has as many.
    assertThat(number(text, "parameters and statistics")).isBetween(140.0, 160.0);
    assertThat(number(text, "optimiser"))
        .isLessThan(number(text, "parameters and statistics"))
        .isGreaterThan(number(text, "parameters and statistics") - 1);
  }

  @Test
  void showsTheMemoryOfAConfiguration() {
    String config = tiny.config().toString();
    String one = inspect("--memory", "--config", config, "DATA.train.batch_size", "1");
    String two = inspect("--memory", "--config", config, "DATA.train.batch_size", "4");
    assertThat(one).startsWith("room-1: ").contains("\n    5 ").doesNotContain("\n    6 ");
    assertThat(two).contains("Training, 4 scans a batch");
    String key = "activations and gradients, training";
    assertThat(number(two, key)).isGreaterThan(2.5 * number(one, key));
    String adam = inspect("--memory", "--config", config, "SOLVER.type", "adam");
    assertThat(number(adam, "optimiser")).isPositive();
    assertThat(number(adam, "all")).isGreaterThan(number(one, "all"));
  }

  private static double number(String text, String what) {
    String line =
        text.lines().filter(l -> l.endsWith("  " + what)).findFirst().orElseThrow().strip();
    return Double.parseDouble(line.substring(0, line.indexOf(' ')).replace(",", ""));
  }

  @Test
  void showsCheckpoints() {
    assertThat(
            Console.run("segment", "--config", tiny.config().toString(), "SOLVER.max_epoch", "1")
                .code())
        .isZero();
    String checkpoint = tiny.path("log/checkpoints/00001").toString();
    assertThat(inspect(checkpoint + ".model.safetensors"))
        .containsPattern("conv1\\.conv\\.weights +float32 +\\(6, 189\\)\n")
        .containsPattern("conv1\\.bn\\.num_batches_tracked +int64 +\\(\\)\n")
        .containsPattern("[0-9]+ tensors, [0-9,]+ values\n$");
    assertThat(inspect(checkpoint + ".solver.json"))
        .startsWith("epoch 1, state {\"step\":2")
        .containsPattern("momentum\\.conv1\\.conv\\.weights +float32 +\\(6, 189\\)\n");
    assertThat(inspect("../nn/src/test/resources/org/octolift/nn/checkpoint/small.model.pth"))
        .containsPattern("conv1\\.conv\\.weights +float32 +\\(4, 81\\)\n");
  }

  @Test
  void showsScansAndOctrees() throws IOException {
    String scan = tiny.path("scene0.ply").toString();
    String text = inspect(scan, tiny.path("scene1.ply").toString());
    assertThat(text)
        .startsWith(scan + "\n1,500 points with normals, colours, labels\nx -5.9")
        .containsPattern("\nlabel 0: 1[0-9][0-9] points, [0-9.]+ %\n")
        .containsPattern("\nlabel 3: 4[0-9][0-9] points, [0-9.]+ %\n")
        .contains("\n" + tiny.path("scene1.ply") + "\n");

    Files.writeString(
        tiny.path("three.pcd"),
        """
        VERSION .7
        FIELDS x y z
        SIZE 4 4 4
        TYPE F F F
        COUNT 1 1 1
        WIDTH 3
        HEIGHT 1
        POINTS 3
        DATA ascii
        0 0 0
        nan nan nan
        1 2 3
        """);
    assertThat(inspect(tiny.path("three.pcd").toString()))
        .isEqualTo(
            """
            3 points
            1 points are not finite
            x 0.0000 to 1.0000
            y 0.0000 to 2.0000
            z 0.0000 to 3.0000
            """);

    Path octree = tiny.path("a.octree");
    try (Workers workers = new Workers(1)) {
      Points points = new Points(new float[] {.1f, .1f, .1f}, new float[] {0, 0, 1}, null, null);
      OctreeFile.write(octree, OctreeBuilder.build(points, OctreeOptions.of(4, 2), workers));
    }
    assertThat(inspect(octree.toString()))
        .contains(
            "1 octree, depth 4, full to depth 2, 3 channels\n",
            "depth 2: 64 nodes, 1 of them non-empty\n",
            "depth 4: 8 nodes, 1 of them non-empty\n");
  }

  @Test
  void badInputIsRefused() throws IOException {
    assertRefused("expected a FILE, or --memory", "inspect");
    assertRefused("x.ply: no such file", "inspect", "x.ply");
    assertRefused("expected a checkpoint", "inspect", tiny.config().toString());
    assertRefused("are for --memory", "inspect", "--scan", "a.ply", "b.ply");
    assertRefused("unknown key A", "inspect", "--memory", "A", "1");
    assertRefused("has no value", "inspect", "--memory", "SOLVER.lr");
    assertRefused("a.ply: no such file", "inspect", "--memory", "--scan", "a.ply");
    for (String kind : List.of("octree", "pth", "safetensors", "tar", "npz", "points", "pcd")) {
      Path empty = Files.writeString(tiny.path("empty." + kind), "");
      assertRefused("empty." + kind + ": ", "inspect", empty.toString());
    }
  }

  @Test
  void helpNamesBothUses() {
    assertThat(inspect("--help"))
        .contains("octolift inspect FILE...", "octolift inspect --memory [--config FILE]");
    assertThat(Console.run("--help").out()).containsPattern("\n  inspect +Shows what files hold");
  }
}
