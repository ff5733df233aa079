package org.octolift.engine.octree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.InputKey;
import org.octolift.engine.Program;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.Workers;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/// A batch of octrees with their points, as a program's inputs. Derived arrays are computed when
/// first asked for and kept; [#prepare] computes them ahead, so that a loader's thread does it.
///
/// A batch of scans has no octrees until someone asks: a device may build its own ([#format]).
public final class OctreeInputs implements BatchInputs {
  private final List<Points> scans;
  private final OctreeOptions options;
  private final Workers workers;
  private final int points;
  private float[] xyz;
  private int[] trees;
  private OctreeBatch octrees;
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
    this.points = trees.length;
    this.scans = List.of();
    this.options = octrees.octree().options();
    this.workers = null;
  }

  /// A batch of scans, whose points are the points of the batch, one scan's after the other's.
  ///
  /// @param scans at least one
  /// @param workers that build the octrees and compute tables, if it must be done here
  public OctreeInputs(List<Points> scans, OctreeOptions options, Workers workers) {
    if (scans.isEmpty()) {
      throw new IllegalArgumentException("a batch of no scans");
    }
    this.scans = List.copyOf(scans);
    this.options = options;
    this.workers = workers;
    this.points = scans.stream().mapToInt(Points::size).reduce(0, Math::addExact);
  }

  /// The octrees, built now if nobody has asked before.
  ///
  /// @throws org.octolift.engine.InputException if a scan lies outside the cube, has values that
  /// are not finite, or other signals than the rest
  public synchronized OctreeBatch octrees() {
    if (octrees == null) {
      List<Octree> built = new ArrayList<>();
      for (Points points : scans) {
        built.add(OctreeBuilder.build(points, options, workers));
      }
      octrees = OctreeBatch.merge(built, workers);
    }
    return octrees;
  }

  /// The scans that the octrees are to be built of; none if they were given.
  public List<Points> scans() {
    return scans;
  }

  /// What a device needs to know to build the octrees by itself; empty if it cannot: they were
  /// given, are adaptive, or the scans do not fit together, which [#octrees] refuses.
  public Optional<OctreeFormat> format() {
    if (scans.isEmpty() || options.adaptive() || options.extrapolate()) {
      return Optional.empty();
    }
    SignalLayout signals = SignalLayout.of(scans.getFirst(), options);
    for (Points points : scans) {
      boolean labelled = points.labels() != null;
      if (!SignalLayout.of(points, options).equals(signals)
          || labelled != (scans.getFirst().labels() != null)) {
        return Optional.empty();
      }
    }
    return Optional.of(new OctreeFormat(options.depth(), options.fullDepth(), signals));
  }

  /// The tree of each point. Not to be modified.
  public synchronized int[] trees() {
    if (trees == null) {
      trees = new int[points];
      int at = 0;
      for (int tree = 0; tree < scans.size(); tree++) {
        int end = at + scans.get(tree).size();
        Arrays.fill(trees, at, end, tree);
        at = end;
      }
    }
    return trees;
  }

  private float[] xyz() {
    if (xyz == null) {
      xyz = new float[Math.multiplyExact(3, points)];
      int at = 0;
      for (Points scan : scans) {
        System.arraycopy(scan.xyz(), 0, xyz, at, scan.xyz().length);
        at += scan.xyz().length;
      }
    }
    return xyz;
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
    return rows.kind() == Rows.Kind.POINTS ? points : octrees().rows(rows);
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
      case InputKey.Table table -> octrees().table(table.relation());
      case InputKey.Children children -> octrees().children(children.depth());
      case InputKey.NonEmptyNodes nodes -> octrees().nonEmptyNodes(nodes.depth());
      case InputKey.Feature feature ->
          feature.nonEmpty() ? octrees().feature() : octrees().nodeFeature();
      case InputKey.PointVoxels voxels ->
          derived.computeIfAbsent(
              voxels, k -> octrees().nearest(xyz(), trees(), voxels.depth(), voxels.nonEmpty()));
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
      LinearWeights linear = octrees().linear(xyz(), trees(), depth, nonEmpty);
      derived.put(corners, linear.index());
      derived.put(new InputKey.CornerWeights(depth, nonEmpty), linear.weights());
    }
  }
}
