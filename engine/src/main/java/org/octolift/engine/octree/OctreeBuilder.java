package org.octolift.engine.octree;

import java.util.Objects;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Builds octrees from points, bit for bit as O-CNN does, in time O(points · depth).
public final class OctreeBuilder {
  private OctreeBuilder() {}

  /// The octree of {@code points}. A row of features is normal (3), displacement (1, or 4 without
  /// normals), point features (C), mean point (3), each if present and asked for. Results do not
  /// depend on the number of threads.
  ///
  /// @throws InputException if a point lies outside the cube -1 ≤ p < 1, or a value is not finite
  public static Octree build(Points points, OctreeOptions options, Workers workers) {
    Objects.requireNonNull(points, "points");
    if (options.extrapolate()) {
      throw new InputException(
          "octree option extrapolate is read from files but not built; switch it off");
    }
    int depth = options.depth();
    OctreeStructure structure = OctreeStructure.build(points, depth, options.fullDepth(), workers);
    SignalLayout layout = SignalLayout.of(points, options);
    boolean allDepths = options.hasSignal(0);
    LeafSignals leaves = LeafSignals.compute(points, structure, depth, layout, allDepths, workers);
    FloatArray[] features = new FloatArray[depth + 1];
    IntArray[] labels = new IntArray[depth + 1];
    features[depth] = leaves.feature();
    labels[depth] = leaves.labels();
    NodeErrors[] errors = new NodeErrors[depth + 1];
    if (allDepths) {
      NodeSignals signals = new NodeSignals(structure, leaves, layout, options);
      for (int d = 0; d < depth; d++) {
        signals.compute(d, workers);
        features[d] = signals.feature();
        labels[d] = signals.labels();
        errors[d] = signals.errors();
      }
    }
    Octree.Level[] levels = new Octree.Level[depth + 1];
    for (int d = 0; d <= depth; d++) {
      levels[d] =
          new Octree.Level(
              structure.keys()[d],
              structure.children()[d],
              features[d],
              labels[d],
              options.splitLabel() ? splits(structure.children()[d]) : null);
    }
    Octree octree = new Octree(options, FileTraits.BUILT, 1, layout.channels(), false, levels);
    return options.adaptive() ? AdaptiveTrim.trim(octree, errors, layout.normals()) : octree;
  }

  private static IntArray splits(IntArray children) {
    IntArray splits = new IntArray(children.getSize());
    for (int i = 0; i < children.getSize(); i++) {
      splits.set(i, children.get(i) < 0 ? 0 : 1);
    }
    return splits;
  }
}
