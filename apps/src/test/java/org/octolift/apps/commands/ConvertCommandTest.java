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

class ConvertCommandTest {
  @TempDir private Path folder;
  private TinyRun tiny;
  private String checkpoint;

  @BeforeEach
  void train() throws IOException {
    tiny = TinyRun.in(folder);
    checkpoint = tiny.path("log/checkpoints/00001").toString();
    assertThat(
            Console.run("segment", "--config", tiny.config().toString(), "SOLVER.max_epoch", "1")
                .code())
        .isZero();
  }

  private String path(String name) {
    return tiny.path(name).toString();
  }

  private static String run(String... arguments) {
    Console.Result result = Console.run(arguments);
    assertThat(result.code()).as(result.err()).isZero();
    return result.out();
  }

  private static void assertRefused(String message, String... arguments) {
    Console.Result result = Console.run(arguments);
    assertThat(result.err()).startsWith("octolift: ").contains(message).hasLineCount(1);
    assertThat(result.code()).isEqualTo(2);
  }

  @Test
  void weightsGoThroughAllFormatsAndLayouts() throws IOException {
    String ours = checkpoint + ".model.safetensors";
    assertThat(run("convert", ours, path("a.model.pth")))
        .matches("\\S+a\\.model\\.pth: 98 tensors, [0-9,]+ values\\R");
    run("convert", path("a.model.pth"), path("ocnn.pt"), "--layout", "ocnn-pytorch");
    run("convert", path("ocnn.pt"), path("ocnn.safetensors"));
    run("convert", path("ocnn.safetensors"), path("b.pth"), "--layout", "reference");
    run("convert", path("b.pth"), path("back.safetensors"));
    run("convert", checkpoint + ".solver.json", path("c.pth"));

    assertThat(Path.of(path("b.pth"))).hasSameBinaryContentAs(Path.of(path("a.model.pth")));
    assertThat(Path.of(path("c.pth"))).hasSameBinaryContentAs(Path.of(path("a.model.pth")));
    assertThat(Path.of(path("back.safetensors"))).hasSameBinaryContentAs(Path.of(ours));
    assertThat(run("inspect", path("ocnn.pt")))
        .startsWith("layout: ocnn-pytorch\nconv1.conv.weights")
        .containsPattern("header\\.1\\.linear\\.weight +float32 +\\(4, 8\\)\n");
    String test =
        run(
            "segment",
            "--config",
            tiny.config().toString(),
            "SOLVER.run",
            "test",
            "SOLVER.ckpt",
            path("b.pth"));
    assertThat(test).contains("loaded " + path("b.pth"));
  }

  @Test
  void theStateOfARunGoesThroughTheReferencesFile() throws IOException {
    assertThat(run("convert", checkpoint + ".solver.json", path("00001.solver.tar")))
        .isEqualToIgnoringNewLines(path("00001.solver.tar") + ": the state after epoch 1");
    run("convert", path("00001.solver.tar"), path("other/00001.solver.json"));
    for (String part : List.of("model.safetensors", "solver.safetensors", "solver.json")) {
      assertThat(Path.of(path("other/00001." + part)))
          .hasSameBinaryContentAs(Path.of(checkpoint + "." + part));
    }
    assertThat(run("inspect", path("00001.solver.tar")))
        .startsWith("epoch: 1\noptimizer_dict.param_groups.0.lr: ")
        .contains("optimizer_dict.param_groups.0.params: 50 values\n", "global_step: 2\n")
        .contains("scheduler_dict.last_epoch: 1\n", "seed: 3\n")
        .containsPattern("model_dict\\.conv1\\.conv\\.weights +float32 +\\(6, 189\\)\n")
        .containsPattern("optimizer_dict\\.state\\.0\\.momentum_buffer +float32 +\\(6, 189\\)\n");
    run("convert", path("00001.solver.tar"), path("weights.pth"));
    assertThat(run("inspect", path("weights.pth"))).startsWith("conv1.conv.weights");
  }

  @Test
  void aFileOfAnyNameIsInspected() throws IOException {
    run("convert", checkpoint + ".solver.json", path("weights.pth"));
    Files.move(Path.of(path("weights.pth")), Path.of(path("points20")));
    assertThat(run("inspect", path("points20"))).contains("98 tensors");
  }

  @Test
  void badInputIsRefused() throws IOException {
    String ours = checkpoint + ".model.safetensors";
    assertRefused("x.onnx: expected a name that says the format", "convert", ours, path("x.onnx"));
    assertRefused("none.pth: no such file", "convert", path("none.pth"), path("x.pth"));
    assertRefused(
        "config.yaml: expected a model", "convert", tiny.config().toString(), path("x.pth"));
    assertRefused(
        "--layout: expected reference or ocnn-pytorch, got tensorflow",
        "convert",
        ours,
        path("x.pth"),
        "--layout",
        "tensorflow");
    assertRefused(
        "holds no state of a run; expected a .solver.json or a .solver.tar",
        "convert",
        ours,
        path("x.solver.tar"));
    assertRefused(
        "has the layout reference",
        "convert",
        checkpoint + ".solver.json",
        path("x.solver.tar"),
        "--layout",
        "ocnn-pytorch");
    run("convert", checkpoint + ".solver.json", path("a.solver.tar"));
    assertRefused(
        "expected the name 00001.solver.json",
        "convert",
        path("a.solver.tar"),
        path("2.solver.json"));
    assertRefused("name it with --config", "convert", path("a.solver.tar"), path("b.solver.tar"));
    Path other = Path.of(path("other.yaml"));
    Files.writeString(other, Files.readString(tiny.config()).replace("(6, 8, 8)", "(5, 8, 8)"));
    assertRefused(
        "expected conv1.conv.weights (5, 189), found (6, 189)",
        "convert",
        ours,
        path("x.pth"),
        "--config",
        other.toString());
    run("convert", ours, path("x.pth"), "--config", tiny.config().toString());
  }
}
