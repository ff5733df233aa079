package org.octolift.apps.config;

import static org.octolift.apps.config.InvalidSetting.require;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.octolift.engine.tornado.Precision;

/// Section `SOLVER`: what to run, for how long, with which optimiser, on which device.
///
/// @param run which phase
/// @param logdir the run's directory, alias appended
/// @param checkpoint the checkpoint asked for; none: the latest of the run, if any
/// @param checkpointCount how many checkpoint files the clean-up before saving keeps
/// @param optimiser the update rule
/// @param weightDecay L2 weight decay, added to the gradient of every parameter
/// @param learningRate the schedule
/// @param accumulate batches whose gradients make one step
/// @param clipNorm largest norm of the gradient of a step; 0: any
/// @param epochs last epoch of training
/// @param evaluateEpochs passes over the test set when evaluating: votes
/// @param testEvery epochs between tests and checkpoints
/// @param progressBar whether to show progress
/// @param device `cpu` or `gpu`
/// @param precision of a GPU's products
/// @param threads CPU threads
/// @param seed of all random numbers
public record SolverConfig(
    Run run,
    Path logdir,
    Optional<Path> checkpoint,
    int checkpointCount,
    Optimiser optimiser,
    double weightDecay,
    LearningRateConfig learningRate,
    int accumulate,
    double clipNorm,
    int epochs,
    int evaluateEpochs,
    int testEvery,
    boolean progressBar,
    String device,
    Precision precision,
    int threads,
    long seed) {
  /// What a program does.
  public enum Run {
    /// Trains, testing now and then.
    TRAIN,
    /// Tests once.
    TEST,
    /// Writes the class probabilities of every test scan.
    EVALUATE,
    /// Measures one training step.
    PROFILE
  }

  /// Update rules.
  public enum Optimiser {
    /// Momentum 0.9.
    SGD,
    /// β 0.9 and 0.999, ε 1e-8.
    ADAM
  }

  /// Checks the ranges.
  public SolverConfig {
    require(checkpointCount >= 1, "SOLVER.ckpt_num", "at least 1", checkpointCount);
    require(weightDecay >= 0, "SOLVER.weight_decay", "at least 0.0", weightDecay);
    require(accumulate >= 1, "SOLVER.accumulate", "at least 1", accumulate);
    require(
        clipNorm >= 0 && Double.isFinite(clipNorm),
        "SOLVER.clip_norm",
        "at least 0.0 (off)",
        clipNorm);
    require(epochs >= 1, "SOLVER.max_epoch", "at least 1", epochs);
    require(evaluateEpochs >= 1, "SOLVER.eval_epoch", "at least 1", evaluateEpochs);
    require(testEvery >= 1, "SOLVER.test_every_epoch", "at least 1", testEvery);
    require(!device.isEmpty(), "SOLVER.device", "the name of a device, such as cpu", device);
    require(threads >= 1 && threads <= 4096, "SOLVER.threads", "0 (all cores) to 4096", threads);
  }

  static SolverConfig of(ConfigTree tree) {
    List<Integer> gpu = tree.wholes("SOLVER.gpu");
    require(gpu.size() == 1, "SOLVER.gpu", "one device, such as (0,): a run uses one", gpu);
    String logdir = tree.text("SOLVER.logdir");
    require(!logdir.isEmpty(), "SOLVER.logdir", "the run's directory", logdir);
    String checkpoint = tree.text("SOLVER.ckpt");
    int threads = tree.whole("SOLVER.threads");
    return new SolverConfig(
        Choice.of(Run.class, "SOLVER.run", tree),
        Choice.path("SOLVER.logdir", tree),
        checkpoint.isEmpty() ? Optional.empty() : Optional.of(Choice.path("SOLVER.ckpt", tree)),
        tree.whole("SOLVER.ckpt_num"),
        Choice.of(Optimiser.class, "SOLVER.type", tree),
        tree.number("SOLVER.weight_decay"),
        new LearningRateConfig(
            Choice.of(LearningRateConfig.Type.class, "SOLVER.lr_type", tree),
            tree.number("SOLVER.lr"),
            tree.wholes("SOLVER.step_size"),
            tree.number("SOLVER.lr_power")),
        tree.whole("SOLVER.accumulate"),
        tree.number("SOLVER.clip_norm"),
        tree.whole("SOLVER.max_epoch"),
        tree.whole("SOLVER.eval_epoch"),
        tree.whole("SOLVER.test_every_epoch"),
        tree.flag("SOLVER.progress_bar"),
        tree.text("SOLVER.device"),
        Choice.of(Precision.class, "SOLVER.precision", tree),
        threads == 0 ? Runtime.getRuntime().availableProcessors() : threads,
        tree.wholeLong("SOLVER.seed"));
  }
}
