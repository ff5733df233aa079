package org.octolift.apps.train;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// How well a test set was segmented: the means over its batches, and what all batches together
/// found of each class.
///
/// @param epoch after which it was tested; 0 outside training
/// @param batches number of batches that had a valid row
/// @param loss mean of the batches' losses
/// @param accuracy mean of the batches' accuracies
/// @param miou mean of the batches' mIoU
/// @param miouPart mean over the classes above the mask of intersection / union of the whole set;
/// a class that nobody named counts as 0
/// @param intersection rows of each class that were found, (C)
/// @param union rows of each class or taken for it, (C)
public record TestMetrics(
    int epoch,
    int batches,
    double loss,
    double accuracy,
    double miou,
    double miouPart,
    long[] intersection,
    long[] union) {

  /// Adds up the batches of a test.
  public static final class Accumulator {
    private final int mask;
    private final long[] intersection;
    private final long[] union;
    private int batches;
    private double loss;
    private double accuracy;
    private double miou;

    /// @param mask labels up to this one do not count
    /// @param classes number of classes C
    public Accumulator(int mask, int classes) {
      this.mask = mask;
      this.intersection = new long[classes];
      this.union = new long[classes];
    }

    /// Adds one batch.
    public void add(BatchMetrics batch) {
      batches++;
      loss += batch.loss();
      accuracy += batch.accuracy();
      miou += batch.miou();
      for (int k = 0; k < intersection.length; k++) {
        intersection[k] += batch.intersection()[k];
        union[k] += batch.union()[k];
      }
    }

    /// The result so far; zeros when no batch was added.
    public TestMetrics result(int epoch) {
      int n = Math.max(1, batches);
      double sum = 0;
      for (int k = mask + 1; k < union.length; k++) {
        sum += (double) intersection[k] / n / ((double) union[k] / n + BatchMetrics.EPSILON);
      }
      return new TestMetrics(
          epoch,
          batches,
          loss / n,
          accuracy / n,
          miou / n,
          sum / (union.length - (mask + 1)),
          intersection.clone(),
          union.clone());
    }
  }

  /// The averages under the reference's names, for event files.
  public Map<String, Double> scalars() {
    Map<String, Double> scalars = new LinkedHashMap<>();
    scalars.put("test/loss", loss);
    scalars.put("test/accu", accuracy);
    scalars.put("test/mIoU", miou);
    int n = Math.max(1, batches);
    for (int k = 0; k < intersection.length; k++) {
      scalars.put("test/intsc_" + k, (double) intersection[k] / n);
    }
    for (int k = 0; k < union.length; k++) {
      scalars.put("test/union_" + k, (double) union[k] / n);
    }
    return scalars;
  }

  /// `Epoch: E, key: value, ...` with three decimals.
  public String line() {
    StringBuilder line = new StringBuilder("Epoch: ").append(epoch);
    scalars()
        .forEach((key, value) -> line.append(String.format(Locale.ROOT, ", %s: %.3f", key, value)));
    return line.toString();
  }

  /// For JSON.
  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("epoch", epoch);
    fields.put("loss", loss);
    fields.put("accuracy", accuracy);
    fields.put("miou", miou);
    fields.put("miouPart", miouPart);
    fields.put("intersection", intersection);
    fields.put("union", union);
    return fields;
  }
}
