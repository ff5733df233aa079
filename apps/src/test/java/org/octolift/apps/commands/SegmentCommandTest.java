package org.octolift.apps.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.apps.Console;
import org.octolift.apps.train.TinyRun;

/// What `octolift segment` answers to bad input: exit code 2 and one line that names the thing.
class SegmentCommandTest {
  @TempDir private Path folder;
  private TinyRun tiny;

  @BeforeEach
  void data() throws IOException {
    tiny = TinyRun.in(folder);
  }

  /// Runs the configuration with settings changed; words that start with @ are files.
  private Console.Result segment(String settings) {
    List<String> words = new ArrayList<>(List.of("segment", "--config", tiny.config().toString()));
    for (String word : settings.isEmpty() ? new String[0] : settings.split(" +")) {
      words.add(word.startsWith("@") ? tiny.path(word.substring(1)).toString() : word);
    }
    return Console.run(words.toArray(String[]::new));
  }

  private static void assertRefused(Console.Result result, String... parts) {
    assertThat(result.err()).contains(parts).startsWith("octolift: ");
    assertThat(result.err().lines()).as(result.err()).hasSize(1);
    assertThat(result.code()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SOLVER.learning_rate 1      | unknown key SOLVER.learning_rate",
        "MODEL.chanel 7              | did you mean MODEL.channel?",
        "SOLVER.max_epoch many       | SOLVER.max_epoch: expected a whole number",
        "SOLVER.lr 1                 | write 1.0",
        "SOLVER.max_epoch            | SOLVER.max_epoch has no value",
        "DATA.train.batch_size 0     | DATA.train.batch_size",
        "DATA.train.depth 6          | DATA.train.depth",
        "DATA.test.depth 4           | DATA.test.depth",
        "MODEL.name resnet           | MODEL.name",
        "MODEL.name segnet           | set MODEL.nempty False",
        "MODEL.encoder_blocks (1,1,1)| MODEL.encoder_channel",
        "SOLVER.device gpu           | SOLVER.device gpu: no GPU: TORNADOVM_HOME",
        "SOLVER.device tpu           | SOLVER.device: expected cpu or gpu, got tpu",
        "SOLVER.accumulate 0         | SOLVER.accumulate",
        "SOLVER.clip_norm -1.0       | SOLVER.clip_norm",
        "DATA.train.semi True        | DATA.train.semi: expected False",
        "SOLVER.run dance            | SOLVER.run",
        "SOLVER.run test             | SOLVER.ckpt",
        "SOLVER.run evaluate DATA.test.batch_size 2 SOLVER.ckpt @x | x: no such file",
        "SOLVER.logdir @train.txt    | SOLVER.logdir: cannot make the folder",
        "SOLVER.logdir @train.txt/a  | SOLVER.logdir: cannot make the folder",
        "SOLVER.ckpt @none.pth       | none.pth: no such file",
        "SOLVER.ckpt @               | found a folder",
        "SOLVER.ckpt /               | found a folder",
        "SOLVER.ckpt @scene0.ply     | scene0.ply: expected a model",
        "SOLVER.ckpt @1.solver.json  | 1.solver.json: expected a checkpoint's file NNNNN",
        "SOLVER.ckpt @00001.solver.json | 00001.solver.json: no such file",
        "DATA.train.filelist @no.txt | no.txt: there is no such list",
        "DATA.test.filelist @no.txt  | no.txt: there is no such list",
        "DATA.train.filelist ''      | DATA.train.filelist: expected a text file of scans",
        "DATA.train.filelist @       | cannot read the list",
        "DATA.train.location @none   | train.txt: line 1: there is no file",
        "DATA.train.node_dis False   | gives 6 input channels",
        "MODEL.nout 3                | LOSS.num_class",
        "MODEL.nout 3 LOSS.num_class 3 | label 3, but MODEL.nout gives classes 0 to 2",
        "DATA.train.offset 0.1 MODEL.channel 4 DATA.train.name x | gives 7 input channels",
      })
  void settingsAreRefused(String settings, String message) {
    assertRefused(segment(settings), message);
  }

  @Test
  void configurationsAreRefused() throws IOException {
    Files.delete(tiny.config());
    assertRefused(segment(""), "config.yaml", "--config expects a YAML file");
    Files.writeString(tiny.config(), "");
    assertRefused(segment(""), "config.yaml: expected sections");
    Files.writeString(tiny.config(), "SOLVER: [1, 2");
    assertRefused(segment(""), "config.yaml: no valid YAML in line");
    Files.writeString(tiny.config(), "SOLVER: {lr: [1.0]}\n");
    assertRefused(segment(""), "config.yaml: SOLVER.lr: expected a number");
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [%s]\n".formatted(i, i, "*a%d, ".formatted(i - 1).repeat(10)));
    }
    Files.writeString(tiny.config(), bomb);
    assertRefused(segment(""), "config.yaml: no valid YAML");
    Console.Result none = Console.run("segment");
    assertRefused(none, "--config: expected a YAML file, got nothing");
    none = Console.run("segment", "SOLVER.seed", "1");
    assertRefused(none, "MODEL.name: expected one of unet, segnet");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                     | has no lines",
        "scene0.ply 1 2         | line 1: expected \"file [label]\"",
        "scene0.ply one         | line 1: expected a whole number",
        "scene0.ply;;gone.ply   | line 3: there is no file",
      })
  void listsAreRefused(String lines, String message) throws IOException {
    Files.writeString(tiny.path("train.txt"), lines.replace(';', '\n'));
    assertRefused(segment(""), "train.txt: ", message);
  }

  private static final String HEADER =
      """
      ply
      format ascii 1.0
      element vertex 3
      property float x
      property float y
      property float z
      end_header
      """;

  private static final String LABELLED =
      HEADER.replace("end_header", "property uchar label\nend_header");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                   | is empty",
        "ply                                  | scene1.ply",
        "no scan at all                       | scene1.ply",
        "HEADER0 0 0;1 1 1;                   | scene1.ply",
        "HEADER0 0 0;1 1 one;2 2 2;           | scene1.ply",
        "LABELLED0 0 0 1;1 nan 1 1;2 2 2 1; | point 1 of 3 is not finite",
        "HEADER-9 9 9;9 -9 9;9 9 -9;          | has no labels to learn from",
      })
  void scansAreRefusedInTheMiddleOfTraining(String content, String message) throws IOException {
    // The scan is second in the list; loader threads read it after the first step has begun.
    Files.writeString(
        tiny.path("scene1.ply"),
        content.replace("LABELLED", LABELLED).replace("HEADER", HEADER).replace(';', '\n'));
    for (String loaders : new String[] {"0", "3"}) {
      Console.Result result = segment("DATA.train.batch_size 1 DATA.train.num_workers " + loaders);
      assertRefused(result, "scene1.ply: ", message);
    }
  }

  @Test
  void scansWithoutWhatTheNetworkReadsAreRefused() throws IOException {
    String xyz = "0 0 0 1\n1 0 0 1\n0 1 0 2\n";
    Files.writeString(tiny.path("scene3.ply"), LABELLED + xyz);
    assertRefused(
        segment("SOLVER.max_epoch 1"),
        "scene3.ply: gives ",
        "(normals no, colours no, DATA.test.node_dis True), but MODEL.channel is 7");
    Files.writeString(tiny.path("scene3.ply"), LABELLED + "-9 -9 -9 1\n9 9 9 1\n-9 9 9 2\n");
    assertRefused(
        segment("SOLVER.max_epoch 1 SOLVER.logdir @b"), "none of its 3 points lies in the cube");
  }

  @Test
  void damagedCheckpointsAreRefused() throws IOException {
    assertThat(segment("SOLVER.max_epoch 1").code()).isZero();
    Path model = tiny.path("log/checkpoints/00001.model.safetensors");
    byte[] bytes = Files.readAllBytes(model);
    Files.write(model, Arrays.copyOf(bytes, bytes.length - 100));
    assertRefused(segment(""), "00001.model.safetensors: expected", "delete the checkpoint");
    assertRefused(
        segment("SOLVER.ckpt @log/checkpoints/00001.model.safetensors SOLVER.logdir @other"),
        "00001.model.safetensors: expected",
        "is the file complete?");
    Files.write(model, new byte[3]);
    assertRefused(
        segment("SOLVER.ckpt @log/checkpoints/00001.model.safetensors SOLVER.logdir @other"),
        "00001.model.safetensors: expected a model");
    for (String part : new String[] {"model.safetensors", "solver.safetensors"}) {
      Files.write(model, bytes);
      Path file = tiny.path("log/checkpoints/00001." + part);
      Files.move(file, tiny.path("away"));
      assertRefused(segment("SOLVER.run test"), part + ": this part of a checkpoint is missing");
      Files.move(tiny.path("away"), file);
    }
    Files.delete(tiny.path("log/checkpoints/00001.solver.json"));
    assertRefused(segment("SOLVER.run test"), "SOLVER.ckpt: is not set and");
    assertRefused(
        segment(
            "SOLVER.run test SOLVER.ckpt @log/checkpoints/00001.model.safetensors"
                + " MODEL.channel 4"),
        "this checkpoint is of another network");
  }

  @Test
  void aFailedRunExitsWithOne() {
    Console.Result result = segment("SOLVER.lr 1e30");
    assertThat(result.code()).isOne();
    assertThat(result.err())
        .startsWith("octolift: failed: the loss is ")
        .contains("--debug shows the stack trace")
        .doesNotContain("\tat ");
    assertThat(segment("SOLVER.lr 1e30 --debug").err()).contains("\tat org.octolift");
  }

  @Test
  void progressIsShown() {
    Console.Result result = segment("SOLVER.max_epoch 2");
    assertThat(result.err()).isEmpty();
    assertThat(result.out().lines())
        .anyMatch(line -> line.matches("epoch 1 2/2, loss [0-9.]+, .* took 0:0[0-9]"))
        .anyMatch(line -> line.matches("epoch 2: loss [0-9.]+"))
        .anyMatch(line -> line.startsWith("Epoch: 2, test/loss: "))
        .anyMatch(line -> line.startsWith("test/mIoU_part: "));
  }
}
