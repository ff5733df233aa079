package org.octolift.engine.octree;

import java.util.Arrays;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Ends an octree early where one plane stands for all leaves below a node (O-CNN, `trim_octree`).
/// Such a node loses its descendants and keeps its own signals; at least one node a depth keeps
/// its children.
final class AdaptiveTrim {
  private enum Fate {
    KEEP,
    DROP_CHILDREN,
    DROP
  }

  private final Octree octree;
  private final NodeErrors[] errors;
  private final OctreeOptions options;

  private AdaptiveTrim(Octree octree, NodeErrors[] errors) {
    this.octree = octree;
    this.errors = errors;
    this.options = octree.options();
  }

  /// The trimmed octree; its signals have a row for every node.
  ///
  /// @param errors per depth above the finest
  /// @param normals whether feature rows start with a normal
  static Octree trim(Octree octree, NodeErrors[] errors, boolean normals) {
    AdaptiveTrim trim = new AdaptiveTrim(octree, errors);
    int depth = octree.depth();
    Octree.Level[] levels = new Octree.Level[depth + 1];
    Fate[] fates = new Fate[octree.nodes(0)];
    Arrays.fill(fates, Fate.KEEP);
    for (int d = 0; d <= depth; d++) {
      if (d > 0) {
        fates = trim.fates(d, fates);
      }
      levels[d] = trim.level(d, fates, normals);
    }
    return new Octree(octree.options(), octree.traits(), 1, octree.channels(), true, levels);
  }

  private Fate[] fates(int d, Fate[] parents) {
    IntArray parentChildren = octree.children(d - 1);
    IntArray children = octree.children(d);
    Fate[] fates = new Fate[children.getSize()];
    boolean anyInside = false;
    int worst = -1;
    for (int parent = 0; parent < parents.length; parent++) {
      int group = parentChildren.get(parent);
      for (int node = 8 * group; group >= 0 && node < 8 * group + 8; node++) {
        int inside = children.get(node);
        if (parents[parent] != Fate.KEEP) {
          fates[node] = Fate.DROP;
        } else if (inside >= 0 && isFlat(d, inside)) {
          fates[node] = Fate.DROP_CHILDREN;
          if (worst < 0 || errors[d].normal()[inside] > errors[d].normal()[children.get(worst)]) {
            worst = node;
          }
        } else {
          fates[node] = Fate.KEEP;
          anyInside |= inside >= 0;
        }
      }
    }
    if (!anyInside && worst >= 0) {
      fates[worst] = Fate.KEEP;
    }
    return fates;
  }

  private boolean isFlat(int d, int row) {
    return d >= options.adaptiveDepth()
        && d < options.depth()
        && errors[d].normal()[row] < options.thresholdNormal()
        && (!options.nodeDisplacement() || errors[d].distance()[row] < options.thresholdDistance());
  }

  private Octree.Level level(int d, Fate[] fates, boolean normals) {
    Octree.Level old = octree.level(d);
    int channels = octree.channels();
    int nodes = 0;
    int inside = 0;
    for (int i = 0; i < fates.length; i++) {
      nodes += fates[i] == Fate.DROP ? 0 : 1;
      inside += fates[i] == Fate.KEEP && old.children().get(i) >= 0 ? 1 : 0;
    }
    LongArray keys = new LongArray(inside);
    IntArray children = new IntArray(nodes);
    FloatArray feature =
        old.feature() == null ? null : new FloatArray(Math.multiplyExact(nodes, channels));
    IntArray labels = old.labels() == null ? null : new IntArray(nodes);
    IntArray splits = old.splits() == null ? null : new IntArray(nodes);
    int node = 0;
    int next = 0;
    for (int i = 0; i < fates.length; i++) {
      if (fates[i] == Fate.DROP) {
        continue;
      }
      int row = old.children().get(i);
      boolean kept = fates[i] == Fate.KEEP && row >= 0;
      if (kept) {
        keys.set(next, old.keys().get(row));
      }
      children.set(node, kept ? next++ : -1);
      for (int c = 0; c < channels; c++) {
        feature.set(channels * node + c, row < 0 ? 0 : old.feature().get(channels * row + c));
      }
      if (labels != null) {
        labels.set(node, row < 0 ? -1 : old.labels().get(row));
      }
      if (splits != null) {
        splits.set(node, kept ? 1 : row >= 0 && normals ? 2 : 0);
      }
      node++;
    }
    return new Octree.Level(keys, children, feature, labels, splits);
  }
}
