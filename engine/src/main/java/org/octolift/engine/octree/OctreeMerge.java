package org.octolift.engine.octree;

import java.util.List;
import java.util.function.ToIntFunction;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;
import org.octolift.kernels.OctreeKeys;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Merges octrees into one: at every depth the arrays of the trees one after the other, the tree's
/// number in the keys, numbers of non-empty nodes shifted past those of the trees before (O-CNN,
/// `merge_octrees`).
final class OctreeMerge {
  /// Keys are compared as signed numbers, so the top bit of the batch field stays 0.
  static final int MAX_TREES = 1 << 15;

  private OctreeMerge() {}

  static Octree merge(List<Octree> trees, Workers workers) {
    if (trees.isEmpty()) {
      throw new IllegalArgumentException("merge of no octrees");
    }
    Octree first = trees.getFirst();
    if (trees.size() == 1) {
      return first;
    }
    int batchSize = trees.stream().mapToInt(Octree::batchSize).sum();
    if (batchSize > MAX_TREES) {
      throw new IllegalArgumentException(
          "at most %d octrees a batch, got %d".formatted(MAX_TREES, batchSize));
    }
    boolean dense = false;
    for (int i = 1; i < trees.size(); i++) {
      requireSameFormat(first, trees.get(i), i);
      dense |= trees.get(i).dense();
    }
    boolean allNodes = dense || first.dense();
    int depth = first.depth();
    Octree.Level[] levels = new Octree.Level[depth + 1];
    workers.parallel(
        depth + 1,
        1,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            levels[depth - i] = level(trees, depth - i, allNodes);
          }
        });
    return new Octree(
        first.options(), first.traits().merged(), batchSize, first.channels(), allNodes, levels);
  }

  private static Octree.Level level(List<Octree> trees, int d, boolean dense) {
    Octree first = trees.getFirst();
    LongArray keys = new LongArray(sum(trees, tree -> tree.nonEmpty(d)));
    IntArray children = new IntArray(sum(trees, tree -> tree.nodes(d)));
    int key = 0;
    int node = 0;
    int batch = 0;
    for (Octree tree : trees) {
      IntArray own = tree.children(d);
      for (int i = 0; i < own.getSize(); i++) {
        int child = own.get(i);
        children.set(node++, child < 0 ? -1 : child + key);
      }
      LongArray ownKeys = tree.nonEmptyKeys(d);
      for (int i = 0; i < ownKeys.getSize(); i++) {
        keys.set(key++, OctreeKeys.addBatch(ownKeys.get(i), batch));
      }
      batch += tree.batchSize();
    }
    FloatArray feature = null;
    if (first.hasFeature(d)) {
      feature =
          FloatArray.concat(
              trees.stream()
                  .map(tree -> dense ? tree.feature(d) : tree.nonEmptyFeature(d))
                  .toArray(FloatArray[]::new));
    }
    IntArray labels = null;
    if (first.hasLabels(d)) {
      labels =
          IntArray.concat(
              trees.stream()
                  .map(tree -> dense ? tree.labels(d) : tree.nonEmptyLabels(d))
                  .toArray(IntArray[]::new));
    }
    IntArray splits =
        first.hasSplits()
            ? IntArray.concat(trees.stream().map(tree -> tree.splits(d)).toArray(IntArray[]::new))
            : null;
    return new Octree.Level(keys, children, feature, labels, splits);
  }

  private static int sum(List<Octree> trees, ToIntFunction<Octree> count) {
    int sum = 0;
    for (Octree tree : trees) {
      sum = Math.addExact(sum, count.applyAsInt(tree));
    }
    return sum;
  }

  private static void requireSameFormat(Octree first, Octree other, int number) {
    int depth = first.depth();
    if (!first.options().equals(other.options())) {
      throw new InputException(
          "octrees of a batch must have the same options; octree %d has %s, octree 0 %s"
              .formatted(number, other.options(), first.options()));
    }
    if (first.channels() != other.channels()
        || first.hasLabels(depth) != other.hasLabels(depth)
        || first.hasSplits() != other.hasSplits()) {
      throw new InputException(
          ("octrees of a batch must have the same signals; octree %d has %s, octree 0 %s; give"
                  + " all scans the same properties")
              .formatted(number, signals(other), signals(first)));
    }
  }

  private static String signals(Octree octree) {
    return "%d feature channels, %s, %s"
        .formatted(
            octree.channels(),
            octree.hasLabels(octree.depth()) ? "labels" : "no labels",
            octree.hasSplits() ? "split labels" : "no split labels");
  }
}
