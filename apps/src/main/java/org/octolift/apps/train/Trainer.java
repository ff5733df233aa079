package org.octolift.apps.train;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.SolverConfig;
import org.octolift.apps.data.Dataset;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.ScanFiles;
import org.octolift.apps.data.Scans;
import org.octolift.apps.profile.Trace;
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

  /// The epoch of the checkpoint that training went on from, if it was saved within that epoch.
  private OptionalInt interrupted = OptionalInt.empty();

  /// @param step what is done with a batch; closed with this trainer
  /// @param task that the step is of
  /// @param console shows a line
  /// @throws InputException when a data section or its list is at fault
  Trainer(
      RunConfig config,
      Model model,
      TrainingStep step,
      Device device,
      Task task,
      Progress.Display display,
      Consumer<String> console) {
    this.config = config;
    this.logdir = config.solver().logdir();
    this.display = display;
    this.console = console;
    this.step = step;
    this.dataset = Dataset.open(config.train(), this::labelled);
    this.format =
        BatchFormat.of(step.program(), task.targets(config.train()), config.model(), device);
    this.tester =
        config.test().disabled() || config.solver().run() == SolverConfig.Run.PROFILE
            ? Optional.empty()
            : Optional.of(new Tester(config, model, device, task, display));
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
    state.restore(saved, stepsPerEpoch());
    interrupted = saved.part().isPresent() ? OptionalInt.of(saved.number()) : OptionalInt.empty();
    console.accept(
        state.epochSteps() == 0
            ? "resumed after epoch %d".formatted(state.epoch())
            : "resumed after step %d of epoch %d".formatted(state.epochSteps(), state.epoch() + 1));
    if (state.epoch() >= config.solver().epochs()) {
      console.accept(
          "nothing is left to do: SOLVER.max_epoch is %d".formatted(config.solver().epochs()));
    }
    double rate = config.solver().learningRate().base();
    if (saved.learningRate().orElse(rate) != rate) {
      console.accept(
          "SOLVER.lr: goes on with %s, began with %s"
              .formatted(rate, saved.learningRate().getAsDouble()));
    }
  }

  /// A step takes several batches where gradients are accumulated; the last one of an epoch goes on
  /// into the next.
  private int stepsPerEpoch() {
    return Math.ceilDiv(dataset.size(), config.train().batchSize() * config.solver().accumulate());
  }

  /// Trains up to the last epoch, or until {@code stop}, which is asked after each step and each
  /// batch of a test; then a checkpoint is saved, from which training goes on to the same bits.
  ///
  /// @return whether the last epoch is behind
  boolean train(BooleanSupplier stop) throws IOException, InterruptedException {
    RunLog log = RunLog.open(logdir, state.epoch(), state.step());
    try (TensorBoardEvents events = TensorBoardEvents.create(logdir, InstantSource.system());
        BatchLoader loader = loader(Optional.empty())) {
      while (state.epoch() < config.solver().epochs()) {
        if (!trainEpoch(loader, log, stop) || !endEpoch(log, events, stop)) {
          save(state.epoch() + 1);
          console.accept(
              "stopped after step %d of epoch %d; the same command goes on from there"
                  .formatted(state.epochSteps(), state.epoch() + 1));
          return false;
        }
      }
      return true;
    }
  }

  /// Takes a few steps and measures the last; nothing is saved.
  void profile(StepProfile profile) throws IOException, InterruptedException {
    try (BatchLoader loader = loader(Optional.of(profile.trace()))) {
      profile.measure(() -> trainStep(loader, schedule.rate(0)));
    }
    profile.report(logdir, console);
  }

  private BatchLoader loader(Optional<Trace> trace) {
    RandomSource random = RandomSource.of(config.solver().seed()).split("train");
    long first = state.step() * config.solver().accumulate();
    return new BatchLoader(config.train(), dataset, format, random, first, trace);
  }

  /// Takes the steps of an epoch that are left.
  ///
  /// @return whether none was left out
  private boolean trainEpoch(BatchLoader loader, RunLog log, BooleanSupplier stop)
      throws IOException, InterruptedException {
    int epoch = state.epoch() + 1;
    int steps = stepsPerEpoch();
    double learningRate = schedule.rate(state.epoch());
    try (Progress progress = new Progress(display, "epoch " + epoch, steps)) {
      while (state.epochSteps() < steps) {
        long begin = System.nanoTime();
        float loss = trainStep(loader, learningRate);
        double seconds = (System.nanoTime() - begin) * 1e-9;
        log.step(epoch, state.step(), loss, learningRate, seconds);
        progress.update(state.epochSteps(), loss);
        if (stop.getAsBoolean()) {
          return false;
        }
      }
    }
    double mean = state.losses().get(TrainingStep.LOSS) / state.epochSteps();
    console.accept("epoch %d: loss %.4f".formatted(epoch, mean));
    return true;
  }

  /// Takes a step: several batches, then the update.
  ///
  /// @return the mean of their losses
  private float trainStep(BatchLoader loader, double learningRate) throws InterruptedException {
    int batches = config.solver().accumulate();
    Map<String, Float> losses = new LinkedHashMap<>();
    for (int i = 1; i <= batches; i++) {
      TrainingStep.Moment moment =
          new TrainingStep.Moment(state.epoch() + 1, state.step() + 1, learningRate, i == batches);
      step.run(loader.next(), moment)
          .forEach((name, loss) -> losses.merge(name, loss / batches, Float::sum));
      state.batchDone();
    }
    state.stepDone(losses);
    float loss = losses.get(TrainingStep.LOSS);
    if (!Float.isFinite(loss)) {
      throw new TrainingException(
          "the loss is %s in step %d: try a smaller SOLVER.lr than %s"
              .formatted(loss, state.step(), config.solver().learningRate().base()));
    }
    return loss;
  }

  /// Logs an epoch; when it is time, tests and saves.
  ///
  /// @return whether nothing was left out
  private boolean endEpoch(RunLog log, TensorBoardEvents events, BooleanSupplier stop)
      throws IOException, InterruptedException {
    int epoch = state.epoch() + 1;
    boolean due = epoch == config.solver().epochs() || epoch % config.solver().testEvery() == 0;
    Optional<TestMetrics> metrics = Optional.empty();
    if (due && tester.isPresent()) {
      metrics = tester.get().test(epoch, stop);
      if (metrics.isEmpty()) {
        return false;
      }
    }
    Map<String, Double> means = new LinkedHashMap<>();
    state.losses().forEach((name, sum) -> means.put("train/" + name, sum / state.epochSteps()));
    means.put("train/lr", schedule.rate(epoch));
    events.scalars(epoch, means);
    if (metrics.isPresent()) {
      Tester.report(metrics.get(), log, console);
      events.scalars(epoch, metrics.get().scalars());
      events.scalar(epoch, "test/mIoU_part", metrics.get().miouPart());
    }
    state.epochDone();
    if (due) {
      save(epoch);
    }
    return true;
  }

  /// Saves the checkpoint of an epoch; one that was saved within another epoch is of no more use.
  private void save(int epoch) throws IOException {
    state.save(checkpoints);
    if (interrupted.orElse(epoch) != epoch) {
      checkpoints.remove(interrupted.getAsInt());
    }
    interrupted = OptionalInt.empty();
  }

  @Override
  public void close() {
    tester.ifPresent(Tester::close);
    step.close();
  }
}
