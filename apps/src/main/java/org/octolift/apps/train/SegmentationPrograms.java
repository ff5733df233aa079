package org.octolift.apps.train;

import java.util.Optional;
import org.octolift.apps.config.SolverConfig;
import org.octolift.engine.InputKey;
import org.octolift.engine.Program;
import org.octolift.engine.Recomputation;
import org.octolift.engine.Value;
import org.octolift.nn.autograd.Losses;
import org.octolift.nn.autograd.Tape;
import org.octolift.nn.models.Model;
import org.octolift.nn.optim.Adam;
import org.octolift.nn.optim.Optimiser;
import org.octolift.nn.optim.Sgd;

/// The programs of supervised segmentation.
public final class SegmentationPrograms {
  /// O-CNN's solver fixes it.
  static final double MOMENTUM = 0.9;

  private SegmentationPrograms() {}

  /// One training step: network, cross-entropy, gradients, update.
  ///
  /// @param update the update, where gradients are gathered first
  /// @param loss the mean over the selected rows
  /// @param count the number of selected rows
  public record Training(
      Program program, Optional<Program> update, Value loss, Value count, Optimiser optimiser) {}

  /// One pass without gradients.
  ///
  /// @param predictions class of each row, int
  /// @param probabilities of the classes, (rows, classes)
  public record Testing(
      Program program, Value loss, Value count, Value predictions, Value probabilities) {}

  /// What is minimised.
  @FunctionalInterface
  interface Criterion {
    /// Records the loss of a network's logits.
    Losses.Loss record(Tape tape, Value logits);

    /// Cross-entropy of the rows with labels above {@code mask}.
    static Criterion labels(int mask) {
      return (tape, logits) -> Losses.crossEntropy(tape, logits, labels(tape, logits), mask);
    }

    /// Cross-entropy of all rows with soft labels.
    static Criterion softLabels() {
      return (tape, logits) -> Losses.softCrossEntropy(tape, logits, softLabels(tape, logits));
    }

    private static Value labels(Tape tape, Value logits) {
      return tape.recorder()
          .inputInts(new InputKey.Named(SegmentationBatch.LABELS), logits.rows(), 1);
    }

    private static Value softLabels(Tape tape, Value logits) {
      return tape.recorder()
          .input(new InputKey.Named(SoftTargets.INPUT), logits.rows(), logits.channels());
    }
  }

  /// Records a training step.
  ///
  /// @param mask labels up to this one are ignored
  /// @param recomputation what is computed again on the way back
  public static Training training(
      Model model, Target target, int mask, SolverConfig solver, Recomputation recomputation) {
    return training(model, target, Criterion.labels(mask), solver, recomputation);
  }

  /// Records a training step that minimises what is given.
  static Training training(
      Model model,
      Target target,
      Criterion criterion,
      SolverConfig solver,
      Recomputation recomputation) {
    Tape tape = new Tape(true, recomputation);
    Value logits = model.record(tape, target == Target.POINTS);
    Losses.Loss loss = criterion.record(tape, logits);
    tape.recorder().keep(loss.value());
    tape.recorder().keep(loss.count());
    Optimiser optimiser = optimiser(solver);
    Optional<Program> update = Updates.record(tape, loss.value(), optimiser, solver, _ -> {});
    return new Training(tape.program(), update, loss.value(), loss.count(), optimiser);
  }

  /// Records a pass without gradients.
  public static Testing testing(Model model, Target target, int mask) {
    return testing(model, target, Criterion.labels(mask));
  }

  /// Records a pass without gradients, but with the loss that is given.
  static Testing testing(Model model, Target target, Criterion criterion) {
    Tape tape = new Tape(false);
    Value logits = model.record(tape, target == Target.POINTS);
    Losses.Loss loss = criterion.record(tape, logits);
    Value predictions = tape.argMax(logits);
    Value probabilities = tape.softmax(logits);
    tape.recorder().keep(loss.value());
    tape.recorder().keep(loss.count());
    tape.recorder().keep(predictions);
    tape.recorder().keep(probabilities);
    return new Testing(tape.program(), loss.value(), loss.count(), predictions, probabilities);
  }

  /// The update rule of a configuration.
  static Optimiser optimiser(SolverConfig solver) {
    return switch (solver.optimiser()) {
      case SGD -> new Sgd(MOMENTUM, solver.weightDecay());
      case ADAM -> new Adam(solver.weightDecay());
    };
  }
}
