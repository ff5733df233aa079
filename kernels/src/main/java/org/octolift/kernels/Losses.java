package org.octolift.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Losses on logits, with `p = softmax(logits)`, and their gradients. A loss takes three tasks:
/// `…Rows` writes each row's loss and 1 if it counts or else two zeros, [Reductions#columnSums]
/// adds those up by chunks, [#finish] divides. The loss of no rows is 0 with a gradient of 0.
public final class Losses {
  private Losses() {}

  /// Cross-entropy `-log p[label]` of rows with a label above {@code ignoreUpTo}; NaN for a label
  /// that is no class.
  ///
  /// @param rowLosses written, (capacity, 2)
  /// @param logits not modified, (capacity, classes)
  /// @param labels not modified, (capacity)
  public static void crossEntropyRows(
      FloatArray rowLosses,
      FloatArray logits,
      IntArray labels,
      IntArray counts,
      int slot,
      int classes,
      int capacity,
      int ignoreUpTo) {
    for (@Parallel int row = 0; row < (capacity & Bounds.LITERAL); row++) {
      if (row < counts.get(slot)) {
        crossEntropyRow(rowLosses, logits, labels, row, classes, ignoreUpTo);
      }
    }
  }

  /// One row of [#crossEntropyRows].
  private static void crossEntropyRow(
      FloatArray rowLosses,
      FloatArray logits,
      IntArray labels,
      int row,
      int classes,
      int ignoreUpTo) {
    int label = labels.get(row);
    float loss = 0;
    if (label > ignoreUpTo) {
      int from = row * classes;
      float maximum = Softmax.maximum(logits, from, classes);
      float sum = Softmax.sumOfExponentials(logits, from, classes, maximum);
      if (label < 0 || label > classes - 1) {
        // NaN, for which TornadoVM has no literal: the sum is at least 1.
        loss = TornadoMath.sqrt(-sum);
      } else {
        loss = TornadoMath.log(sum) - (logits.get(from + label) - maximum);
      }
    }
    rowLosses.set(2 * row, loss);
    rowLosses.set(2 * row + 1, label > ignoreUpTo ? 1 : 0);
  }

  /// Gradient of cross-entropy: `dLoss / count · (p - [c = label])`, 0 in rows that do not count.
  ///
  /// @param dLogits written, (capacity, classes)
  /// @param logits not modified
  /// @param labels not modified, (capacity)
  /// @param count not modified, (1): from [#finish]
  /// @param dLoss not modified, (1)
  public static void crossEntropyGradient(
      FloatArray dLogits,
      FloatArray logits,
      IntArray labels,
      FloatArray count,
      FloatArray dLoss,
      IntArray counts,
      int slot,
      int classes,
      int capacity,
      int ignoreUpTo) {
    for (@Parallel int row = 0; row < (capacity & Bounds.LITERAL); row++) {
      if (row < counts.get(slot)) {
        crossEntropyGradientRow(dLogits, logits, labels, count, dLoss, row, classes, ignoreUpTo);
      }
    }
  }

  /// One row of [#crossEntropyGradient]. Exponentials are computed twice instead of being read back
  /// from memory: a GPU would wait for each.
  private static void crossEntropyGradientRow(
      FloatArray dLogits,
      FloatArray logits,
      IntArray labels,
      FloatArray count,
      FloatArray dLoss,
      int row,
      int classes,
      int ignoreUpTo) {
    int label = labels.get(row);
    int from = row * classes;
    float maximum = Softmax.maximum(logits, from, classes);
    float sum = Softmax.sumOfExponentials(logits, from, classes, maximum);
    float factor = label > ignoreUpTo ? dLoss.get(0) / count.get(0) : 0;
    for (int c = 0; c < classes; c++) {
      float gradient = 0;
      if (label > ignoreUpTo) {
        float probability = TornadoMath.exp(logits.get(from + c) - maximum) / sum;
        gradient = factor * (probability - (c == label ? 1 : 0));
      }
      dLogits.set(from + c, gradient);
    }
  }

  /// Cross-entropy with soft labels, `-Σ target · log p`.
  ///
  /// @param rowLosses written, (capacity, 2)
  /// @param logits not modified, (capacity, classes)
  /// @param target not modified, (capacity, classes): probabilities
  public static void softCrossEntropyRows(
      FloatArray rowLosses,
      FloatArray logits,
      FloatArray target,
      IntArray counts,
      int slot,
      int classes,
      int capacity) {
    for (@Parallel int row = 0; row < (capacity & Bounds.LITERAL); row++) {
      if (row < counts.get(slot)) {
        softCrossEntropyRow(rowLosses, logits, target, row, classes);
      }
    }
  }

  /// One row of [#softCrossEntropyRows].
  public static void softCrossEntropyRow(
      FloatArray rowLosses, FloatArray logits, FloatArray target, int row, int classes) {
    int from = row * classes;
    float maximum = Softmax.maximum(logits, from, classes);
    float log = TornadoMath.log(Softmax.sumOfExponentials(logits, from, classes, maximum));
    float loss = 0;
    for (int at = from; at < from + classes; at++) {
      loss += target.get(at) * (log - (logits.get(at) - maximum));
    }
    rowLosses.set(2 * row, loss);
    rowLosses.set(2 * row + 1, 1);
  }

  /// Gradient of cross-entropy with soft labels: `dLoss / count · (p · Σ target - target)`.
  ///
  /// @param dLogits written, (capacity, classes)
  /// @param logits not modified
  /// @param target not modified
  /// @param count not modified, (1): from [#finish]
  /// @param dLoss not modified, (1)
  public static void softCrossEntropyGradient(
      FloatArray dLogits,
      FloatArray logits,
      FloatArray target,
      FloatArray count,
      FloatArray dLoss,
      IntArray counts,
      int slot,
      int classes,
      int capacity) {
    for (@Parallel int row = 0; row < (capacity & Bounds.LITERAL); row++) {
      if (row < counts.get(slot)) {
        softCrossEntropyGradientRow(dLogits, logits, target, count, dLoss, row, classes);
      }
    }
  }

  /// One row of [#softCrossEntropyGradient].
  public static void softCrossEntropyGradientRow(
      FloatArray dLogits,
      FloatArray logits,
      FloatArray target,
      FloatArray count,
      FloatArray dLoss,
      int row,
      int classes) {
    float factor = dLoss.get(0) / count.get(0);
    Softmax.softmaxRow(dLogits, logits, row, classes);
    int from = row * classes;
    float sum = 0;
    for (int at = from; at < from + classes; at++) {
      sum += target.get(at);
    }
    for (int at = from; at < from + classes; at++) {
      dLogits.set(at, factor * (dLogits.get(at) * sum - target.get(at)));
    }
  }

  /// Consistency `Σ (p - q)²` of a student's p with a teacher's q, of rows with `select ≠ 0`, or of
  /// all if {@code selects} is 0.
  ///
  /// @param rowLosses written, (capacity, 2)
  /// @param student not modified, (capacity, classes): logits
  /// @param teacher not modified, (capacity, classes): logits
  /// @param select not modified, (capacity); anything if {@code selects} is 0
  public static void consistencyRows(
      FloatArray rowLosses,
      FloatArray student,
      FloatArray teacher,
      IntArray select,
      IntArray counts,
      int slot,
      int classes,
      int capacity,
      int selects) {
    for (@Parallel int row = 0; row < (capacity & Bounds.LITERAL); row++) {
      if (row < counts.get(slot)) {
        if (selects == 0 || select.get(row) != 0) {
          consistencyRow(rowLosses, student, teacher, row, classes);
        } else {
          clearRow(rowLosses, row, 2);
        }
      }
    }
  }

  /// One row that counts of [#consistencyRows].
  public static void consistencyRow(
      FloatArray rowLosses, FloatArray student, FloatArray teacher, int row, int classes) {
    int from = row * classes;
    float studentMaximum = Softmax.maximum(student, from, classes);
    float studentSum = Softmax.sumOfExponentials(student, from, classes, studentMaximum);
    float teacherMaximum = Softmax.maximum(teacher, from, classes);
    float teacherSum = Softmax.sumOfExponentials(teacher, from, classes, teacherMaximum);
    float loss = 0;
    for (int at = from; at < from + classes; at++) {
      float difference =
          TornadoMath.exp(student.get(at) - studentMaximum) / studentSum
              - TornadoMath.exp(teacher.get(at) - teacherMaximum) / teacherSum;
      loss += difference * difference;
    }
    rowLosses.set(2 * row, loss);
    rowLosses.set(2 * row + 1, 1);
  }

  /// Gradient of the mean of consistency over rows and classes to the student:
  /// `p · (g - Σ g · p)` with `g = 2 · (p - q) · dLoss / (count · classes)`.
  ///
  /// @param dStudent written, (capacity, classes)
  /// @param student not modified
  /// @param teacher not modified
  /// @param select not modified, (capacity); anything if {@code selects} is 0
  /// @param count not modified, (1): from [#finish]
  /// @param dLoss not modified, (1)
  public static void consistencyGradient(
      FloatArray dStudent,
      FloatArray student,
      FloatArray teacher,
      IntArray select,
      FloatArray count,
      FloatArray dLoss,
      IntArray counts,
      int slot,
      int classes,
      int capacity,
      int selects) {
    for (@Parallel int row = 0; row < (capacity & Bounds.LITERAL); row++) {
      if (row < counts.get(slot)) {
        if (selects == 0 || select.get(row) != 0) {
          consistencyGradientRow(dStudent, student, teacher, count, dLoss, row, classes);
        } else {
          clearRow(dStudent, row, classes);
        }
      }
    }
  }

  /// One row that counts of [#consistencyGradient].
  public static void consistencyGradientRow(
      FloatArray dStudent,
      FloatArray student,
      FloatArray teacher,
      FloatArray count,
      FloatArray dLoss,
      int row,
      int classes) {
    int from = row * classes;
    float maximum = Softmax.maximum(teacher, from, classes);
    float sum = Softmax.sumOfExponentials(teacher, from, classes, maximum);
    Softmax.softmaxRow(dStudent, student, row, classes);
    float mean = 0;
    for (int at = from; at < from + classes; at++) {
      float p = dStudent.get(at);
      mean += p * (p - TornadoMath.exp(teacher.get(at) - maximum) / sum);
    }
    float factor = 2 * dLoss.get(0) / (count.get(0) * classes);
    for (int at = from; at < from + classes; at++) {
      float p = dStudent.get(at);
      float difference = p - TornadoMath.exp(teacher.get(at) - maximum) / sum;
      dStudent.set(at, factor * (p * (difference - mean)));
    }
  }

  /// Entropy `-Σ p · log p` of rows with `select ≠ 0`, or of all if {@code selects} is 0.
  ///
  /// @param rowLosses written, (capacity, 2)
  /// @param logits not modified, (capacity, classes)
  /// @param select not modified, (capacity); anything if {@code selects} is 0
  public static void entropyRows(
      FloatArray rowLosses,
      FloatArray logits,
      IntArray select,
      IntArray counts,
      int slot,
      int classes,
      int capacity,
      int selects) {
    for (@Parallel int row = 0; row < (capacity & Bounds.LITERAL); row++) {
      if (row < counts.get(slot)) {
        if (selects == 0 || select.get(row) != 0) {
          entropyRow(rowLosses, logits, row, classes);
        } else {
          clearRow(rowLosses, row, 2);
        }
      }
    }
  }

  /// One row that counts of [#entropyRows].
  public static void entropyRow(FloatArray rowLosses, FloatArray logits, int row, int classes) {
    rowLosses.set(2 * row, entropy(logits, row * classes, classes));
    rowLosses.set(2 * row + 1, 1);
  }

  private static float entropy(FloatArray logits, int from, int classes) {
    float maximum = Softmax.maximum(logits, from, classes);
    float sum = Softmax.sumOfExponentials(logits, from, classes, maximum);
    float log = TornadoMath.log(sum);
    float entropy = 0;
    for (int at = from; at < from + classes; at++) {
      float difference = logits.get(at) - maximum;
      entropy += TornadoMath.exp(difference) / sum * (log - difference);
    }
    return entropy;
  }

  /// Gradient of the mean entropy: `-dLoss / count · p · (log p + entropy)`.
  ///
  /// @param dLogits written, (capacity, classes)
  /// @param logits not modified
  /// @param select not modified, (capacity); anything if {@code selects} is 0
  /// @param count not modified, (1): from [#finish]
  /// @param dLoss not modified, (1)
  public static void entropyGradient(
      FloatArray dLogits,
      FloatArray logits,
      IntArray select,
      FloatArray count,
      FloatArray dLoss,
      IntArray counts,
      int slot,
      int classes,
      int capacity,
      int selects) {
    for (@Parallel int row = 0; row < (capacity & Bounds.LITERAL); row++) {
      if (row < counts.get(slot)) {
        if (selects == 0 || select.get(row) != 0) {
          entropyGradientRow(dLogits, logits, count, dLoss, row, classes);
        } else {
          clearRow(dLogits, row, classes);
        }
      }
    }
  }

  /// One row that counts of [#entropyGradient].
  public static void entropyGradientRow(
      FloatArray dLogits,
      FloatArray logits,
      FloatArray count,
      FloatArray dLoss,
      int row,
      int classes) {
    int from = row * classes;
    float entropy = entropy(logits, from, classes);
    float maximum = Softmax.maximum(logits, from, classes);
    float sum = Softmax.sumOfExponentials(logits, from, classes, maximum);
    float log = TornadoMath.log(sum);
    float factor = dLoss.get(0) / count.get(0);
    for (int at = from; at < from + classes; at++) {
      float difference = logits.get(at) - maximum;
      float p = TornadoMath.exp(difference) / sum;
      dLogits.set(at, -factor * (p * (difference - log + entropy)));
    }
  }

  /// Sets a row to zero: one that does not count.
  public static void clearRow(FloatArray y, int row, int channels) {
    for (int at = row * channels; at < (row + 1) * channels; at++) {
      y.set(at, 0);
    }
  }

  /// `loss = Σ losses / (Σ counts · elements)`; 0 if nothing counts.
  ///
  /// @param loss written, (1)
  /// @param count written, (1): the rows that count
  /// @param partials not modified, ([Reductions#CHUNKS], 2)
  /// @param elements what each row's loss is the sum of: 1, or the number of classes
  public static void finish(
      FloatArray loss,
      FloatArray count,
      FloatArray partials,
      IntArray counts,
      int slot,
      int elements) {
    for (@Parallel int i = 0; i < 1; i++) {
      finishAt(loss, count, partials, counts.get(slot), elements);
    }
  }

  /// The body of [#finish].
  public static void finishAt(
      FloatArray loss, FloatArray count, FloatArray partials, int rows, int elements) {
    double sum = 0;
    double selected = 0;
    int chunks = Reductions.chunks(rows);
    for (int chunk = 0; chunk < chunks; chunk++) {
      sum += partials.get(2 * chunk);
      selected += partials.get(2 * chunk + 1);
    }
    loss.set(0, selected == 0 ? 0 : (float) (sum / (selected * elements)));
    count.set(0, (float) selected);
  }

  /// One term of a weighted sum: `loss = weights[index] · term`, added to the sum so far unless the
  /// index is 0.
  ///
  /// @param loss accumulated, (1); written if {@code index} is 0
  /// @param term not modified, (1)
  /// @param weights not modified, (1, terms)
  public static void weightedTerm(FloatArray loss, FloatArray term, FloatArray weights, int index) {
    for (@Parallel int i = 0; i < 1; i++) {
      float product = weights.get(index) * term.get(0);
      loss.set(0, index == 0 ? product : loss.get(0) + product);
    }
  }

  /// Gradient of a weighted sum to one term: `dTerm = weights[index] · dLoss`.
  ///
  /// @param dTerm written, (1)
  /// @param dLoss not modified, (1)
  /// @param weights not modified, (1, terms)
  public static void weightedTermGradient(
      FloatArray dTerm, FloatArray dLoss, FloatArray weights, int index) {
    for (@Parallel int i = 0; i < 1; i++) {
      dTerm.set(0, weights.get(index) * dLoss.get(0));
    }
  }
}
