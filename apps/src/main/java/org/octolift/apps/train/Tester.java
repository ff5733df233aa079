package org.octolift.apps.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.data.Dataset;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.ScanFiles;
import org.octolift.apps.data.Scans;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.InputException;
import org.octolift.engine.RandomSource;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.Npz;
import org.octolift.nn.models.Model;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Measures a network on the test section, or writes its class probabilities.
final class Tester implements AutoCloseable {
  private final RunConfig config;
  private final Dataset dataset;
  private final BatchFormat format;
  private final SegmentationPrograms.Testing testing;
  private final Executable executable;
  private final Progress.Display display;

  /// @param task what the network is compared with
  /// @throws InputException when the section or its list is at fault
  Tester(RunConfig config, Model model, Device device, Task task, Progress.Display display) {
    this.config = config;
    this.dataset = Dataset.open(config.test(), file -> labelled(file, config));
    this.testing = task.testing(model);
    this.format =
        BatchFormat.of(testing.program(), task.targets(config.test()), config.model(), device);
    this.executable = device.load(testing.program());
    this.display = display;
  }

  private static Scan labelled(Path file, RunConfig config) {
    return Scans.requireLabelsBelow(ScanFiles.read(file), config.model().classes());
  }

  private BatchLoader loader(RandomSource random) {
    return new BatchLoader(config.test(), dataset, format, random, 0);
  }

  /// One pass over the test set.
  ///
  /// @param stop is asked after each batch
  /// @return nothing if it was stopped
  Optional<TestMetrics> test(int epoch, BooleanSupplier stop) throws InterruptedException {
    int classes = config.loss().classes();
    int mask = config.loss().mask();
    TestMetrics.Accumulator metrics = new TestMetrics.Accumulator(mask, classes);
    RandomSource random = RandomSource.of(config.solver().seed()).split("test", epoch);
    try (BatchLoader loader = loader(random);
        Progress progress = new Progress(display, "test", loader.batches())) {
      for (int i = 1; i <= loader.batches(); i++) {
        SegmentationBatch batch = loader.next();
        executable.run(batch.inputs());
        double loss = executable.floats(testing.loss()).get(0);
        int rows = executable.rows(testing.predictions());
        int[] predictions = executable.ints(testing.predictions()).toHeapArray();
        BatchMetrics.of(loss, batch.labels(), predictions, rows, mask, classes)
            .ifPresent(metrics::add);
        progress.update(i, loss);
        if (stop.getAsBoolean()) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(metrics.result(epoch));
  }

  /// Logs a test and shows it.
  ///
  /// @param console shows a line
  static void report(TestMetrics metrics, RunLog log, Consumer<String> console) throws IOException {
    console.accept(log.test(metrics));
    console.accept(
        metrics.batches() == 0
            ? "no test scan has a label above LOSS.mask: nothing was measured"
            : "test/mIoU_part: %.4f".formatted(metrics.miouPart()));
  }

  /// Writes the probabilities of every test scan, `SOLVER.eval_epoch` times over.
  void evaluate(Path directory) throws IOException, InterruptedException {
    if (config.test().batchSize() != 1) {
      throw new InputException(
          "DATA.test.batch_size: must be 1 to evaluate, is " + config.test().batchSize());
    }
    for (int epoch = 1; epoch <= config.solver().evaluateEpochs(); epoch++) {
      RandomSource random = RandomSource.of(config.solver().seed()).split("evaluate", epoch);
      try (BatchLoader loader = loader(random);
          Progress progress = new Progress(display, "evaluate " + epoch, loader.batches())) {
        for (int i = 0; i < loader.batches(); i++) {
          SegmentationBatch batch = loader.next();
          executable.run(batch.inputs());
          Npz.write(
              directory.resolve(String.format(Locale.ROOT, "%02d.%04d.npz", epoch, i)),
              result(batch),
              Npz.Compression.STORED);
          progress.update(i + 1, Double.NaN);
        }
      }
    }
  }

  private Map<String, NdArray> result(SegmentationBatch batch) {
    int rows = executable.rows(testing.probabilities());
    int classes = testing.probabilities().channels();
    FloatArray probabilities = executable.floats(testing.probabilities());
    float[] values = new float[rows * classes];
    for (int i = 0; i < values.length; i++) {
      values[i] = probabilities.get(i);
    }
    long[] labels = new long[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = batch.labels()[i];
    }
    int[] mask = batch.items().getFirst().mask();
    boolean[] inside = new boolean[mask.length];
    for (int i = 0; i < mask.length; i++) {
      inside[i] = mask[i] != 0;
    }
    Map<String, NdArray> arrays = new LinkedHashMap<>();
    arrays.put("prob", NdArray.of(values, rows, classes));
    arrays.put("label", NdArray.of(labels, rows));
    arrays.put("inbox_mask", NdArray.of(inside, inside.length));
    return arrays;
  }

  @Override
  public void close() {
    executable.close();
  }
}
