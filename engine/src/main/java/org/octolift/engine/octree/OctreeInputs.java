package org.octolift.engine.octree;

import java.util.HashMap;
import java.util.Map;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.InputKey;
import org.octolift.engine.Program;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/// A batch of octrees with their points, as a program's inputs. Derived arrays are computed when
/// first asked for and kept; [#prepare] computes them ahead, so that a loader's thread does it.
public final class OctreeInputs implements BatchInputs {
  private final OctreeBatch octrees;
  private final float[] xyz;
  private final int[] trees;
  private final Map<InputKey, TornadoNativeArray> derived = new HashMap<>();
  private final Map<InputKey.Named, TornadoNativeArray> named = new HashMap<>();

  /// @param octrees the merged octrees
  /// @param xyz coordinates of the points in the cube, (points, 3); empty if there are none
  /// @param trees the tree of each point, (points)
  public OctreeInputs(OctreeBatch octrees, float[] xyz, int[] trees) {
    if (xyz.length != 3 * trees.length) {
      throw new IllegalArgumentException(
          "%d coordinates for %d points".formatted(xyz.length, trees.length));
    }
    this.octrees = octrees;
    this.xyz = xyz;
    this.trees = trees;
  }

  /// The octrees.
  public OctreeBatch octrees() {
    return octrees;
  }

  /// The tree of each point. Not to be modified.
  public int[] trees() {
    return trees;
  }

  /// Sets a named input.
  ///
  /// @return this
  public OctreeInputs set(String name, TornadoNativeArray array) {
    named.put(new InputKey.Named(name), array);
    return this;
  }

  /// Computes whatever the program will ask for, but for named inputs.
  public void prepare(Program program) {
    for (Value value : program.inputs()) {
      InputKey key = ((Value.Source.Input) value.source()).key();
      if (!(key instanceof InputKey.Named)) {
        array(key);
      }
    }
  }

  @Override
  public int rows(Rows rows) {
    return rows.kind() == Rows.Kind.POINTS ? trees.length : octrees.rows(rows);
  }

  @Override
  public FloatArray floats(InputKey key) {
    if (array(key) instanceof FloatArray floats) {
      return floats;
    }
    throw new IllegalArgumentException("input " + key + " holds no floats");
  }

  @Override
  public IntArray ints(InputKey key) {
    if (array(key) instanceof IntArray ints) {
      return ints;
    }
    throw new IllegalArgumentException("input " + key + " holds no ints");
  }

  private synchronized TornadoNativeArray array(InputKey key) {
    return switch (key) {
      case InputKey.Table table -> octrees.table(table.relation());
      case InputKey.Children children -> octrees.children(children.depth());
      case InputKey.NonEmptyNodes nodes -> octrees.nonEmptyNodes(nodes.depth());
      case InputKey.Feature feature ->
          feature.nonEmpty() ? octrees.feature() : octrees.nodeFeature();
      case InputKey.PointVoxels voxels ->
          derived.computeIfAbsent(
              voxels, k -> octrees.nearest(xyz, trees, voxels.depth(), voxels.nonEmpty()));
      case InputKey.CornerVoxels corners -> {
        interpolate(corners.depth(), corners.nonEmpty());
        yield derived.get(corners);
      }
      case InputKey.CornerWeights weights -> {
        interpolate(weights.depth(), weights.nonEmpty());
        yield derived.get(weights);
      }
      case InputKey.Named name -> {
        TornadoNativeArray array = named.get(name);
        if (array == null) {
          throw new IllegalArgumentException(
              "no input is named %s; there are %s".formatted(name.name(), named.keySet()));
        }
        yield array;
      }
    };
  }

  private void interpolate(int depth, boolean nonEmpty) {
    InputKey corners = new InputKey.CornerVoxels(depth, nonEmpty);
    if (!derived.containsKey(corners)) {
      LinearWeights linear = octrees.linear(xyz, trees, depth, nonEmpty);
      derived.put(corners, linear.index());
      derived.put(new InputKey.CornerWeights(depth, nonEmpty), linear.weights());
    }
  }
}
