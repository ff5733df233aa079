package org.octolift.apps.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.apps.Console;
import org.octolift.apps.train.TinyPretraining;
import org.octolift.apps.train.TinyRun;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.Npz;
import org.octolift.nn.checkpoint.ModelFiles;

/// The way from images to a fine-tuned network, and what `octolift pretrain` answers to bad input.
class PretrainCommandTest {
  private static final String MODEL = "log/checkpoints/00002.model.safetensors";

  @TempDir private Path folder;
  private TinyPretraining tiny;

  @BeforeEach
  void data() throws IOException {
    tiny = TinyPretraining.in(folder);
  }

  /// Runs a command with settings; words that start with @ are files.
  private Console.Result run(String command, Path config, String settings) {
    List<String> words = new ArrayList<>(List.of(command, "--config", config.toString()));
    for (String word : settings.split(" +")) {
      words.add(word.startsWith("@") ? tiny.path(word.substring(1)).toString() : word);
    }
    return Console.run(words.toArray(String[]::new));
  }

  private Console.Result pretrain(String settings) {
    return run(
        "pretrain", tiny.path("config.yaml"), "SOLVER.max_epoch 2 MODEL.teacher @w.pt " + settings);
  }

  private static void assertRefused(Console.Result result, String... parts) {
    assertThat(result.err()).contains(parts).startsWith("octolift: ");
    assertThat(result.err().lines()).as(result.err()).hasSize(1);
    assertThat(result.code()).isEqualTo(2);
  }

  @Test
  void handsItsTrunkToFineTuning() throws IOException, InterruptedException {
    tiny.storeLabels();
    Console.Result result = pretrain("SOLVER.run train");
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("Epoch: 2, test/loss: ", "test/mIoU_part: ");
    Map<String, NdArray> pretrained = ModelFiles.read(tiny.path(MODEL));
    assertThat(pretrained.get("header.1.conv1x1.weight").shape()).containsExactly(5, 8, 1);

    TinyRun fine = TinyRun.in(folder.resolve("fine"));
    Map<String, NdArray> points = new HashMap<>();
    for (int scene = 0; scene < 3; scene++) {
      points.put("scene" + scene, NdArray.of(new int[] {0, 1, 2, 3, 10, 11}, 6));
    }
    Npz.write(fine.path("points.npz"), points, Npz.Compression.STORED);
    Console.Result tuned =
        run(
            "finetune-la",
            fine.config(),
            "SOLVER.lr 1e-30 SOLVER.weight_decay 0.0 SOLVER.max_epoch 2 DATA.train.limit True"
                + " DATA.train.points_file @fine/points.npz MODEL.pretrain_file @"
                + MODEL);
    assertThat(tuned.err()).isEmpty();
    assertThat(tuned.code()).isZero();
    Map<String, NdArray> model = ModelFiles.read(fine.path(MODEL));
    assertThat(model.get("header.1.conv1x1.weight").shape()).containsExactly(4, 8, 1);
    for (String trunk : List.of("conv1.conv.weights", "decoder.1.resblks.0.conv3x3b.bn.bias")) {
      assertThat(model.get(trunk).floats()).isEqualTo(pretrained.get(trunk).floats());
    }
  }

  @Test
  void needsAConfiguration() {
    assertRefused(
        Console.run("pretrain"), "--config: expected a YAML file, got nothing; config/README.md");
  }

  @Test
  void storedLabelsAreNoScans() throws IOException, InterruptedException {
    tiny.storeLabels();
    Console.Result check = Console.run("data", "check", folder.toString());
    assertThat(check.err()).isEmpty();
    assertThat(check.out()).contains("train/      3 ", "val/        2 ").doesNotContain("npz");
    Path file = tiny.path("train/soft_labels/view0_rgb.npz");
    assertThat(Console.run("inspect", file.toString()).out())
        .contains("soft labels of 40 × 30 pixels: the 5 most probable of 5 classes");
  }

  @Test
  void saysWhichWeightsAreMissing() throws IOException {
    assertRefused(
        pretrain("MODEL.nout 150"),
        "MODEL.teacher: ",
        "w.pt: expected the weights dpt_hybrid-ade20k-53898607.pt or dpt_large-ade20k-b12dca68.pt",
        "github.com/isl-org/DPT/releases");
    Files.writeString(tiny.path("w.pt"), "no weights");
    assertRefused(pretrain("MODEL.nout 150"), "MODEL.teacher: ", "w.pt: expected a model");
    assertRefused(
        pretrain("SOLVER.lr 0.1"), "MODEL.nout: expected 150, the classes of MODEL.teacher");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DATA.train.filelist @none.txt       | none.txt: there is no such list",
        "DATA.train.filelist ''              | DATA.train.filelist: expected a text file of scans",
        "DATA.train.soft_top_k -1            | DATA.train.soft_top_k: expected 0 (all classes) to 256",
        "DATA.train.soft_top_k 6             | DATA.train.soft_top_k: expected 0 (all classes) to 5",
        "DATA.train.soft_store maybe         | DATA.train.soft_store",
        "DATA.test.batch_size 2 SOLVER.run evaluate SOLVER.ckpt @x | x: no such file",
        "MODEL.nout 6                        | expected labels of 6 classes, found 5",
        "DATA.train.soft_store False         | MODEL.teacher: ",
      })
  void settingsAreRefused(String settings, String message)
      throws IOException, InterruptedException {
    tiny.storeLabels();
    assertRefused(pretrain(settings), message);
  }

  @Test
  void scansWithoutTheirPixelsOrImagesAreRefused() throws IOException, InterruptedException {
    tiny.storeLabels();
    Files.writeString(
        tiny.path("train/view1_rgb.ply"),
        """
        ply
        format ascii 1.0
        element vertex 2
        property float x
        property float y
        property float z
        property float nx
        property float ny
        property float nz
        property uchar red
        property uchar green
        property uchar blue
        end_header
        0 0 0 0 0 1 90 90 90
        1 1 1 0 0 1 90 90 99
        """);
    assertRefused(
        pretrain("DATA.train.batch_size 1"),
        "view1_rgb.ply: expected the pixel of each point, a column mask");
    String ply = Files.readString(tiny.path("train/view1_rgb.ply"));
    Files.writeString(
        tiny.path("train/view1_rgb.ply"),
        ply.replace("end_header", "property uint mask\nend_header")
            .replace("90 90 90", "90 90 90 7")
            .replace("90 90 99", "90 90 99 1200"));
    assertRefused(
        pretrain("DATA.train.batch_size 1 SOLVER.logdir @b"),
        "view1_rgb.ply: expected pixels of an image of 40 × 30, found number 1200");
    Files.delete(tiny.path("train/view2_rgb.png"));
    assertRefused(pretrain("SOLVER.logdir @c"), "mp3d_train_img.txt: line 3: there is no file");
    Files.delete(tiny.path("mp3d_train_img.txt"));
    assertRefused(
        pretrain("SOLVER.logdir @d"), "view2_rgb.ply: expected the image that it was made of");
  }
}
