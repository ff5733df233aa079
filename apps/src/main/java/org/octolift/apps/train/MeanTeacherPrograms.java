package org.octolift.apps.train;

import java.util.List;
import java.util.Optional;
import org.octolift.apps.config.SolverConfig;
import org.octolift.engine.InputKey;
import org.octolift.engine.Program;
import org.octolift.engine.Recomputation;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.ops.Ema;
import org.octolift.nn.Parameter;
import org.octolift.nn.ParameterSet;
import org.octolift.nn.autograd.Losses;
import org.octolift.nn.autograd.Tape;
import org.octolift.nn.models.Model;
import org.octolift.nn.optim.Optimiser;

/// The programs of semi-supervised training with a mean teacher (Tarvainen and Valpola, NeurIPS
/// 2017). In a step the teacher comes first, then the student on the same batch: one program, so
/// that a device keeps both and neither parameters nor logits leave it.
final class MeanTeacherPrograms {
  /// Input of the student: 1 for points that count without a label, (points) ints.
  static final String UNLABELLED = "unlabelled";

  /// Input of the student: weights of cross-entropy, consistency and entropy, (1, 3).
  static final String WEIGHTS = "lossWeights";

  /// Input of the student: the share of itself that the teacher keeps, (1, 1).
  static final String DECAY = "teacherDecay";

  private MeanTeacherPrograms() {}

  /// The teacher's pass in training mode, where BatchNorm takes the batch's statistics and updates
  /// its running ones, as in the reference; the student's losses, gradients and update, then the
  /// teacher's.
  ///
  /// @param update the update and the teacher's, where gradients are gathered first
  /// @param loss the weighted sum of the terms
  /// @param terms cross-entropy, consistency, entropy
  record Learning(
      Program program,
      Optional<Program> update,
      Value loss,
      List<Value> terms,
      Optimiser optimiser) {}

  /// @param mask labels up to this one are ignored
  /// @param recomputation what is computed again on the way back
  static Learning learning(
      Model student, Model teacher, int mask, SolverConfig solver, Recomputation recomputation) {
    Recorder recorder = new Recorder();
    Value target = teacher.record(new Tape(true, recorder, recomputation), true);
    Tape tape = new Tape(true, recorder, recomputation);
    Value logits = student.record(tape, true);
    Value labels =
        recorder.inputInts(new InputKey.Named(SegmentationBatch.LABELS), logits.rows(), 1);
    Value unlabelled = recorder.inputInts(new InputKey.Named(UNLABELLED), logits.rows(), 1);
    List<Value> terms =
        List.of(
            Losses.crossEntropy(tape, logits, labels, mask).value(),
            Losses.consistency(tape, logits, target, unlabelled).value(),
            Losses.entropy(tape, logits, unlabelled).value());
    Value weights = recorder.input(new InputKey.Named(WEIGHTS), Rows.fixed(1), terms.size());
    Value loss = recorder.keep(Losses.weightedSum(tape, terms, weights));
    terms.forEach(recorder::keep);
    Optimiser optimiser = SegmentationPrograms.optimiser(solver);
    Optional<Program> update =
        Updates.record(
            tape,
            loss,
            optimiser,
            solver,
            last -> follow(last, student.parameters(), teacher.parameters()));
    return new Learning(tape.program(), update, loss, terms, optimiser);
  }

  /// The teacher's parameters, not its statistics, move towards the student's.
  private static void follow(Recorder recorder, ParameterSet student, ParameterSet teacher) {
    Value decay = recorder.input(new InputKey.Named(DECAY), Rows.fixed(1), 1);
    for (Parameter parameter : student.trainable()) {
      Parameter follower = teacher.get(parameter.name());
      recorder.add(
          new Ema(
              recorder.persistent(follower.variable()),
              recorder.persistent(parameter.variable()),
              decay));
    }
  }
}
