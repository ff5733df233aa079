package org.octolift.apps.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.SolverConfig;
import org.octolift.apps.profile.ProfilingDevice;
import org.octolift.apps.softlabel.TeacherSource;
import org.octolift.engine.Device;
import org.octolift.engine.InputException;
import org.octolift.engine.RandomSource;
import org.octolift.engine.io.Folders;
import org.octolift.nn.checkpoint.ModelFiles;
import org.octolift.nn.checkpoint.StateDict;
import org.octolift.nn.models.Model;

/// Segmentation with all labels, few, or soft ones (the reference's `segmentation.py`,
/// `LA_segmentation.py`, `LR_segmentation.py` and `softlabel_segmentation.py`): trains, tests or
/// evaluates as `SOLVER.run` says.
public final class SegmentationJob {
  private final RunConfig config;
  private final Task task;
  private final List<String> warnings;
  private final Consumer<String> console;
  private final Progress.Display display;

  private SegmentationJob(
      RunConfig config,
      Task task,
      List<String> warnings,
      Consumer<String> console,
      Progress.Display display) {
    this.config = config;
    this.task = task;
    this.warnings = List.copyOf(warnings);
    this.console = console;
    this.display = display;
  }

  /// Segmentation with a label for every point. Which rows are scored is `LOSS.point_wise`
  /// .
  ///
  /// @param console shows a line
  /// @param display shows progress
  /// @throws InputException when a setting restricts the labels
  public SegmentationJob(RunConfig config, Consumer<String> console, Progress.Display display) {
    this(
        Unread.requireAllLabels(config),
        supervised(config),
        Unread.segmentation(config),
        console,
        display);
  }

  /// Fine-tuning with a few labelled points a scan.
  ///
  /// @throws InputException when a setting that it needs is missing
  public static SegmentationJob limitedAnnotations(
      RunConfig config, Consumer<String> console, Progress.Display display) {
    RunConfig settings = Finetuning.annotationSettings(config);
    return new SegmentationJob(
        settings,
        new LabelTask(
            Target.POINTS,
            settings.loss().mask(),
            (model, device, fresh) -> Finetuning.annotations(settings, model, device, fresh)),
        Unread.all(settings),
        console,
        display);
  }

  /// Fine-tuning with a few labelled scans.
  ///
  /// @throws InputException when a setting that it needs is missing
  public static SegmentationJob limitedReconstructions(
      RunConfig config, Consumer<String> console, Progress.Display display) {
    RunConfig settings = Finetuning.reconstructionSettings(config);
    return new SegmentationJob(
        settings,
        new LabelTask(
            Target.POINTS,
            settings.loss().mask(),
            (model, device, fresh) -> Finetuning.reconstructions(settings, model, device, fresh)),
        Unread.all(settings),
        console,
        display);
  }

  /// Pre-training with soft labels of the images that scans were made of.
  ///
  /// @param teacher labels the images
  public static SegmentationJob softLabels(
      RunConfig config, TeacherSource teacher, Consumer<String> console, Progress.Display display) {
    return new SegmentationJob(
        config,
        new SoftLabelTask(config, teacher, console, display),
        Unread.softLabels(config),
        console,
        display);
  }

  private static Task supervised(RunConfig config) {
    Target target = Target.of(config.loss());
    int mask = config.loss().mask();
    return new LabelTask(
        target,
        mask,
        (model, device, fresh) ->
            new SupervisedStep(
                SegmentationPrograms.training(
                    model, target, mask, config.solver(), device.recomputation()),
                device,
                LabelSource.all()));
  }

  /// Runs to the end.
  ///
  /// @throws InputException when files or settings are at fault
  /// @throws TrainingException when training fails
  public void run() throws IOException, InterruptedException {
    run(() -> false);
  }

  /// Runs to the end, or, if it trains, until it is told to stop: then it saves a checkpoint from
  /// which training goes on to the same bits.
  ///
  /// @param stop is asked after each step
  /// @return whether it came to the end
  /// @throws InputException when files or settings are at fault
  /// @throws TrainingException when training fails
  public boolean run(BooleanSupplier stop) throws IOException, InterruptedException {
    SolverConfig solver = config.solver();
    Path logdir = solver.logdir();
    try (Device device =
            Devices.open("SOLVER.device", solver.device(), solver.precision(), solver.threads());
        Task running = task) {
      Model model =
          Networks.create(config.model(), RandomSource.of(solver.seed()).split("parameters"));
      Folders.make("SOLVER.logdir", logdir);
      if (solver.run() == SolverConfig.Run.TRAIN) {
        requireNothingLost();
      }
      config.settings().writeTo(logdir);
      config.settings().warnings().forEach(console);
      warnings.forEach(console);
      Map<String, Object> environment = new LinkedHashMap<>();
      environment.put("device", device.description());
      environment.put("seed", solver.seed());
      environment.put("parameters", model.parameters().trainableCount());
      RunLog.writeEnvironment(logdir, environment);
      if (!running.prepare(device, stop)) {
        return false;
      }
      switch (solver.run()) {
        case TRAIN -> {
          return train(model, device, stop);
        }
        case TEST -> test(model, device);
        case EVALUATE -> evaluate(model, device);
        case PROFILE -> profile(model, device);
      }
      return true;
    }
  }

  private boolean train(Model model, Device device, BooleanSupplier stop)
      throws IOException, InterruptedException {
    Optional<Path> asked = config.solver().checkpoint();
    Optional<SavedState> saved = start();
    TrainingStep step = task.step(model, device, saved.isEmpty());
    try (Trainer trainer = new Trainer(config, model, step, device, task, display, console)) {
      if (saved.isPresent()) {
        trainer.resume(saved.get());
      } else if (asked.isPresent()) {
        loadWeights(model, asked.get());
      }
      return trainer.train(stop);
    }
  }

  /// The state to go on from: that of `SOLVER.ckpt`, unless it holds weights alone, or the latest
  /// of the run.
  private Optional<SavedState> start() throws IOException {
    Optional<Path> asked = config.solver().checkpoint();
    if (asked.isPresent()) {
      return SavedState.isIn(asked.get())
          ? Optional.of(SavedState.read(asked.get()))
          : Optional.empty();
    }
    Optional<Checkpoints.Saved> latest = latest();
    return latest.isPresent() ? Optional.of(SavedState.of(latest.get())) : Optional.empty();
  }

  /// A start from before the latest checkpoint of the run's directory would drop the logs of what
  /// follows, and then go on from there when it is started again.
  private void requireNothingLost() throws IOException {
    Optional<Path> asked = config.solver().checkpoint();
    OptionalInt latest = checkpoints().latestEpoch();
    if (asked.isEmpty() || latest.isEmpty()) {
      return;
    }
    int begin = SavedState.isIn(asked.get()) ? SavedState.read(asked.get()).number() : 0;
    if (begin < latest.getAsInt()) {
      throw new InputException(
          "SOLVER.ckpt: %s would begin after epoch %d, but %s holds a run up to epoch %d: name another SOLVER.logdir, or leave out SOLVER.ckpt to go on with that run"
              .formatted(asked.get(), begin, config.solver().logdir(), latest.getAsInt()));
    }
  }

  private void profile(Model model, Device device) throws IOException, InterruptedException {
    Optional<Path> asked = config.solver().checkpoint();
    ProfilingDevice measuring = new ProfilingDevice(device);
    TrainingStep step = task.step(model, measuring, asked.isEmpty());
    try (Trainer trainer = new Trainer(config, model, step, measuring, task, display, console)) {
      if (asked.isPresent()) {
        loadTrained(model);
      }
      trainer.profile(new StepProfile(measuring));
    }
  }

  private void test(Model model, Device device) throws IOException, InterruptedException {
    loadTrained(model);
    try (Tester tester = new Tester(config, model, device, task, display)) {
      Tester.report(
          tester.test(0, () -> false).orElseThrow(),
          RunLog.append(config.solver().logdir()),
          console);
    }
  }

  private void evaluate(Model model, Device device) throws IOException, InterruptedException {
    loadTrained(model);
    // Votes are for points, whatever LOSS.point_wise says of the metrics.
    try (Tester tester = new Tester(config, model, device, task.pointWise(), display)) {
      tester.evaluate(config.solver().logdir());
    }
  }

  /// Loads `SOLVER.ckpt`, or the latest checkpoint of the run.
  private void loadTrained(Model model) throws IOException {
    Optional<Path> asked = config.solver().checkpoint();
    if (asked.isPresent()) {
      Path file = asked.get();
      loadWeights(model, SavedState.isOurs(file) ? Checkpoints.read(file).model() : file);
      return;
    }
    Checkpoints.Saved saved =
        latest()
            .orElseThrow(
                () ->
                    new InputException(
                        "SOLVER.ckpt: is not set and %s has no checkpoint; name a file or train first"
                            .formatted(config.solver().logdir())));
    loadWeights(model, saved.model());
  }

  private void loadWeights(Model model, Path file) throws IOException {
    StateDict.load(model.parameters(), ModelFiles.read(file), file);
    console.accept("loaded " + file);
  }

  private Optional<Checkpoints.Saved> latest() throws IOException {
    return checkpoints().latest();
  }

  private Checkpoints checkpoints() {
    return new Checkpoints(config.solver().logdir(), config.solver().checkpointCount());
  }
}
