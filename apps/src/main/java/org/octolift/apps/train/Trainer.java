package org.octolift.apps.train;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.report.TensorBoardEvents;
import org.octolift.engine.Device;
import org.octolift.engine.RandomSource;
import org.octolift.nn.models.Model;

/// Trains a network on labelled scans (training.md §3): epochs of steps, now and then a test and a
/// checkpoint. A run that finds checkpoints in its directory goes on after the latest, to the bit.
final class Trainer implements AutoCloseable {
  private final RunConfig config;
  private final Path logdir;
  private final BatchLoader.Target target;
  private final Progress.Display display;
  private final Consumer<String> console;
  private final TrainingStep step;
  private final Tester tester;
  private final LrSchedule schedule;
  private final TrainingState state;
  private final Checkpoints checkpoints;

  /// @param step what is done with a batch; closed with this trainer
  /// @param console shows a line
  Trainer(
      RunConfig config,
      Model model,
      TrainingStep step,
      Device device,
      BatchLoader.Target target,
      Progress.Display display,
      Consumer<String> console) {
    this.config = config;
    this.logdir = config.solver().logdir();
    this.target = target;
    this.display = display;
    this.console = console;
    this.step = step;
    this.tester = new Tester(config, model, device, target, display);
    this.schedule = LrSchedule.of(config.solver());
    this.state =
        new TrainingState(
            model.parameters(), step.optimiser(), step.teacher(), config.solver().seed());
    this.checkpoints = new Checkpoints(logdir, config.solver().checkpointCount());
  }

  /// Goes on after this checkpoint.
  void resume(Checkpoints.Saved saved) throws IOException {
    state.restore(saved);
    console.accept("resumed after epoch %d".formatted(state.epoch()));
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
          test(log, events);
          state.save(checkpoints);
        }
      }
    }
  }

  private BatchLoader loader() {
    return new BatchLoader(
        config.train(),
        RandomSource.of(config.solver().seed()).split("train"),
        step.program(),
        target,
        config.model().channels(),
        config.model().nonEmpty(),
        state.step());
  }

  private void trainEpoch(BatchLoader loader, RunLog log, TensorBoardEvents events)
      throws IOException, InterruptedException {
    int epoch = state.epoch() + 1;
    double learningRate = schedule.rate(state.epoch());
    Progress progress = new Progress(display, "epoch " + epoch, loader.batches());
    Map<String, Double> means = new LinkedHashMap<>();
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

  private void test(RunLog log, TensorBoardEvents events) throws IOException, InterruptedException {
    TestMetrics metrics = tester.test(state.epoch());
    console.accept(log.test(metrics));
    console.accept("mIoU %.4f over all classes of the test set".formatted(metrics.miouPart()));
    events.scalars(state.epoch(), metrics.scalars());
    events.scalar(state.epoch(), "test/mIoU_part", metrics.miouPart());
  }

  @Override
  public void close() {
    tester.close();
    step.close();
  }
}
