package org.octolift.engine.ops;

import static org.octolift.engine.ops.Scenario.MANY;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.kernels.Losses;
import org.octolift.kernels.Reductions;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Softmax, losses and their gradients.
final class LossCases {
  private static final Rows ONE = Rows.fixed(1);

  private LossCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    cases.add(new OpCase(Softmax.class, "", LossCases::softmax));
    cases.add(new OpCase(ArgMax.class, "", LossCases::argMax));
    cases.add(new OpCase(CrossEntropy.class, "", s -> crossEntropy(s, 0)));
    cases.add(new OpCase(CrossEntropy.class, "of no row", s -> crossEntropy(s, 1000)));
    cases.add(new OpCase(CrossEntropyGradient.class, "", s -> crossEntropyGradient(s, 0)));
    cases.add(
        new OpCase(CrossEntropyGradient.class, "of no row", s -> crossEntropyGradient(s, 1000)));
    cases.add(new OpCase(SoftCrossEntropy.class, "", LossCases::softCrossEntropy));
    cases.add(new OpCase(SoftCrossEntropyGradient.class, "", LossCases::softCrossEntropyGradient));
    for (int selects : new int[] {0, 1, 2}) {
      String variant = List.of("of all rows", "of some rows", "of no row").get(selects);
      cases.add(new OpCase(Consistency.class, variant, s -> consistency(s, selects)));
      cases.add(
          new OpCase(ConsistencyGradient.class, variant, s -> consistencyGradient(s, selects)));
      cases.add(new OpCase(Entropy.class, variant, s -> entropy(s, selects)));
      cases.add(new OpCase(EntropyGradient.class, variant, s -> entropyGradient(s, selects)));
    }
    cases.add(new OpCase(WeightedSum.class, "", LossCases::weightedSum));
    cases.add(new OpCase(WeightedSumGradient.class, "", LossCases::weightedSumGradient));
    return cases;
  }

  // References.

  private static double[] softmax(double[] x, int channels) {
    double[] y = new double[x.length];
    for (int from = 0; from < x.length; from += channels) {
      double sum = 0;
      for (int i = from; i < from + channels; i++) {
        sum += Math.exp(x[i]);
      }
      for (int i = from; i < from + channels; i++) {
        y[i] = Math.exp(x[i]) / sum;
      }
    }
    return y;
  }

  /// The mean of a row loss over the rows that count; 0 if none does.
  private static double mean(int rows, IntPredicate counts, IntToDoubleFunction loss) {
    double sum = 0;
    int count = 0;
    for (int row = 0; row < rows; row++) {
      if (counts.test(row)) {
        sum += loss.applyAsDouble(row);
        count++;
      }
    }
    return count == 0 ? 0 : sum / count;
  }

  private static double crossEntropyOf(Scenario s, double[] logits, int[] labels, int ignore) {
    double[] p = softmax(logits, s.channels);
    return mean(
        s.rows, row -> labels[row] > ignore, row -> -Math.log(p[row * s.channels + labels[row]]));
  }

  private static double softCrossEntropyOf(Scenario s, double[] logits, double[] target) {
    double[] p = softmax(logits, s.channels);
    return mean(s.rows, row -> true, row -> -sum(s, row, i -> target[i] * Math.log(p[i])));
  }

  private static double consistencyOf(
      Scenario s, double[] student, double[] teacher, IntPredicate selected) {
    double[] p = softmax(student, s.channels);
    double[] q = softmax(teacher, s.channels);
    return mean(s.rows, selected, row -> sum(s, row, i -> Math.pow(p[i] - q[i], 2)) / s.channels);
  }

  private static double entropyOf(Scenario s, double[] logits, IntPredicate selected) {
    double[] p = softmax(logits, s.channels);
    return mean(s.rows, selected, row -> -sum(s, row, i -> p[i] * Math.log(p[i])));
  }

  private static double sum(Scenario s, int row, IntToDoubleFunction term) {
    double sum = 0;
    for (int i = row * s.channels; i < (row + 1) * s.channels; i++) {
      sum += term.applyAsDouble(i);
    }
    return sum;
  }

  private static int count(Scenario s, IntPredicate selected) {
    int count = 0;
    for (int row = 0; row < s.rows; row++) {
      count += selected.test(row) ? 1 : 0;
    }
    return count;
  }

  private static void expectLoss(Scenario s, Value loss, Value count, double mean, int selected) {
    s.expect(loss, new double[] {mean}, 100);
    s.expect(count, new double[] {selected}, 0);
  }

  /// The kernels' last two tasks.
  private static void finish(
      Scenario s, Value loss, Value count, FloatArray rowLosses, Value logits, int elements) {
    FloatArray partials = new FloatArray(Reductions.CHUNKS * 2);
    Reductions.columnSums(partials, rowLosses, s.counts(logits), 0, 2);
    Losses.finish(s.floats(loss), s.floats(count), partials, s.counts(logits), 0, elements);
  }

  private static Value scalar(Scenario s, String name, double value) {
    return s.input(name, ONE, 1, i -> value);
  }

  /// 0: all rows (null), 1: some, 2: none.
  private static Value select(Scenario s, int selects) {
    return switch (selects) {
      case 0 -> null;
      case 1 -> s.inputInts("select", MANY, 1, 0, 2);
      default -> s.inputInts("select", MANY, 1, 0, 1);
    };
  }

  private static IntPredicate selected(Scenario s, Value select) {
    return row -> select == null || s.integers(select)[row] != 0;
  }

  private static IntArray selection(Scenario s, Value select) {
    return select == null ? new IntArray(1) : s.ints(select);
  }

  // Cases.

  private static void softmax(Scenario s) {
    Value x = s.input("x", MANY, s.channels, i -> 20 * s.random.nextGaussian());
    Value y = s.output("y", MANY, s.channels);
    s.add(new Softmax(y, x));
    s.expect(y, softmax(s.doubles(x), s.channels), s.channels);
    s.kernel(
        () ->
            org.octolift.kernels.Softmax.softmax(
                s.floats(y), s.floats(x), s.counts(y), 0, s.channels, s.capacity(y)));
  }

  private static void argMax(Scenario s) {
    Value x = s.input("x", MANY, s.channels, i -> s.random.nextInt(-4, 4));
    Value y = s.outputInts("y", MANY, 1);
    s.add(new ArgMax(y, x));
    int[] best = new int[s.rows];
    for (int row = 0; row < s.rows; row++) {
      for (int c = s.channels - 1; c >= 0; c--) {
        if (s.doubles(x)[row * s.channels + c] >= s.doubles(x)[row * s.channels + best[row]]) {
          best[row] = c;
        }
      }
    }
    s.expectInts(y, best);
    s.kernel(
        () ->
            org.octolift.kernels.Softmax.argMax(
                s.ints(y), s.floats(x), s.counts(y), 0, s.channels, s.capacity(y)));
  }

  private static void crossEntropy(Scenario s, int ignore) {
    Value logits = s.input("logits", MANY, s.channels);
    Value labels = s.inputInts("labels", MANY, 1, -1, s.channels);
    Value loss = s.output("loss", ONE, 1);
    Value count = s.output("count", ONE, 1);
    s.add(new CrossEntropy(loss, count, logits, labels, ignore));
    int[] classes = s.integers(labels);
    double mean = crossEntropyOf(s, s.doubles(logits), classes, ignore);
    expectLoss(s, loss, count, mean, count(s, row -> classes[row] > ignore));
    s.kernel(
        () -> {
          FloatArray rowLosses = new FloatArray(2 * s.capacity(logits));
          Losses.crossEntropyRows(
              rowLosses,
              s.floats(logits),
              s.ints(labels),
              s.counts(logits),
              0,
              s.channels,
              s.capacity(logits),
              ignore);
          finish(s, loss, count, rowLosses, logits, 1);
        });
  }

  private static void crossEntropyGradient(Scenario s, int ignore) {
    Value logits = s.input("logits", MANY, s.channels);
    Value labels = s.inputInts("labels", MANY, 1, -1, s.channels);
    int[] classes = s.integers(labels);
    int selected = count(s, row -> classes[row] > ignore);
    Value count = scalar(s, "count", selected);
    Value dLoss = scalar(s, "dLoss", 1.5);
    Value dLogits = s.output("dLogits", MANY, s.channels);
    s.add(new CrossEntropyGradient(dLogits, logits, labels, count, dLoss, ignore));
    double[] gradient = softmax(s.doubles(logits), s.channels);
    for (int i = 0; i < gradient.length; i++) {
      int label = classes[i / s.channels];
      double difference = gradient[i] - (label == i % s.channels ? 1 : 0);
      gradient[i] = label > ignore ? 1.5 / selected * difference : 0;
    }
    s.expect(dLogits, gradient, s.channels);
    s.expectDerivative(dLogits, logits, at -> 1.5 * crossEntropyOf(s, at, classes, ignore));
    s.kernel(
        () ->
            Losses.crossEntropyGradient(
                s.floats(dLogits),
                s.floats(logits),
                s.ints(labels),
                s.floats(count),
                s.floats(dLoss),
                s.counts(logits),
                0,
                s.channels,
                s.capacity(dLogits),
                ignore));
  }

  private static Value target(Scenario s) {
    return s.input("target", MANY, s.channels, i -> s.random.nextDouble() / s.channels);
  }

  private static void softCrossEntropy(Scenario s) {
    Value logits = s.input("logits", MANY, s.channels);
    Value target = target(s);
    Value loss = s.output("loss", ONE, 1);
    Value count = s.output("count", ONE, 1);
    s.add(new SoftCrossEntropy(loss, count, logits, target));
    double mean = softCrossEntropyOf(s, s.doubles(logits), s.doubles(target));
    expectLoss(s, loss, count, mean, s.rows);
    s.kernel(
        () -> {
          FloatArray rowLosses = new FloatArray(2 * s.capacity(logits));
          Losses.softCrossEntropyRows(
              rowLosses,
              s.floats(logits),
              s.floats(target),
              s.counts(logits),
              0,
              s.channels,
              s.capacity(logits));
          finish(s, loss, count, rowLosses, logits, 1);
        });
  }

  private static void softCrossEntropyGradient(Scenario s) {
    Value logits = s.input("logits", MANY, s.channels);
    Value target = target(s);
    Value count = scalar(s, "count", s.rows);
    Value dLoss = scalar(s, "dLoss", 1.5);
    Value dLogits = s.output("dLogits", MANY, s.channels);
    s.add(new SoftCrossEntropyGradient(dLogits, logits, target, count, dLoss));
    double[] t = s.doubles(target);
    double[] gradient = softmax(s.doubles(logits), s.channels);
    for (int i = 0; i < gradient.length; i++) {
      double total = sum(s, i / s.channels, j -> t[j]);
      gradient[i] = 1.5 / s.rows * (gradient[i] * total - t[i]);
    }
    s.expect(dLogits, gradient, s.channels);
    s.expectDerivative(dLogits, logits, at -> 1.5 * softCrossEntropyOf(s, at, t));
    s.kernel(
        () ->
            Losses.softCrossEntropyGradient(
                s.floats(dLogits),
                s.floats(logits),
                s.floats(target),
                s.floats(count),
                s.floats(dLoss),
                s.counts(logits),
                0,
                s.channels,
                s.capacity(dLogits)));
  }

  private static void consistency(Scenario s, int selects) {
    Value student = s.input("student", MANY, s.channels);
    Value teacher = s.input("teacher", MANY, s.channels);
    Value select = select(s, selects);
    Value loss = s.output("loss", ONE, 1);
    Value count = s.output("count", ONE, 1);
    s.add(new Consistency(loss, count, student, teacher, select));
    IntPredicate selected = selected(s, select);
    double mean = consistencyOf(s, s.doubles(student), s.doubles(teacher), selected);
    expectLoss(s, loss, count, mean, count(s, selected));
    s.kernel(
        () -> {
          FloatArray rowLosses = new FloatArray(2 * s.capacity(student));
          Losses.consistencyRows(
              rowLosses,
              s.floats(student),
              s.floats(teacher),
              selection(s, select),
              s.counts(student),
              0,
              s.channels,
              s.capacity(student),
              select == null ? 0 : 1);
          finish(s, loss, count, rowLosses, student, s.channels);
        });
  }

  private static void consistencyGradient(Scenario s, int selects) {
    Value student = s.input("student", MANY, s.channels);
    Value teacher = s.input("teacher", MANY, s.channels);
    Value select = select(s, selects);
    IntPredicate selected = selected(s, select);
    int rows = count(s, selected);
    Value count = scalar(s, "count", rows);
    Value dLoss = scalar(s, "dLoss", 1.5);
    Value dStudent = s.output("dStudent", MANY, s.channels);
    s.add(new ConsistencyGradient(dStudent, student, teacher, select, count, dLoss));
    double[] p = softmax(s.doubles(student), s.channels);
    double[] q = softmax(s.doubles(teacher), s.channels);
    double[] gradient = new double[p.length];
    for (int i = 0; i < gradient.length; i++) {
      if (selected.test(i / s.channels)) {
        double common = sum(s, i / s.channels, j -> p[j] * (p[j] - q[j]));
        gradient[i] = 3.0 / (rows * s.channels) * p[i] * (p[i] - q[i] - common);
      }
    }
    s.expect(dStudent, gradient, s.channels);
    s.expectDerivative(
        dStudent, student, at -> 1.5 * consistencyOf(s, at, s.doubles(teacher), selected));
    s.kernel(
        () ->
            Losses.consistencyGradient(
                s.floats(dStudent),
                s.floats(student),
                s.floats(teacher),
                selection(s, select),
                s.floats(count),
                s.floats(dLoss),
                s.counts(student),
                0,
                s.channels,
                s.capacity(dStudent),
                select == null ? 0 : 1));
  }

  private static void entropy(Scenario s, int selects) {
    Value logits = s.input("logits", MANY, s.channels);
    Value select = select(s, selects);
    Value loss = s.output("loss", ONE, 1);
    Value count = s.output("count", ONE, 1);
    s.add(new Entropy(loss, count, logits, select));
    IntPredicate selected = selected(s, select);
    double mean = entropyOf(s, s.doubles(logits), selected);
    expectLoss(s, loss, count, mean, count(s, selected));
    s.kernel(
        () -> {
          FloatArray rowLosses = new FloatArray(2 * s.capacity(logits));
          Losses.entropyRows(
              rowLosses,
              s.floats(logits),
              selection(s, select),
              s.counts(logits),
              0,
              s.channels,
              s.capacity(logits),
              select == null ? 0 : 1);
          finish(s, loss, count, rowLosses, logits, 1);
        });
  }

  private static void entropyGradient(Scenario s, int selects) {
    Value logits = s.input("logits", MANY, s.channels);
    Value select = select(s, selects);
    IntPredicate selected = selected(s, select);
    int rows = count(s, selected);
    Value count = scalar(s, "count", rows);
    Value dLoss = scalar(s, "dLoss", 1.5);
    Value dLogits = s.output("dLogits", MANY, s.channels);
    s.add(new EntropyGradient(dLogits, logits, select, count, dLoss));
    double[] p = softmax(s.doubles(logits), s.channels);
    double[] gradient = new double[p.length];
    for (int i = 0; i < gradient.length; i++) {
      if (selected.test(i / s.channels)) {
        double entropy = -sum(s, i / s.channels, j -> p[j] * Math.log(p[j]));
        gradient[i] = -1.5 / rows * p[i] * (Math.log(p[i]) + entropy);
      }
    }
    s.expect(dLogits, gradient, s.channels);
    s.expectDerivative(dLogits, logits, at -> 1.5 * entropyOf(s, at, selected));
    s.kernel(
        () ->
            Losses.entropyGradient(
                s.floats(dLogits),
                s.floats(logits),
                selection(s, select),
                s.floats(count),
                s.floats(dLoss),
                s.counts(logits),
                0,
                s.channels,
                s.capacity(dLogits),
                select == null ? 0 : 1));
  }

  private static void weightedSum(Scenario s) {
    List<Value> terms =
        List.of(s.input("term0", ONE, 1), s.input("term1", ONE, 1), s.input("term2", ONE, 1));
    Value weights = s.input("weights", ONE, 3);
    Value loss = s.output("loss", ONE, 1);
    s.add(new WeightedSum(loss, terms, weights));
    double sum = 0;
    for (int i = 0; i < 3; i++) {
      sum += s.doubles(weights)[i] * s.doubles(terms.get(i))[0];
      int index = i;
      s.kernel(
          () ->
              Losses.weightedTerm(
                  s.floats(loss), s.floats(terms.get(index)), s.floats(weights), index));
    }
    s.expect(loss, new double[] {sum}, 12);
  }

  private static void weightedSumGradient(Scenario s) {
    Value dLoss = s.input("dLoss", ONE, 1);
    Value weights = s.input("weights", ONE, 2);
    List<Value> dTerms = List.of(s.output("dTerm0", ONE, 1), s.output("dTerm1", ONE, 1));
    s.add(new WeightedSumGradient(dTerms, dLoss, weights));
    for (int i = 0; i < 2; i++) {
      double product = s.doubles(weights)[i] * s.doubles(dLoss)[0];
      s.expect(dTerms.get(i), new double[] {product}, 1);
      int index = i;
      s.kernel(
          () ->
              Losses.weightedTermGradient(
                  s.floats(dTerms.get(index)), s.floats(dLoss), s.floats(weights), index));
    }
  }
}
