package org.octolift.apps.train;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.data.Dataset;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.ScanFiles;
import org.octolift.apps.data.Scans;
import org.octolift.apps.report.TensorBoardEvents;
import org.octolift.engine.Device;
import org.octolift.engine.InputException;
import org.octolift.engine.RandomSource;
import org.octolift.nn.models.Model;

/// Trains a network on labelled scans: epochs of steps, now and then a test and a
/// checkpoint. A run that finds checkpoints in its directory goes on after the latest, to the bit.
final class Trainer implements AutoCloseable {
  private final RunConfig config;
  private final Path logdir;
  private final Dataset dataset;
  private final BatchFormat format;
  private final Progress.Display display;
  private final Consumer<String> console;
  private final TrainingStep step;
  private final Optional<Tester> tester;
  private final LrSchedule schedule;
  private final TrainingState state;
  private final Checkpoints checkpoints;

  /// @param step what is done with a batch; closed with this trainer
  /// @param console shows a line
  /// @throws InputException when a data section or its list is at fault
  Trainer(
      RunConfig config,
      Model model,
      TrainingStep step,
      Device device,
      Target target,
      Progress.Display display,
      Consumer<String> console) {
    this.config = config;
    this.logdir = config.solver().logdir();
    this.display = display;
    this.console = console;
    this.step = step;
    this.dataset = Dataset.open(config.train(), this::labelled);
    this.format = new BatchFormat(step.program(), target, config.model());
    this.tester =
        config.test().disabled()
            ? Optional.empty()
            : Optional.of(new Tester(config, model, device, target, display));
    this.schedule = LrSchedule.of(config.solver());
    this.state =
        new TrainingState(
            model.parameters(), step.optimiser(), step.teacher(), config.solver().seed());
    this.checkpoints = new Checkpoints(logdir, config.solver().checkpointCount());
  }

  /// A scan with labels that the network has; those of one that needs none are 0.
  private Scan labelled(Path file) {
    Scan scan = Scans.requireLabelsBelow(ScanFiles.read(file), config.model().classes());
    if (scan.labels() != null) {
      return scan;
    }
    if (step.needsLabels(file.getFileName().toString())) {
      throw InputException.in(file, "has no labels to learn from");
    }
    int[] none = new int[scan.size()];
    return new Scan(scan.source(), scan.xyz(), scan.normals(), scan.colours(), none, scan.pixels());
  }

  /// Goes on after this checkpoint.
  void resume(SavedState saved) {
    state.restore(saved, Math.ceilDiv(dataset.size(), config.train().batchSize()));
    console.accept("resumed after epoch %d".formatted(state.epoch()));
    double rate = config.solver().learningRate().base();
    if (saved.learningRate().orElse(rate) != rate) {
      console.accept(
          "SOLVER.lr: goes on with %s, began with %s"
              .formatted(rate, saved.learningRate().getAsDouble()));
    }
  }

  /// Trains up to the last epoch.
  void train() throws IOException, InterruptedException {
    RunLog log = RunLog.open(logdir, state.epoch(), state.step());
    try (TensorBoardEvents events = TensorBoardEvents.create(logdir, InstantSource.system());
        BatchLoader loader = loader()) {
      while (state.epoch() < config.solver().epochs()) {
        trainEpoch(loader, log, events);
        boolean last = state.epoch() == config.solver().epochs();
        if (last || state.epoch() % config.solver().testEvery() == 0) {
          if (tester.isPresent()) {
            test(tester.get(), log, events);
          }
          state.save(checkpoints);
        }
      }
    }
  }

  private BatchLoader loader() {
    RandomSource random = RandomSource.of(config.solver().seed()).split("train");
    return new BatchLoader(config.train(), dataset, format, random, state.step());
  }

  private void trainEpoch(BatchLoader loader, RunLog log, TensorBoardEvents events)
      throws IOException, InterruptedException {
    int epoch = state.epoch() + 1;
    double learningRate = schedule.rate(state.epoch());
    Map<String, Double> means = new LinkedHashMap<>();
    try (Progress progress = new Progress(display, "epoch " + epoch, loader.batches())) {
      for (int i = 1; i <= loader.batches(); i++) {
        long begin = System.nanoTime();
        Map<String, Float> losses = trainStep(loader.next(), learningRate);
        float loss = losses.get(TrainingStep.LOSS);
        losses.forEach(
            (name, value) ->
                means.merge("train/" + name, (double) value / loader.batches(), Double::sum));
        double seconds = (System.nanoTime() - begin) * 1e-9;
        log.step(epoch, state.step(), loss, learningRate, seconds);
        progress.update(i, loss);
      }
    }
    state.epochDone();
    means.put("train/lr", schedule.rate(state.epoch()));
    events.scalars(epoch, means);
    console.accept("epoch %d: loss %.4f".formatted(epoch, means.get("train/" + TrainingStep.LOSS)));
  }

  private Map<String, Float> trainStep(SegmentationBatch batch, double learningRate) {
    Map<String, Float> losses =
        step.run(batch, new TrainingStep.Moment(state.epoch() + 1, state.step() + 1, learningRate));
    state.stepDone();
    float loss = losses.get(TrainingStep.LOSS);
    if (!Float.isFinite(loss)) {
      throw new TrainingException(
          "the loss is %s in step %d: try a smaller SOLVER.lr than %s"
              .formatted(loss, state.step(), config.solver().learningRate().base()));
    }
    return losses;
  }

  private void test(Tester tester, RunLog log, TensorBoardEvents events)
      throws IOException, InterruptedException {
    TestMetrics metrics = tester.test(state.epoch());
    Tester.report(metrics, log, console);
    events.scalars(state.epoch(), metrics.scalars());
    events.scalar(state.epoch(), "test/mIoU_part", metrics.miouPart());
  }

  @Override
  public void close() {
    tester.ifPresent(Tester::close);
    step.close();
  }
}
