package org.octolift.nn.autograd;

import java.util.List;
import java.util.function.BiConsumer;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.ops.Consistency;
import org.octolift.engine.ops.ConsistencyGradient;
import org.octolift.engine.ops.CrossEntropy;
import org.octolift.engine.ops.CrossEntropyGradient;
import org.octolift.engine.ops.Entropy;
import org.octolift.engine.ops.EntropyGradient;
import org.octolift.engine.ops.SoftCrossEntropy;
import org.octolift.engine.ops.SoftCrossEntropyGradient;
import org.octolift.engine.ops.WeightedSum;
import org.octolift.engine.ops.WeightedSumGradient;

/// Records what is minimised, each loss beside the rule of its derivative.
public final class Losses {
  /// A loss and over how many rows it is a mean.
  public record Loss(Value value, Value count) {}

  private Losses() {}

  /// Mean cross-entropy over the rows whose label is above {@code ignoreUpTo}.
  ///
  /// @param labels int, (rows, 1)
  public static Loss crossEntropy(Tape tape, Value logits, Value labels, int ignoreUpTo) {
    Loss loss = newLoss(tape, "crossEntropy");
    tape.recorder().add(new CrossEntropy(loss.value, loss.count, logits, labels, ignoreUpTo));
    recordLoss(
        tape,
        loss,
        logits,
        (dLogits, dLoss) ->
            tape.recorder()
                .add(
                    new CrossEntropyGradient(
                        dLogits, logits, labels, loss.count, dLoss, ignoreUpTo)));
    return loss;
  }

  /// Mean over the rows of −Σ target·log softmax(logits).
  public static Loss softCrossEntropy(Tape tape, Value logits, Value target) {
    Loss loss = newLoss(tape, "softCrossEntropy");
    tape.recorder().add(new SoftCrossEntropy(loss.value, loss.count, logits, target));
    recordLoss(
        tape,
        loss,
        logits,
        (dLogits, dLoss) ->
            tape.recorder()
                .add(new SoftCrossEntropyGradient(dLogits, logits, target, loss.count, dLoss)));
    return loss;
  }

  /// Mean squared difference of the probabilities of student and (constant) teacher.
  ///
  /// @param select int, (rows, 1): rows that count; null for all
  public static Loss consistency(Tape tape, Value student, Value teacher, Value select) {
    Loss loss = newLoss(tape, "consistency");
    tape.recorder().add(new Consistency(loss.value, loss.count, student, teacher, select));
    recordLoss(
        tape,
        loss,
        student,
        (dLogits, dLoss) ->
            tape.recorder()
                .add(
                    new ConsistencyGradient(dLogits, student, teacher, select, loss.count, dLoss)));
    return loss;
  }

  /// Mean entropy of the probabilities.
  ///
  /// @param select int, (rows, 1): rows that count; null for all
  public static Loss entropy(Tape tape, Value logits, Value select) {
    Loss loss = newLoss(tape, "entropy");
    tape.recorder().add(new Entropy(loss.value, loss.count, logits, select));
    recordLoss(
        tape,
        loss,
        logits,
        (dLogits, dLoss) ->
            tape.recorder().add(new EntropyGradient(dLogits, logits, select, loss.count, dLoss)));
    return loss;
  }

  /// Σ weights[i]·terms[i].
  ///
  /// @param weights (1, terms)
  public static Value weightedSum(Tape tape, List<Value> terms, Value weights) {
    Value total = tape.recorder().temporary("loss", Rows.fixed(1), 1);
    tape.recorder().add(new WeightedSum(total, terms, weights));
    tape.record(
        total,
        List.of(),
        g -> {
          List<Value> dTerms = terms.stream().map(g::like).toList();
          tape.recorder().add(new WeightedSumGradient(dTerms, g.of(total), weights));
          for (int i = 0; i < terms.size(); i++) {
            g.add(terms.get(i), dTerms.get(i));
          }
        },
        terms.toArray(Value[]::new));
    return total;
  }

  private static Loss newLoss(Tape tape, String name) {
    return new Loss(
        tape.recorder().temporary(name, Rows.fixed(1), 1),
        tape.recorder().temporary(name + ".count", Rows.fixed(1), 1));
  }

  private static void recordLoss(
      Tape tape, Loss loss, Value logits, BiConsumer<Value, Value> gradientOp) {
    tape.record(
        loss.value,
        List.of(),
        g -> {
          Value dLogits = g.like(logits);
          gradientOp.accept(dLogits, g.of(loss.value));
          g.add(logits, dLogits);
        },
        logits);
  }
}
