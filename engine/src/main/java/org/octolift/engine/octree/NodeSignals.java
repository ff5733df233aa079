package org.octolift.engine.octree;

import org.octolift.engine.cpu.Workers;
import org.octolift.kernels.OctreeKeys;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Signals of the non-empty nodes above the finest depth: averages over all non-empty leaves below
/// a node, each with weight 1, summed in float in the order of the leaves (O-CNN, `calc_signal`);
/// and for adaptive octrees the error of standing for them.
final class NodeSignals {
  private static final int GRAIN = 64;

  /// 2/√3, as the original computes it above the finest depth.
  private static final float DISPLACEMENT_SCALE = 2f / (float) Math.sqrt(3f);

  private static final float TINY_NORMAL = 1e-6f;
  private static final float NO_ERROR_KNOWN = 1e20f;
  private static final float NO_INTERSECTION = 5e10f;

  private final OctreeStructure structure;
  private final LeafSignals leaves;
  private final SignalLayout layout;
  private final OctreeOptions options;
  private FloatArray feature;
  private IntArray labels;
  private NodeErrors errors;

  NodeSignals(
      OctreeStructure structure, LeafSignals leaves, SignalLayout layout, OctreeOptions options) {
    this.structure = structure;
    this.leaves = leaves;
    this.layout = layout;
    this.options = options;
  }

  /// Features of the depth computed last, or null without channels.
  FloatArray feature() {
    return feature;
  }

  /// Labels of the depth computed last, or null without labels.
  IntArray labels() {
    return labels;
  }

  /// Errors of the depth computed last.
  NodeErrors errors() {
    return errors;
  }

  /// Computes the signals of depth {@code d}, above the finest.
  void compute(int d, Workers workers) {
    int channels = layout.channels();
    LongArray keys = structure.keys()[d];
    int nodes = keys.getSize();
    feature = channels == 0 ? null : new FloatArray(Math.multiplyExact(nodes, channels));
    labels = leaves.labels() == null ? null : new IntArray(nodes);
    errors = new NodeErrors(new float[nodes], new float[nodes]);
    workers.parallel(
        nodes,
        GRAIN,
        (from, to) -> {
          float[] row = new float[channels];
          float[] mean = new float[3];
          for (int i = from; i < to; i++) {
            int start = firstLeaf(keys.get(i), d);
            int end = firstLeaf(keys.get(i) + 1, d);
            row(keys.get(i), d, start, end, mean, row);
            for (int c = 0; c < channels; c++) {
              feature.set(channels * i + c, start == end ? 0 : row[c]);
            }
            if (labels != null) {
              labels.set(i, majority(start, end));
            }
            boolean known = layout.normals() && d >= options.adaptiveDepth();
            errors.normal()[i] = known ? normalError(start, end, row) : NO_ERROR_KNOWN;
            errors.distance()[i] =
                known ? distanceError(keys.get(i), d, start, end, mean, row) : NO_ERROR_KNOWN;
          }
        });
  }

  /// The first leaf at or behind the first leaf position of {@code key} at depth {@code d}.
  private int firstLeaf(long key, int d) {
    LongArray keys = structure.keys()[options.depth()];
    long wanted = key << (3 * (options.depth() - d));
    int low = 0;
    int high = keys.getSize();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (keys.get(middle) < wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void row(long key, int d, int start, int end, float[] mean, float[] row) {
    if (layout.normals()) {
      normal(start, end, row);
    }
    float count = end - start;
    float scale = 1 << (options.depth() - d);
    for (int c = 0; c < 3; c++) {
      float sum = 0;
      for (int leaf = start; leaf < end; leaf++) {
        sum += leaves.means()[3 * leaf + c];
      }
      mean[c] = sum / (count * scale);
    }
    if (layout.displacement() > 0) {
      displacement(key, mean, row);
    }
    for (int c = layout.featuresAt(); c < layout.pointAt(); c++) {
      float sum = 0;
      for (int leaf = start; leaf < end; leaf++) {
        sum += leafFeature(leaf, c);
      }
      row[c] = sum / count;
    }
    if (layout.savePoints()) {
      System.arraycopy(mean, 0, row, layout.pointAt(), 3);
    }
  }

  private float leafFeature(int leaf, int channel) {
    return leaves.feature().get(layout.channels() * leaf + channel);
  }

  private void normal(int start, int end, float[] row) {
    float x = 0;
    float y = 0;
    float z = 0;
    for (int leaf = start; leaf < end; leaf++) {
      x += leafFeature(leaf, 0);
      y += leafFeature(leaf, 1);
      z += leafFeature(leaf, 2);
    }
    float length = LeafSignals.length(x, y, z);
    if (length < TINY_NORMAL && end > start) {
      x = leafFeature(end - 1, 0);
      y = leafFeature(end - 1, 1);
      z = leafFeature(end - 1, 2);
      length = LeafSignals.length(x, y, z) + 1e-30f;
    }
    row[0] = x / length;
    row[1] = y / length;
    row[2] = z / length;
  }

  private void displacement(long key, float[] mean, float[] row) {
    int at = layout.displacementAt();
    int[] base = {OctreeKeys.x(key), OctreeKeys.y(key), OctreeKeys.z(key)};
    float along = 0;
    for (int c = 0; c < 3; c++) {
      float offset = mean[c] - base[c] - 0.5f;
      if (layout.normals()) {
        along += offset * row[c];
      } else {
        row[at + c] = offset;
      }
    }
    row[at + layout.displacement() - 1] = (layout.normals() ? along : 1) * DISPLACEMENT_SCALE;
  }

  private int majority(int start, int end) {
    int[] votes = new int[end - start];
    int count = 0;
    for (int leaf = start; leaf < end; leaf++) {
      int label = leaves.labels().get(leaf);
      if (label >= 0) {
        votes[count++] = label;
      }
    }
    return LeafSignals.majority(votes, count);
  }

  private float normalError(int start, int end, float[] normal) {
    float error = 0;
    for (int leaf = start; leaf < end; leaf++) {
      for (int c = 0; c < 3; c++) {
        float difference = leafFeature(leaf, c) - normal[c];
        error += difference * difference;
      }
    }
    return error / (end - start);
  }

  private float distanceError(long key, int d, int start, int end, float[] mean, float[] normal) {
    float scale = 1 << (options.depth() - d);
    float toPlane = -1;
    for (int leaf = start; leaf < end; leaf++) {
      float distance = 0;
      for (int c = 0; c < 3; c++) {
        distance += (leaves.means()[3 * leaf + c] - mean[c] * scale) * normal[c];
      }
      toPlane = Math.max(toPlane, Math.abs(distance));
    }
    float[] vertices = new float[36];
    int count = PlaneInCube.vertices(mean, normal, key, vertices);
    float toPoints = count == 0 ? NO_INTERSECTION : -1;
    for (int vertex = 0; vertex < count; vertex++) {
      float nearest = Float.MAX_VALUE;
      for (int leaf = start; leaf < end; leaf++) {
        float squared = 0;
        for (int c = 0; c < 3; c++) {
          float difference = leaves.means()[3 * leaf + c] - vertices[3 * vertex + c] * scale;
          squared += difference * difference;
        }
        nearest = Math.min(nearest, squared);
      }
      toPoints = Math.max(toPoints, (float) Math.sqrt(nearest));
    }
    return Math.max(toPlane, toPoints);
  }
}
