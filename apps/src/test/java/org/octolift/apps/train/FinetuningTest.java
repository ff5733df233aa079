package org.octolift.apps.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.Script;
import org.octolift.apps.data.PlyFile;
import org.octolift.apps.data.PointLists;
import org.octolift.apps.data.Scan;
import org.octolift.engine.Device;
import org.octolift.engine.InputException;
import org.octolift.engine.RandomSource;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.nn.Parameter;
import org.octolift.nn.ParameterSet;
import org.octolift.nn.checkpoint.ModelFiles;
import org.octolift.nn.checkpoint.Safetensors;
import org.octolift.nn.checkpoint.StateDict;
import org.octolift.nn.models.Model;

final class FinetuningTest {
  private static final String ANNOTATIONS =
      "DATA.train.limit True DATA.train.points_file @limited_points.pt ";
  private static final String RECONSTRUCTIONS = "DATA.train.limited_reconst @first.txt ";
  private static final String SEMI =
      "DATA.train.semi True MODEL.pretrain_file @pretrained MODEL.pseudo_file @pseudo"
          + " DATA.train.shuffle True DATA.train.distort True DATA.train.angle (0,0,180) ";

  @TempDir private Path folder;
  private final List<String> lines = new ArrayList<>();
  private TinyScenes run;

  /// A pre-trained network of 9 classes, and one that makes pseudo-labels.
  @BeforeEach
  void files() throws IOException {
    run = new TinyScenes(folder);
    write("pretrained", 9, "trunk.");
    write("pseudo", 6, "p2.");
  }

  private void write(String name, int classes, String prefix) throws IOException {
    RunConfig config = run.config(Script.SEGMENTATION, "MODEL.nout " + classes);
    Model model = Networks.create(config.model(), RandomSource.of(1));
    FormulaStream.fill(model.parameters(), prefix);
    Safetensors.write(run.file(name), StateDict.of(model.parameters()), Map.of());
  }

  private void annotations(String more) throws IOException, InterruptedException {
    SegmentationJob.limitedAnnotations(
            run.config(Script.LIMITED_ANNOTATIONS, ANNOTATIONS + more), lines::add, silent())
        .run();
  }

  private void reconstructions(String more) throws IOException, InterruptedException {
    SegmentationJob.limitedReconstructions(
            run.config(Script.LIMITED_RECONSTRUCTIONS, RECONSTRUCTIONS + more),
            lines::add,
            silent())
        .run();
  }

  private static Progress.Display silent() {
    return Progress.Display.standard(false);
  }

  private byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(run.file(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"LA", "LR"})
  void goesOnToTheBit(String kind) throws IOException, InterruptedException {
    for (String part :
        new String[] {
          "SOLVER.max_epoch 4 SOLVER.logdir @whole",
          "SOLVER.max_epoch 2 SOLVER.logdir @parts",
          "SOLVER.max_epoch 4 SOLVER.logdir @parts SOLVER.threads 1"
        }) {
      if (kind.equals("LA")) {
        annotations(SEMI + part);
      } else {
        reconstructions(SEMI + part);
      }
    }
    assertThat(lines).contains("resumed after epoch 2");
    for (String file : new String[] {"00004.model.safetensors", "00004.solver.safetensors"}) {
      assertThat(bytes("parts/checkpoints/" + file))
          .isEqualTo(bytes("whole/checkpoints/" + file))
          .isNotEqualTo(bytes("whole/checkpoints/" + file.replace('4', '3')));
    }
    assertThat(bytes("parts/log.csv")).isEqualTo(bytes("whole/log.csv"));
    try (Safetensors solver =
        Safetensors.open(run.file("whole/checkpoints/00004.solver.safetensors"))) {
      assertThat(solver.names())
          .contains("teacher.conv1.conv.weights", "teacher.header.0.bn.running_var");
      assertThat(solver.tensor("teacher.conv1.bn.num_batches_tracked").longs()).containsExactly(8);
    }
  }

  /// By way of the reference's file: teacher, momentum and schedule included.
  @ParameterizedTest
  @ValueSource(strings = {"sgd", "adam"})
  void goesOnFromASolverTarToTheBit(String type) throws IOException, InterruptedException {
    String more = SEMI + "SOLVER.max_epoch 4 SOLVER.lr 0.01 SOLVER.type " + type;
    annotations(more + " SOLVER.logdir @whole");
    Path tar = run.file("00002.solver.tar");
    new CheckpointConversion(Optional.empty(), Optional.empty())
        .convert(run.file("whole/checkpoints/00002.solver.json"), tar);
    annotations(more + " SOLVER.logdir @parts SOLVER.ckpt @00002.solver.tar");
    assertThat(lines).contains("resumed after epoch 2");
    for (String suffix : List.of("model.safetensors", "solver.safetensors", "solver.json")) {
      String file = "/checkpoints/00004." + suffix;
      assertThat(bytes("parts" + file)).as(file).isEqualTo(bytes("whole" + file));
    }
    assertThat(SavedState.read(tar).teacher()).isPresent();
  }

  @Test
  void studentAndTeacherShareTheTrunkAlone() throws IOException {
    RunConfig config = run.config(Script.LIMITED_ANNOTATIONS, ANNOTATIONS + SEMI);
    Model student = Networks.create(config.model(), RandomSource.of(1));
    try (Device device = new CpuDevice(1);
        TrainingStep step = Finetuning.annotations(config, student, device, true)) {
      ParameterSet teacher = step.teacher().orElseThrow();
      var trunk = ModelFiles.read(run.file("pretrained"));
      int headers = 0;
      for (Parameter parameter : student.parameters().all()) {
        String name = parameter.name();
        float[] taught = teacher.get(name).toReference();
        if (!name.contains("header")) {
          assertThat(parameter.toReference())
              .as(name)
              .isEqualTo(taught)
              .isEqualTo(trunk.get(name).floats());
        } else if (!name.contains(".bn.")) {
          assertThat(parameter.toReference()).as(name).isNotEqualTo(taught);
          headers++;
        }
      }
      assertThat(headers).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"DATA.train.semi False", SEMI})
  void labelsThatAreNotListedDoNotTeach(String more) throws IOException, InterruptedException {
    annotations(more + " SOLVER.max_epoch 1 SOLVER.logdir @before");
    PointLists lists = PointLists.read(run.file("limited_points.pt"));
    for (String name : List.of("scene0.ply", "scene1.ply", "scene2.ply")) {
      Scan scan = PlyFile.read(run.file(name));
      boolean[] listed = lists.mask(name, scan.size());
      for (int i = 0; i < scan.size(); i++) {
        scan.labels()[i] = listed[i] ? scan.labels()[i] : 5;
      }
      PlyFile.write(run.file(name), scan);
    }
    annotations(more + " SOLVER.max_epoch 1 SOLVER.logdir @after");
    String model = "/checkpoints/00001.model.safetensors";
    assertThat(bytes("after" + model)).isEqualTo(bytes("before" + model));
    assertThat(bytes("after/metrics.json")).isNotEqualTo(bytes("before/metrics.json"));
  }

  @Test
  void anIndexBeyondTheScanStopsTheRun() throws IOException {
    run.resource("odd_points.pt");
    assertThatThrownBy(() -> annotations("DATA.train.points_file @odd_points.pt"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("odd_points.pt")
        .hasMessageContaining("scene1.ply: expected indices below 220")
        .hasMessageContaining("found 100000");
  }

  @Test
  void withoutTheRestOnlyTheLabelledScansAreRead() throws IOException, InterruptedException {
    Files.delete(run.file("scene1.ply"));
    Files.writeString(run.file("all.txt"), "scene0.ply\n");
    reconstructions("SOLVER.max_epoch 1 DATA.train.batch_size 1 DATA.train.filelist @missing.txt");
    assertThat(Files.readAllLines(run.file("run/train.csv"))).hasSize(2);
  }

  /// Scans that get pseudo-labels need none of their own; all others do.
  @Test
  void onlyScansThatAreListedNeedLabels() throws IOException, InterruptedException {
    stripLabels("scene1.ply");
    reconstructions(SEMI + "SOLVER.max_epoch 1 DATA.test.disable True");
    assertThat(run.file("run/checkpoints/00001.model.safetensors")).exists();
    stripLabels("scene0.ply");
    assertThatThrownBy(
            () ->
                reconstructions(
                    SEMI + "SOLVER.max_epoch 1 DATA.test.disable True SOLVER.logdir @other"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("scene0.ply: has no labels");
  }

  private void stripLabels(String name) {
    Scan scan = PlyFile.read(run.file(name));
    PlyFile.write(
        run.file(name), new Scan(name, scan.xyz(), scan.normals(), scan.colours(), null, null));
  }

  @Test
  void aScanWithoutLabelledPointsIsRefused() throws IOException {
    Files.copy(run.file("scene0.ply"), run.file("scene3.ply"));
    Files.writeString(run.file("all.txt"), "scene0.ply\nscene3.ply\n");
    assertThatThrownBy(() -> annotations(""))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("names no labelled points of scene3.ply");
  }

  @Test
  void aLabelledScanMustBeInTheTrainingList() throws IOException {
    Files.writeString(run.file("all.txt"), "scene1.ply\nscene2.ply\n");
    assertThatThrownBy(() -> reconstructions(SEMI))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("first.txt: line 1: scene0.ply is no scan of");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", SEMI})
  void anEmptyListOfLabelledScansIsRefused(String more) throws IOException {
    Files.writeString(run.file("first.txt"), "\n \n");
    assertThatThrownBy(() -> reconstructions(more))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("first.txt: has no lines");
  }

  @Test
  void scansThatDoNotExistAreNamed() throws IOException {
    Files.writeString(run.file("first.txt"), "scene0.ply\nscene8.ply\n");
    for (String more : List.of("", SEMI)) {
      assertThatThrownBy(() -> reconstructions(more))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("first.txt: line 2: there is no file")
          .hasMessageContaining("scene8.ply");
    }
    Files.writeString(run.file("all.txt"), "scene9.ply\n");
    assertThatThrownBy(() -> annotations(""))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("all.txt: line 1: there is no file")
        .hasMessageContaining("scene9.ply");
  }

  @Test
  void aPointFileThatDoesNotExistIsNamed() {
    assertThatThrownBy(() -> annotations("DATA.train.points_file @none.pt"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none.pt: no such file");
  }

  @Test
  void aTrunkThatIsMissingIsNamedWithItsKey() {
    assertThatThrownBy(() -> annotations("MODEL.pretrain_file none.safetensors"))
        .isInstanceOf(InputException.class)
        .hasMessage("MODEL.pretrain_file: none.safetensors: no such file");
  }

  @Test
  void settingsThatAreMissingAreNamed() {
    assertThatThrownBy(() -> annotations("DATA.train.limit False"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("DATA.train.limit");
    assertThatThrownBy(() -> reconstructions("DATA.train.limited_reconst ''"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("DATA.train.limited_reconst");
    assertThatThrownBy(() -> reconstructions("DATA.train.semi True"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("MODEL.pseudo_file");
  }

  @Test
  void aRunWithoutTeacherDoesNotGoOnWithOne() throws IOException, InterruptedException {
    annotations("SOLVER.max_epoch 1");
    assertThatThrownBy(() -> annotations("SOLVER.max_epoch 2 DATA.train.semi True"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("holds no teacher");
  }
}
