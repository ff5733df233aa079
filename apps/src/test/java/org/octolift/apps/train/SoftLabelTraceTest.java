package org.octolift.apps.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.Script;
import org.octolift.apps.data.Dataset;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.ScanFiles;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.softlabel.ImageTeacher;
import org.octolift.apps.softlabel.SoftLabels;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.RandomSource;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.io.Json;
import org.octolift.nn.Parameter;
import org.octolift.nn.models.Model;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Ten steps of learning from soft labels, and a test after them, against PyTorch in double
/// precision (README of the goldens). Pixels' probabilities and points' pixels follow a formula.
final class SoftLabelTraceTest {
  private static final double TOLERANCE = 1e-5;
  private static final int CLASSES = 6;
  private static final int WIDTH = 30;
  private static final int HEIGHT = 20;

  @TempDir private Path folder;
  private TinyScenes run;
  private RunConfig config;
  private Map<?, ?> golden;
  private Model model;

  @BeforeEach
  void scenes() throws IOException {
    run = new TinyScenes(folder);
    config = run.config(Script.SOFT_LABELS, "");
    golden = (Map<?, ?>) Json.parse(run.resource("soft_labels.json"));
    model = Networks.create(config.model(), RandomSource.of(1));
    FormulaStream.fill(model.parameters(), "student.");
  }

  /// Probabilities of the pixels of an image by its name.
  private record Formula(String name) implements ImageTeacher {
    @Override
    public List<String> classes() {
      return IntStream.range(0, CLASSES).mapToObj(Integer::toString).toList();
    }

    @Override
    public int colour(int index) {
      return 0;
    }

    @Override
    public void label(ColourImage image, Bands bands) {
      FormulaStream stream = new FormulaStream(name);
      FloatArray all = new FloatArray(WIDTH * HEIGHT * CLASSES);
      double[] row = new double[CLASSES];
      for (int pixel = 0; pixel < WIDTH * HEIGHT; pixel++) {
        double sum = 0;
        for (int c = 0; c < CLASSES; c++) {
          row[c] = Math.exp(3 * (stream.nextSigned() + 1));
          sum += row[c];
        }
        for (int c = 0; c < CLASSES; c++) {
          all.set(pixel * CLASSES + c, (float) (row[c] / sum));
        }
      }
      bands.accept(0, HEIGHT, all);
    }

    @Override
    public void close() {}
  }

  private static SoftLabels labels(int scene) {
    ColourImage image =
        new ColourImage(Path.of("none"), WIDTH, HEIGHT, new byte[3 * WIDTH * HEIGHT]);
    try (Workers workers = new Workers(1)) {
      return SoftLabels.of(new Formula("soft.scene" + scene), image, CLASSES, workers);
    }
  }

  private static Scan scan(Path file) {
    Scan scan = ScanFiles.read(file);
    int[] pixels = IntStream.range(0, scan.size()).map(i -> (37 * i + 11) % 600).toArray();
    return new Scan(scan.source(), scan.xyz(), scan.normals(), scan.colours(), null, pixels);
  }

  private static double number(Object value) {
    return ((Number) value).doubleValue();
  }

  @Test
  void learnsAsTheReferenceDoes() throws IOException, InterruptedException {
    try (Device device = new CpuDevice(2);
        Task task = new SoftLabelTask(config, null, line -> {}, null);
        TrainingStep step = task.step(model, device, true);
        BatchLoader loader =
            new BatchLoader(
                config.train(),
                Dataset.open(config.train(), SoftLabelTraceTest::scan),
                BatchFormat.of(
                    step.program(),
                    new SoftTargets(SoftLabelTraceTest::labels, true, SoftTargets.ALL),
                    config.model(),
                    device),
                RandomSource.of(1),
                0)) {
      List<?> losses = (List<?>) golden.get("losses");
      assertThat(losses).hasSize(10);
      for (int i = 1; i <= losses.size(); i++) {
        double expected = number(losses.get(i - 1));
        float loss =
            step.run(loader.next(), new TrainingStep.Moment(1, i, 0.05, true))
                .get(TrainingStep.LOSS);
        assertThat((double) loss)
            .as("loss of step %d", i)
            .isCloseTo(expected, within(TOLERANCE * expected));
      }
      Map<?, ?> norms = (Map<?, ?>) golden.get("norms");
      assertThat(norms).hasSameSizeAs(model.parameters().all());
      for (Parameter parameter : model.parameters().all()) {
        double squares = 0;
        for (float value : parameter.toReference()) {
          squares += (double) value * value;
        }
        double expected = number(norms.get(parameter.name()));
        assertThat(Math.sqrt(squares))
            .as(parameter.name())
            .isCloseTo(expected, within(TOLERANCE * expected));
      }
      compareTest(task, device);
    }
  }

  /// Points whose most probable class is 0 do not count.
  private void compareTest(Task task, Device device) throws InterruptedException {
    SegmentationPrograms.Testing testing = task.testing(model);
    TestMetrics.Accumulator metrics = new TestMetrics.Accumulator(0, CLASSES);
    try (Executable executable = device.load(testing.program());
        BatchLoader loader =
            new BatchLoader(
                config.test(),
                Dataset.open(config.test(), SoftLabelTraceTest::scan),
                BatchFormat.of(
                    testing.program(),
                    new SoftTargets(SoftLabelTraceTest::labels, false, config.loss().mask()),
                    config.model(),
                    device),
                RandomSource.of(1),
                0)) {
      for (int i = 0; i < loader.batches(); i++) {
        SegmentationBatch batch = loader.next();
        executable.run(batch.inputs());
        BatchMetrics.of(
                executable.floats(testing.loss()).get(0),
                batch.labels(),
                executable.ints(testing.predictions()).toHeapArray(),
                executable.rows(testing.predictions()),
                0,
                CLASSES)
            .ifPresent(metrics::add);
      }
    }
    Map<?, ?> expected = (Map<?, ?>) golden.get("test");
    TestMetrics actual = metrics.result(1);
    assertThat(actual.loss()).isCloseTo(number(expected.get("loss")), within(2e-5));
    assertThat(actual.accuracy()).isCloseTo(number(expected.get("accuracy")), within(1e-9));
    assertThat(actual.miou()).isCloseTo(number(expected.get("miou")), within(1e-9));
    assertThat(actual.miouPart()).isCloseTo(number(expected.get("miouPart")), within(1e-9));
  }
}
