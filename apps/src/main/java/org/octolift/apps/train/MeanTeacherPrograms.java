package org.octolift.apps.train;

import java.util.List;
import java.util.Optional;
import org.octolift.apps.config.SolverConfig;
import org.octolift.engine.InputKey;
import org.octolift.engine.Program;
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
/// 2017). In a step the teacher's runs first, then the student's on the same batch.
final class MeanTeacherPrograms {
  /// Input of the student: the teacher's logits, (points, classes).
  static final String TEACHER = "teacher";

  /// Input of the student: 1 for points that count without a label, (points) ints.
  static final String UNLABELLED = "unlabelled";

  /// Input of the student: weights of cross-entropy, consistency and entropy, (1, 3).
  static final String WEIGHTS = "lossWeights";

  /// Input of the student: the share of itself that the teacher keeps, (1, 1).
  static final String DECAY = "teacherDecay";

  private MeanTeacherPrograms() {}

  /// The teacher's pass in training mode: BatchNorm takes the batch's statistics and updates its
  /// running ones, as in the reference.
  ///
  /// @param logits (points, classes)
  record Teaching(Program program, Value logits) {}

  /// The student's step: losses, gradients, its update, then the teacher's.
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

  static Teaching teaching(Model teacher) {
    Tape tape = new Tape(true);
    Value logits = tape.recorder().keep(teacher.record(tape, true));
    return new Teaching(tape.program(), logits);
  }

  /// @param mask labels up to this one are ignored
  static Learning learning(Model student, ParameterSet teacher, int mask, SolverConfig solver) {
    Tape tape = new Tape(true);
    Recorder recorder = tape.recorder();
    Value logits = student.record(tape, true);
    Value labels =
        recorder.inputInts(new InputKey.Named(SegmentationBatch.LABELS), logits.rows(), 1);
    Value unlabelled = recorder.inputInts(new InputKey.Named(UNLABELLED), logits.rows(), 1);
    Value target = recorder.input(new InputKey.Named(TEACHER), logits.rows(), logits.channels());
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
            tape, loss, optimiser, solver, last -> follow(last, student.parameters(), teacher));
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
