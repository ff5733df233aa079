package org.octolift.apps.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.apps.data.Augmentation;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.ScanFiles;
import org.octolift.apps.report.TensorBoardEvents;
import org.octolift.engine.InputException;
import org.octolift.engine.RandomSource;
import org.octolift.engine.io.Json;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.Npz;
import org.octolift.engine.octree.PointTransform.Clipped;
import org.octolift.nn.checkpoint.ModelFiles;
import org.octolift.nn.checkpoint.Safetensors;

/// Training, testing and evaluating from files to files.
class SegmentationJobTest {
  private static final List<String> CHECKPOINT =
      List.of(".model.safetensors", ".solver.json", ".solver.safetensors");

  @TempDir private Path folder;
  private TinyRun tiny;

  @BeforeEach
  void data() throws IOException {
    tiny = TinyRun.in(folder);
  }

  /// Asserts that both runs ended with the same bits, and wrote the same numbers on the way.
  private void assertSameRuns(String expected, String actual) throws IOException {
    List<String> checkpoints = tiny.files(expected + "/checkpoints");
    assertThat(tiny.files(actual + "/checkpoints")).isEqualTo(checkpoints);
    for (String name : checkpoints) {
      assertThat(tiny.path(actual).resolve("checkpoints").resolve(name))
          .hasSameBinaryContentAs(tiny.path(expected).resolve("checkpoints").resolve(name));
    }
    assertThat(tiny.steps(actual)).isEqualTo(tiny.steps(expected));
    for (String name : List.of("log.csv", "metrics.json")) {
      assertThat(tiny.path(actual).resolve(name))
          .hasSameTextualContentAs(tiny.path(expected).resolve(name));
    }
  }

  @Test
  void trainingLeavesItsFiles() throws IOException, InterruptedException {
    tiny.run("SOLVER.max_epoch", "5", "SOLVER.ckpt_num", "2");

    List<String> steps = Files.readAllLines(tiny.path("log/train.csv"));
    assertThat(steps).hasSize(1 + 5 * 2).startsWith("epoch,iteration,loss,learning_rate,seconds");
    for (int step = 1; step <= 10; step++) {
      String[] row = steps.get(step).split(",", -1);
      int epoch = (step + 1) / 2;
      assertThat(row).hasSize(5).startsWith("" + epoch, "" + step);
      assertThat(Float.parseFloat(row[2])).isBetween(0.01f, 5f);
      assertThat(Double.parseDouble(row[3]))
          .isCloseTo(0.05 * Math.pow(1 - (epoch - 1) / 5.0, 0.9), within(1e-15));
      assertThat(Double.parseDouble(row[4])).isPositive();
    }

    Map<?, ?> metrics = tiny.metrics("log");
    assertThat(metrics.keySet())
        .map(String::valueOf)
        .containsExactly(
            "epoch", "loss", "accuracy", "miou", "miouPart", "intersection", "union", "history");
    assertThat(metrics.get("epoch")).isEqualTo(5L);
    List<?> history = (List<?>) metrics.get("history");
    assertThat(history.stream().map(test -> (Object) ((Map<?, ?>) test).get("epoch")).toList())
        .isEqualTo(List.of(2L, 4L, 5L));
    assertThat((List<?>) metrics.get("union")).hasSize(TinyRun.CLASSES);
    assertThat(Files.readAllLines(tiny.path("log/log.csv")))
        .hasSize(3)
        .allMatch(line -> line.matches("Epoch: [245], test/loss: [0-9.]+, test/accu: .*"));

    Map<?, ?> environment = (Map<?, ?>) Json.parse(tiny.path("log/environment.json"));
    assertThat(environment.get("seed")).isEqualTo(3L);
    assertThat((String) environment.get("device")).contains("CPU, 2 threads");
    assertThat(tiny.path("log/config.yaml")).hasSameTextualContentAs(tiny.config());
    assertThat(tiny.path("log/all_configs.yaml"))
        .content()
        .contains("max_epoch: 5", "lr_power: 0.9", "cmds: octolift segment");
    assertThat(tiny.files("log/checkpoints"))
        .as("one checkpoint beside the last")
        .containsExactlyElementsOf(
            List.of("00004", "00005").stream()
                .flatMap(epoch -> CHECKPOINT.stream().map(epoch::concat))
                .toList());
  }

  @Test
  void eventsHoldTheCurves() throws IOException, InterruptedException {
    tiny.run();
    String file =
        tiny.files("log").stream().filter(name -> name.contains("tfevents")).findFirst().get();
    Map<String, Map<Long, Float>> curves = new TreeMap<>();
    for (TensorBoardEvents.Event event : TensorBoardEvents.read(tiny.path("log/" + file))) {
      event
          .scalars()
          .forEach(
              (tag, value) ->
                  curves.computeIfAbsent(tag, t -> new TreeMap<>()).put(event.step(), value));
    }
    assertThat(curves.keySet())
        .contains("test/accu", "test/loss", "test/mIoU", "test/intsc_1", "test/union_3");
    assertThat(curves.get("train/loss")).containsOnlyKeys(1L, 2L, 3L, 4L);
    assertThat(curves.get("test/mIoU_part")).containsOnlyKeys(2L, 4L);
    assertThat(curves.get("train/lr"))
        .as("the rate after the epoch")
        .containsEntry(4L, 0f)
        .containsEntry(2L, (float) (0.05 * Math.pow(0.5, 0.9)));
    assertThat((Double) tiny.metrics("log").get("miouPart"))
        .isCloseTo(curves.get("test/mIoU_part").get(4L), within(1e-6));
    List<String> steps = tiny.steps("log");
    float mean =
        (Float.parseFloat(steps.get(7).split(",", -1)[2])
                + Float.parseFloat(steps.get(8).split(",", -1)[2]))
            / 2;
    assertThat(curves.get("train/loss").get(4L)).isCloseTo(mean, within(1e-6f));
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "1, 3", "4, 3"})
  void neitherThreadsNorLoadersChangeABit(String threads, String loaders)
      throws IOException, InterruptedException {
    tiny.run("SOLVER.logdir", tiny.path("expected").toString());
    tiny.run(
        "SOLVER.logdir",
        tiny.path("actual").toString(),
        "SOLVER.threads",
        threads,
        "DATA.train.num_workers",
        loaders,
        "DATA.test.num_workers",
        loaders,
        "DATA.train.in_memory",
        "False");
    assertSameRuns("expected", "actual");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "adam"})
  void aBrokenOffRunGoesOnToTheSameBits(String optimiser) throws IOException, InterruptedException {
    String[] settings = {"SOLVER.type", optimiser, "SOLVER.logdir", tiny.path("whole").toString()};
    tiny.run(settings);
    settings[3] = tiny.path("broken").toString();
    assertThatThrownBy(
            () ->
                tiny.run(
                    line -> {
                      if (line.startsWith("epoch 3:")) {
                        throw new IllegalStateException("power cut");
                      }
                    },
                    settings))
        .hasMessage("power cut");
    assertThat(tiny.steps("broken")).as("six steps, four of them saved").hasSize(7);
    tiny.run(settings);
    assertThat(tiny.console()).first().isEqualTo("resumed after epoch 2");
    assertSameRuns("whole", "broken");
    tiny.run(settings);
    assertThat(tiny.console())
        .containsExactly("resumed after epoch 4", "nothing is left to do: SOLVER.max_epoch is 4");
    assertSameRuns("whole", "broken");
  }

  @Test
  void testingRepeatsTheLastTestOfTraining() throws IOException, InterruptedException {
    tiny.run();
    Map<String, Object> trained = new HashMap<>();
    tiny.metrics("log").forEach((key, value) -> trained.put((String) key, value));
    tiny.run("SOLVER.run", "test");
    Map<?, ?> tested = tiny.metrics("log");
    assertThat(tested.get("epoch")).isEqualTo(0L);
    for (String key : List.of("loss", "accuracy", "miou", "miouPart", "intersection", "union")) {
      assertThat(tested.get(key)).as(key).isEqualTo(trained.get(key));
    }
    assertThat((List<?>) tested.get("history")).hasSize(3);
    assertThat(tiny.console()).last().asString().startsWith("test/mIoU_part: 0.");
  }

  @Test
  void aRunWithoutTestSetTrains() throws IOException, InterruptedException {
    tiny.run("SOLVER.max_epoch", "1", "DATA.test.disable", "True", "DATA.test.filelist", "''");
    assertThat(tiny.files("log/checkpoints")).hasSize(3);
    assertThat(tiny.path("log/metrics.json")).doesNotExist();
  }

  @Test
  void evaluatingWritesProbabilitiesOfEveryPointInTheCube()
      throws IOException, InterruptedException {
    tiny.run("SOLVER.max_epoch", "1");
    tiny.run(
        "SOLVER.run",
        "evaluate",
        "SOLVER.eval_epoch",
        "2",
        "DATA.test.distort",
        "True",
        "SOLVER.logdir",
        tiny.path("votes").toString(),
        "SOLVER.ckpt",
        tiny.path("log/checkpoints/00001.model.safetensors").toString());
    assertThat(tiny.files("votes"))
        .contains("01.0000.npz", "01.0001.npz", "02.0000.npz", "02.0001.npz");
    Map<String, NdArray> first = vote(1, 0);
    Map<String, NdArray> second = vote(2, 0);
    assertThat(first.get("prob").floats())
        .as("another rotation, other colours")
        .isNotEqualTo(second.get("prob").floats());
    assertThat(vote(1, 1).get("label").longs()).isNotEqualTo(first.get("label").longs());
  }

  private Map<String, NdArray> vote(int epoch, int scan) throws IOException {
    Map<String, NdArray> arrays = Npz.read(tiny.path("votes/%02d.%04d.npz".formatted(epoch, scan)));
    assertThat(arrays).containsOnlyKeys("prob", "label", "inbox_mask");
    Scan source = ScanFiles.read(tiny.path("scene%d.ply".formatted(3 + scan)));
    boolean[] inside = arrays.get("inbox_mask").booleans();
    assertThat(inside).hasSize(source.size()).contains(true, false);
    long[] labels = arrays.get("label").longs();
    int row = 0;
    for (int i = 0; i < inside.length; i++) {
      if (inside[i]) {
        assertThat(labels[row++]).isEqualTo(source.labels()[i]);
      }
    }
    assertThat(labels).hasSize(row);
    assertThat(arrays.get("prob").shape()).containsExactly(row, TinyRun.CLASSES);
    float[] probabilities = arrays.get("prob").floats();
    for (int i = 0; i < row; i++) {
      float sum = 0;
      for (int c = 0; c < TinyRun.CLASSES; c++) {
        sum += probabilities[TinyRun.CLASSES * i + c];
      }
      assertThat(sum).isCloseTo(1, within(1e-5f));
    }
    return arrays;
  }

  @Test
  void metricsOfPointsAndOfVoxelsAreTheOnesComputedByHand()
      throws IOException, InterruptedException {
    tiny.run();
    String votes = tiny.path("votes").toString();
    String trained = tiny.path("log/checkpoints/00004.solver.json").toString();
    tiny.run("SOLVER.run", "evaluate", "SOLVER.logdir", votes, "SOLVER.ckpt", trained);
    long[][] points = new long[2][TinyRun.CLASSES];
    long[][] voxels = new long[2][TinyRun.CLASSES];
    for (int scan = 0; scan < 2; scan++) {
      Map<String, NdArray> arrays = Npz.read(tiny.path("votes/01.%04d.npz".formatted(scan)));
      float[] probabilities = arrays.get("prob").floats();
      long[] labels = arrays.get("label").longs();
      Clipped clipped =
          new Augmentation(tiny.load().test())
              .apply(
                  ScanFiles.read(tiny.path("scene%d.ply".formatted(3 + scan))), RandomSource.of(0));
      // Votes for the labels of each voxel, and the class that the network gives it.
      Map<List<Integer>, int[]> ballots = new LinkedHashMap<>();
      Map<List<Integer>, Integer> predictions = new HashMap<>();
      for (int i = 0; i < labels.length; i++) {
        int predicted = 0;
        for (int c = 1; c < TinyRun.CLASSES; c++) {
          if (probabilities[TinyRun.CLASSES * i + c]
              > probabilities[TinyRun.CLASSES * i + predicted]) {
            predicted = c;
          }
        }
        count(points, (int) labels[i], predicted);
        float[] xyz = clipped.points().xyz();
        List<Integer> voxel = List.of(cell(xyz[3 * i]), cell(xyz[3 * i + 1]), cell(xyz[3 * i + 2]));
        ballots.computeIfAbsent(voxel, v -> new int[TinyRun.CLASSES])[(int) labels[i]]++;
        assertThat(predictions.merge(voxel, predicted, (a, b) -> a)).isEqualTo(predicted);
      }
      ballots.forEach(
          (voxel, ballot) -> {
            int label = 0;
            for (int c = 1; c < ballot.length; c++) {
              label = ballot[c] > ballot[label] ? c : label;
            }
            count(voxels, label, predictions.get(voxel));
          });
    }

    assertMeasured(points, "SOLVER.ckpt", trained);
    assertMeasured(voxels, "SOLVER.ckpt", trained, "LOSS.point_wise", "False");
    assertThat(points[1]).isNotEqualTo(voxels[1]);
  }

  private static int cell(float x) {
    return (int) ((x + 1) * 16);
  }

  private static void count(long[][] intersectionAndUnion, int label, int predicted) {
    if (label > 0) {
      intersectionAndUnion[1][label]++;
      if (label == predicted) {
        intersectionAndUnion[0][label]++;
      } else {
        intersectionAndUnion[1][predicted]++;
      }
    }
  }

  private void assertMeasured(long[][] intersectionAndUnion, String... settings)
      throws IOException, InterruptedException {
    List<String> pairs = new ArrayList<>(List.of(settings));
    pairs.addAll(List.of("SOLVER.run", "test", "SOLVER.logdir", tiny.path("test").toString()));
    tiny.run(pairs.toArray(String[]::new));
    Map<?, ?> metrics = tiny.metrics("test");
    double sum = 0;
    for (int c = 1; c < TinyRun.CLASSES; c++) {
      sum += intersectionAndUnion[0][c] / (intersectionAndUnion[1][c] + 1e-10);
    }
    assertThat(metrics.get("intersection")).isEqualTo(listed(intersectionAndUnion[0]));
    assertThat(metrics.get("union")).isEqualTo(listed(intersectionAndUnion[1]));
    assertThat((Double) metrics.get("miouPart"))
        .isCloseTo(sum / (TinyRun.CLASSES - 1), within(1e-9));
  }

  private static List<Long> listed(long[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  @Test
  void aModelOfPyTorchIsTestedAndTrainedOn() throws IOException, InterruptedException {
    // The U-Net that the checkpoint tests of nn describe; normals are its input.
    Path source = Path.of("../nn/src/test/resources/org/octolift/nn/checkpoint/small.model.pth");
    String model = Files.copy(source, tiny.path("small.model.pth")).toString();
    String ours = tiny.path("small.safetensors").toString();
    Safetensors.write(Path.of(ours), ModelFiles.read(Path.of(model)), Map.of());
    for (int i = 0; i < 5; i++) {
      Scan scan = TinyRun.scene(i);
      ScanFiles.write(
          tiny.path("scene" + i + ".ply"),
          new Scan("", scan.xyz(), scan.normals(), null, scan.labels(), null));
    }
    String config =
        Files.readString(tiny.config())
            .replace("node_dis: True", "node_dis: False")
            .replaceAll(
                "(?s)channel: 7.*head_channel: 8",
                """
                channel: 3
                  nout: 5
                  nempty: True
                  interp: linear
                  encoder_channel: (4, 4)
                  encoder_blocks: (1,)
                  decoder_channel: (4, 3)
                  decoder_blocks: (1,)
                  head_channel: 2""");
    Files.writeString(tiny.config(), config);
    tiny.run("SOLVER.run", "test", "SOLVER.ckpt", model);
    tiny.run("SOLVER.run", "test", "SOLVER.ckpt", ours);
    List<?> history = (List<?>) tiny.metrics("log").get("history");
    assertThat(history).hasSize(2);
    assertThat(history.get(0)).isEqualTo(history.get(1));
    assertThat((Double) tiny.metrics("log").get("accuracy")).isPositive();

    tiny.run("SOLVER.max_epoch", "1", "SOLVER.ckpt", model);
    assertThat(tiny.console()).first().isEqualTo("loaded " + model);
    try (Safetensors saved =
        Safetensors.open(tiny.path("log/checkpoints/00001.model.safetensors"))) {
      assertThat(saved.tensor("conv1.bn.num_batches_tracked").longs()).containsExactly(7 + 2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "unet, False, linear, step, False",
    "unet, True, linear, cos, True",
    "segnet, False, nearest, constant, False",
    "segnet, False, linear, poly, True"
  })
  void everyNetworkAndScheduleTrains(
      String name, String nonEmpty, String interp, String schedule, String pointWise)
      throws IOException, InterruptedException {
    tiny.run(
        "SOLVER.max_epoch",
        "3",
        "SOLVER.test_every_epoch",
        "3",
        "SOLVER.lr_type",
        schedule,
        "SOLVER.step_size",
        "(2,1)",
        "MODEL.name",
        name,
        "MODEL.nempty",
        nonEmpty,
        "MODEL.interp",
        interp,
        "LOSS.point_wise",
        pointWise);
    List<String> steps = tiny.steps("log");
    double first = Double.parseDouble(steps.get(1).split(",", -1)[2]);
    double last = Double.parseDouble(steps.get(6).split(",", -1)[2]);
    assertThat(last).isLessThan(first);
    assertThat((Double) tiny.metrics("log").get("accuracy")).isPositive();
  }

  @Test
  void aBatchWithoutLabelledRowsChangesNothingButStatistics()
      throws IOException, InterruptedException {
    for (int i = 0; i < 3; i++) {
      Scan scan = TinyRun.scene(i);
      ScanFiles.write(
          tiny.path("scene" + i + ".ply"),
          new Scan("", scan.xyz(), scan.normals(), scan.colours(), new int[scan.size()], null));
    }
    tiny.run("SOLVER.max_epoch", "1", "SOLVER.weight_decay", "0.0");
    assertThat(tiny.steps("log")).last().asString().startsWith("1,2,0.0,");
    tiny.run(
        "SOLVER.max_epoch",
        "1",
        "DATA.test.filelist",
        tiny.path("train.txt").toString(),
        "SOLVER.run",
        "test");
    assertThat(tiny.console())
        .last()
        .isEqualTo("no test scan has a label above LOSS.mask: nothing was measured");
  }

  @Test
  void aLossThatIsNoNumberEndsTheRun() {
    assertThatThrownBy(() -> tiny.run("SOLVER.lr", "1e30"))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("try a smaller SOLVER.lr than 1.0E30");
    assertThat(tiny.path("log/checkpoints")).doesNotExist();
  }

  @Test
  void aCheckpointOfAnotherRunIsRefused() throws IOException, InterruptedException {
    tiny.run("SOLVER.max_epoch", "1");
    assertRefused("was trained with SOLVER.seed 3, this run has 4", "SOLVER.seed", "4");
    assertRefused("was trained with Sgd, SOLVER.type asks for Adam", "SOLVER.type", "adam");
    assertRefused("this checkpoint is of another network", "MODEL.nout", "5");
    assertRefused("this checkpoint is of another network", "MODEL.head_channel", "9");
  }

  private void assertRefused(String message, String... settings) {
    assertThatThrownBy(() -> tiny.run(settings))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("00001.");
  }

  /// Otherwise the logs of the run were dropped, and its checkpoints taken up again later.
  @Test
  void anExistingRunIsNotOverwrittenFromAnEarlierCheckpoint()
      throws IOException, InterruptedException {
    tiny.run("SOLVER.max_epoch", "4");
    String log = tiny.path("log").toString();
    List<String> steps = tiny.steps("log");
    String settings = Files.readString(tiny.path("log/all_configs.yaml"));
    for (String file : List.of("00004.model.safetensors", "00002.solver.json")) {
      String start = tiny.path("log/checkpoints").resolve(file).toString();
      assertThatThrownBy(() -> tiny.run("SOLVER.ckpt", start, "SOLVER.max_epoch", "5"))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("SOLVER.ckpt: " + start + " would begin after epoch ")
          .hasMessageContaining(log + " holds a run up to epoch 4: name another SOLVER.logdir");
      assertThat(tiny.steps("log")).isEqualTo(steps);
      assertThat(tiny.path("log/all_configs.yaml")).hasContent(settings);
      tiny.run(
          "SOLVER.ckpt", start, "SOLVER.max_epoch", "3", "SOLVER.logdir", log + file.charAt(4));
    }
    tiny.run(
        "SOLVER.ckpt",
        tiny.path("log/checkpoints/00004.solver.json").toString(),
        "SOLVER.max_epoch",
        "5");
    assertThat(tiny.steps("log")).startsWith(steps.toArray(String[]::new));
  }
}
