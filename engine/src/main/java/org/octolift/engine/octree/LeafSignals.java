package org.octolift.engine.octree;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;
import org.octolift.kernels.OctreeKeys;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Signals of the non-empty leaves: averages over the points of a voxel, summed in float in the
/// order of the sorted points (O-CNN, `calc_signal`).
///
/// @param feature rows as {@link SignalLayout} says, (leaves, channels); null without channels
/// @param labels most frequent label ≥ 0 of a voxel's points, the smaller on a tie, -1 = none; null
/// without labels
/// @param means mean point in voxels, (leaves, 3); null unless asked for
record LeafSignals(FloatArray feature, IntArray labels, float[] means) {
  private static final int GRAIN = 1 << 11;

  /// The original's literal for 2/√3.
  private static final float DISPLACEMENT_SCALE = 1.1547f;

  private static final float TINY_NORMAL = 1e-6f;

  static LeafSignals compute(
      Points points,
      OctreeStructure structure,
      int depth,
      SignalLayout layout,
      boolean keepMeans,
      Workers workers) {
    int leaves = structure.starts().length - 1;
    int channels = layout.channels();
    FloatArray feature =
        channels == 0 ? null : new FloatArray(Math.multiplyExact(leaves, channels));
    IntArray labels = points.labels() == null ? null : new IntArray(leaves);
    float[] means = keepMeans ? new float[Math.multiplyExact(leaves, 3)] : null;
    AtomicBoolean infinite = new AtomicBoolean();
    workers.parallel(
        leaves,
        GRAIN,
        (from, to) -> {
          int[] order = structure.order();
          float[] row = new float[channels];
          float[] mean = new float[3];
          int[] votes = new int[16];
          for (int leaf = from; leaf < to; leaf++) {
            int start = structure.starts()[leaf];
            int end = structure.starts()[leaf + 1];
            if (labels != null) {
              votes = votes.length < end - start ? new int[end - start] : votes;
              labels.set(leaf, majority(points.labels(), order, start, end, votes));
            }
            mean(points.xyz(), order, start, end, depth, mean);
            if (means != null) {
              System.arraycopy(mean, 0, means, 3 * leaf, 3);
            }
            fill(points, order, start, end, layout, mean, row);
            for (int c = 0; c < channels; c++) {
              feature.set(leaf * channels + c, row[c]);
              if (!Float.isFinite(row[c])) {
                infinite.set(true);
              }
            }
          }
        });
    if (infinite.get()) {
      throw new InputException(
          "points have normals or features that are infinite or not a number; remove those points");
    }
    return new LeafSignals(feature, labels, means);
  }

  private static void fill(
      Points points,
      int[] order,
      int start,
      int end,
      SignalLayout layout,
      float[] mean,
      float[] row) {
    if (layout.normals()) {
      normal(points.normals(), order, start, end, row);
    }
    if (layout.displacement() > 0) {
      displacement(mean, layout, row);
    }
    int channels = layout.features();
    for (int c = 0; c < channels; c++) {
      float sum = 0;
      for (int i = start; i < end; i++) {
        sum += points.features()[channels * order[i] + c];
      }
      row[layout.featuresAt() + c] = sum / (end - start);
    }
    if (layout.savePoints()) {
      System.arraycopy(mean, 0, row, layout.pointAt(), 3);
    }
  }

  private static void mean(float[] xyz, int[] order, int start, int end, int depth, float[] mean) {
    float x = 0;
    float y = 0;
    float z = 0;
    for (int i = start; i < end; i++) {
      int point = 3 * order[i];
      x += OctreeKeys.scaled(xyz[point], depth);
      y += OctreeKeys.scaled(xyz[point + 1], depth);
      z += OctreeKeys.scaled(xyz[point + 2], depth);
    }
    int count = end - start;
    mean[0] = x / count;
    mean[1] = y / count;
    mean[2] = z / count;
  }

  private static void normal(float[] normals, int[] order, int start, int end, float[] row) {
    float x = 0;
    float y = 0;
    float z = 0;
    for (int i = start; i < end; i++) {
      int point = 3 * order[i];
      x += normals[point];
      y += normals[point + 1];
      z += normals[point + 2];
    }
    float length = length(x, y, z);
    if (length < TINY_NORMAL) {
      int first = 3 * order[start];
      x = normals[first];
      y = normals[first + 1];
      z = normals[first + 2];
      length = length(x, y, z) + 1e-30f;
    }
    row[0] = x / length;
    row[1] = y / length;
    row[2] = z / length;
  }

  private static void displacement(float[] mean, SignalLayout layout, float[] row) {
    int at = layout.displacementAt();
    float along = 0;
    for (int c = 0; c < 3; c++) {
      float offset = mean[c] - (int) mean[c] - 0.5f;
      if (layout.normals()) {
        along += offset * row[c];
      } else {
        row[at + c] = offset;
      }
    }
    row[at + layout.displacement() - 1] = (layout.normals() ? along : 1) * DISPLACEMENT_SCALE;
  }

  static float length(float x, float y, float z) {
    return (float) Math.sqrt(x * x + y * y + z * z);
  }

  private static int majority(float[] labels, int[] order, int start, int end, int[] votes) {
    int count = 0;
    for (int i = start; i < end; i++) {
      int label = (int) labels[order[i]];
      if (label >= 0) {
        votes[count++] = label;
      }
    }
    return majority(votes, count);
  }

  /// The most frequent of the first {@code count} votes, the smallest on a tie, -1 without votes.
  /// Sorts them.
  static int majority(int[] votes, int count) {
    if (count <= 1) {
      return count == 0 ? -1 : votes[0];
    }
    Arrays.sort(votes, 0, count);
    int best = -1;
    int bestCount = 0;
    for (int i = 0; i < count; ) {
      int first = i;
      while (i < count && votes[i] == votes[first]) {
        i++;
      }
      if (i - first > bestCount) {
        best = votes[first];
        bestCount = i - first;
      }
    }
    return best;
  }
}
