package org.octolift.apps.train;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.Program;
import org.octolift.engine.Value;
import org.octolift.nn.autograd.Tape;
import org.octolift.nn.models.Model;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Labels of limited reconstructions: some scans have their own; in each other
/// scan a trained network's surest points of each class get the class that it predicts.
final class PseudoLabels implements LabelSource {
  private final Set<String> labelled;
  private final double rate;
  private final Value predictions;
  private final Value probabilities;
  private final Executable executable;

  /// @param labelled names of the scans with labels of their own
  /// @param network predicts the others' labels; in inference mode
  /// @param rate share of a class's points that get it as their label
  PseudoLabels(Set<String> labelled, Model network, double rate, Device device) {
    this.labelled = Set.copyOf(labelled);
    this.rate = rate;
    Tape tape = new Tape(false);
    Value logits = network.record(tape, true);
    this.predictions = tape.recorder().keep(tape.argMax(logits));
    this.probabilities = tape.recorder().keep(tape.softmax(logits));
    Program program = tape.program();
    this.executable = device.load(program);
  }

  @Override
  public boolean needsLabels(String scan) {
    return labelled.contains(scan);
  }

  @Override
  public Supervision of(SegmentationBatch batch) {
    int[] labels = batch.labels().clone();
    int[] unlabelled = new int[labels.length];
    if (batch.items().stream().allMatch(item -> labelled.contains(item.name()))) {
      return new Supervision(labels, unlabelled);
    }
    executable.run(batch.inputs());
    IntArray classes = executable.ints(predictions);
    int from = 0;
    for (SegmentationBatch.Item item : batch.items()) {
      int to = from + item.inside();
      if (!labelled.contains(item.name())) {
        Arrays.fill(labels, from, to, NONE);
        for (int c = 0; c < probabilities.channels(); c++) {
          int predicted = c;
          select(
              IntStream.range(from, to).filter(row -> classes.get(row) == predicted).toArray(),
              predicted,
              labels,
              unlabelled);
        }
      }
      from = to;
    }
    return new Supervision(labels, unlabelled);
  }

  /// Labels the surest of the {@code rows} that were predicted to be of class {@code c}; the others
  /// count as unlabelled, unless none is sure enough: then the class is left out.
  private void select(int[] rows, int c, int[] labels, int[] unlabelled) {
    FloatArray all = executable.floats(probabilities);
    float[] confidence = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      confidence[i] = all.get(rows[i] * probabilities.channels() + c);
    }
    boolean[] sure = surest(confidence, rate);
    boolean any = count(rows.length, rate) > 0;
    for (int i = 0; i < rows.length; i++) {
      if (sure[i]) {
        labels[rows[i]] = c;
      } else if (any) {
        unlabelled[rows[i]] = 1;
      }
    }
  }

  /// How many of {@code rows} points are labelled: a whole number, rounded down.
  static int count(int rows, double rate) {
    return (int) (rows * rate);
  }

  /// Marks the [#count] values that are largest; of equal ones the first.
  ///
  /// @param confidence probabilities
  static boolean[] surest(float[] confidence, double rate) {
    long[] order = new long[confidence.length];
    for (int i = 0; i < order.length; i++) {
      // The bits of floats that are not negative are in the order of the floats.
      int descending = Integer.MAX_VALUE - Float.floatToIntBits(confidence[i]);
      order[i] = (long) descending << Integer.SIZE | i;
    }
    Arrays.sort(order);
    boolean[] sure = new boolean[confidence.length];
    for (int i = 0; i < count(confidence.length, rate); i++) {
      sure[(int) order[i]] = true;
    }
    return sure;
  }

  @Override
  public void close() {
    executable.close();
  }
}
