package org.octolift.engine.tornado;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.octolift.engine.InputKey;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.InverseIndex;
import org.octolift.engine.octree.KernelShape;
import org.octolift.engine.octree.Relation;
import org.octolift.engine.tornado.ResidentArray.Role;
import org.octolift.kernels.gpu.LeafFeatures;
import org.octolift.kernels.gpu.OctreeTables;
import org.octolift.kernels.gpu.PointCorners;
import org.octolift.kernels.gpu.RadixSort;
import uk.ac.manchester.tornado.api.KernelContext;

/// The inputs of a program that derive from octrees, computed on the device in the arrays that the
/// ops read. Each is made once, by the first one who asks.
final class OctreeInputTasks {
  private static final int OFFSETS = 27;
  private static final int CORNERS = 8;

  private final GraphBuilder tasks;
  private final OctreeTasks octrees;
  private final int depth;
  private final Map<Object, ResidentArray> made = new HashMap<>();

  /// @param octrees whose tasks have been appended
  OctreeInputTasks(GraphBuilder tasks, OctreeTasks octrees) {
    this.tasks = tasks;
    this.octrees = octrees;
    this.depth = octrees.format().depth();
  }

  /// Whether an input derives from octrees.
  static boolean derives(InputKey key) {
    return !(key instanceof InputKey.Named);
  }

  /// The array of an input that derives from octrees.
  ResidentArray array(InputKey key) {
    return switch (key) {
      case InputKey.Table table -> table(table.relation());
      case InputKey.Children at -> octrees.children(at.depth());
      case InputKey.NonEmptyNodes at -> octrees.nodes(at.depth());
      case InputKey.Feature feature -> feature(feature.nonEmpty());
      case InputKey.PointVoxels voxels ->
          ints(
              voxels,
              octrees.capacity(Rows.points()),
              index ->
                  octrees.pointNodes(tasks.usedInts(index), voxels.depth(), voxels.nonEmpty()));
      case InputKey.CornerVoxels corners -> {
        interpolate(corners.depth(), corners.nonEmpty());
        yield made.get(corners);
      }
      case InputKey.CornerWeights weights -> {
        interpolate(weights.depth(), weights.nonEmpty());
        yield made.get(weights);
      }
      case InputKey.Named named ->
          throw new IllegalArgumentException("%s is no part of octrees".formatted(named));
    };
  }

  private ResidentArray ints(Object key, int size, Consumer<ResidentArray> fill) {
    return make(key, () -> tasks.ints(size, Role.RESULT), fill);
  }

  private ResidentArray make(
      Object key, Supplier<ResidentArray> allocate, Consumer<ResidentArray> fill) {
    ResidentArray array = made.get(key);
    if (array == null) {
      array = allocate.get();
      made.put(key, array);
      fill.accept(array);
    }
    return array;
  }

  private ResidentArray table(Relation relation) {
    Relation key = relation.table();
    int d = key.depth();
    if (key.stride() == 1) {
      return key.nonEmpty() ? neighbours(d) : allNeighbours(key);
    }
    if (key.shape() == KernelShape.K222 && key.nonEmpty() && !key.transposed()) {
      return octrees.children(d); // the offsets of this shape are the siblings, in their order
    }
    int size = key.shape().size();
    Rows rows = key.outputRows();
    int entries = Math.multiplyExact(size, octrees.capacity(rows));
    ResidentArray parents = neighbours(d - 1);
    int[] offsets = new int[size];
    for (int k = 0; k < size; k++) {
      offsets[k] = key.shape().offset(k);
    }
    return ints(
        key,
        entries,
        table -> {
          tasks.room(1);
          String id = octrees.id(key.transposed() ? "up" : "down", entries);
          if (key.transposed()) {
            tasks
                .graph()
                .task(
                    id,
                    OctreeTables::up,
                    new KernelContext(),
                    tasks.usedInts(table),
                    tasks.usedInts(parents),
                    tasks.usedInts(octrees.nodes(d)),
                    tasks.constants(offsets),
                    octrees.counts(),
                    tasks.constants(octrees.slot(rows)),
                    size,
                    key.nonEmpty() ? 1 : 0);
          } else {
            tasks
                .graph()
                .task(
                    id,
                    OctreeTables::down,
                    new KernelContext(),
                    tasks.usedInts(table),
                    tasks.usedInts(parents),
                    tasks.usedInts(octrees.children(d)),
                    tasks.constants(offsets),
                    octrees.counts(),
                    octrees.slot(rows),
                    size,
                    key.nonEmpty() ? 1 : 0);
          }
        });
  }

  private ResidentArray neighbours(int d) {
    ResidentArray parents = d == 0 ? null : neighbours(d - 1);
    Rows rows = Rows.nonEmpty(d);
    int entries = Math.multiplyExact(OFFSETS, octrees.capacity(rows));
    return ints(
        new Neighbours(d),
        entries,
        table -> {
          tasks.room(1);
          if (d == 0) {
            tasks
                .graph()
                .task(
                    octrees.id("roots", entries),
                    OctreeTables::roots,
                    new KernelContext(),
                    tasks.usedInts(table),
                    octrees.counts(),
                    octrees.slot(rows));
          } else {
            tasks
                .graph()
                .task(
                    octrees.id("neighbours", entries),
                    OctreeTables::neighbours,
                    new KernelContext(),
                    tasks.usedInts(table),
                    tasks.usedInts(parents),
                    tasks.usedInts(octrees.children(d)),
                    tasks.usedInts(octrees.nodes(d)),
                    octrees.counts(),
                    tasks.constants(octrees.slot(rows)));
          }
        });
  }

  private ResidentArray allNeighbours(Relation relation) {
    int d = relation.depth();
    Rows rows = Rows.nodes(d);
    int entries = Math.multiplyExact(OFFSETS, octrees.capacity(rows));
    ResidentArray parents = neighbours(d - 1);
    return ints(
        relation,
        entries,
        table -> {
          tasks.room(1);
          tasks
              .graph()
              .task(
                  octrees.id("allNeighbours", entries),
                  OctreeTables::allNeighbours,
                  new KernelContext(),
                  tasks.usedInts(table),
                  tasks.usedInts(parents),
                  octrees.counts(),
                  octrees.slot(rows));
        });
  }

  private ResidentArray feature(boolean nonEmpty) {
    int channels = octrees.format().signals().channels();
    InputKey leaves = new InputKey.Feature(depth, true);
    int size = Math.multiplyExact(channels, octrees.capacity(Rows.nonEmpty(depth)));
    ResidentArray own =
        make(
            leaves,
            () -> tasks.floats(size, Role.RESULT),
            array -> {
              tasks.room(1);
              octrees.features(tasks.used(array));
            });
    if (nonEmpty) {
      return own;
    }
    int all = Math.multiplyExact(channels, octrees.capacity(Rows.nodes(depth)));
    return make(
        new InputKey.Feature(depth, false),
        () -> tasks.floats(all, Role.RESULT),
        array -> {
          tasks.room(1);
          tasks
              .graph()
              .task(
                  octrees.id("allFeatures", all),
                  LeafFeatures::allRows,
                  new KernelContext(),
                  tasks.used(array),
                  tasks.used(own),
                  tasks.usedInts(octrees.children(depth)),
                  octrees.counts(),
                  octrees.slot(Rows.nodes(depth)),
                  channels);
        });
  }

  private void interpolate(int d, boolean nonEmpty) {
    InputKey corners = new InputKey.CornerVoxels(d, nonEmpty);
    if (made.containsKey(corners)) {
      return;
    }
    boolean exact = nonEmpty || d == 0;
    int searched = exact ? d : d - 1;
    int points = octrees.capacity(Rows.points());
    int size = Math.multiplyExact(CORNERS, points);
    tasks.room(3);
    ResidentArray keys =
        make(
            new Keys(searched),
            () -> tasks.longs(octrees.capacity(Rows.nonEmpty(searched)), Role.TEMPORARY),
            array -> octrees.levelKeys(array, searched));
    ResidentArray trees = ints(new Trees(), points, octrees::pointTrees);
    ResidentArray index = tasks.ints(size, Role.RESULT);
    ResidentArray weights = tasks.floats(size, Role.RESULT);
    made.put(corners, index);
    made.put(new InputKey.CornerWeights(d, nonEmpty), weights);
    tasks
        .graph()
        .task(
            octrees.id("corners", points),
            PointCorners::find,
            new KernelContext(),
            tasks.usedInts(index),
            tasks.used(weights),
            octrees.xyz(),
            tasks.usedInts(trees),
            tasks.usedLongs(keys),
            octrees.counts(),
            octrees.slot(Rows.points()),
            octrees.slot(Rows.nonEmpty(searched)),
            d,
            exact ? 1 : 0);
  }

  /// The places of an index that name each row. Of leaves these are the sorted points.
  InverseIndex inverse(Value index, Rows rows) {
    InputKey key = ((Value.Source.Input) index.source()).key();
    int capacity = octrees.capacity(rows);
    if (key.equals(new InputKey.PointVoxels(depth, true))) {
      return new InverseIndex(
          capacity, tasks.usedInts(octrees.starts()), tasks.usedInts(octrees.order()));
    }
    int size = Math.multiplyExact(index.channels(), octrees.capacity(index.rows()));
    ResidentArray entries = made.get(new Entries(key, rows));
    if (entries == null) {
      entries = tasks.ints(size, Role.TEMPORARY);
      made.put(new Entries(key, rows), entries);
      ResidentArray starts = tasks.ints(capacity + 1, Role.TEMPORARY);
      made.put(new Starts(key, rows), starts);
      invert(index, rows, starts, entries, size);
    }
    return new InverseIndex(
        capacity, tasks.usedInts(made.get(new Starts(key, rows))), tasks.usedInts(entries));
  }

  private void invert(
      Value index, Rows rows, ResidentArray starts, ResidentArray entries, int size) {
    InputKey key = ((Value.Source.Input) index.source()).key();
    int slot =
        index.channels() == CORNERS ? OctreeUpload.corners(depth) : octrees.slot(index.rows());
    int capacity = octrees.capacity(rows);
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(capacity);
    int counters = RadixSort.counts(size);
    var keys = tasks.scratchLongs(0, size);
    tasks
        .graph()
        .task(
            octrees.id("inverseKeys", size),
            OctreeTables::inverseKeys,
            new KernelContext(),
            keys,
            tasks.usedInts(entries),
            tasks.usedInts(array(key)),
            octrees.counts(),
            slot,
            octrees.slot(rows));
    new SortTasks(
            keys,
            tasks.usedInts(entries),
            tasks.scratchLongs(1, size),
            tasks.newInts(size),
            tasks.newInts(counters),
            tasks.newInts(counters),
            tasks.newInts(counters),
            tasks.newInts(SortTasks.sums(counters)))
        .sort(tasks, octrees.counts(), slot, bits);
    tasks
        .graph()
        .task(
            octrees.id("inverseStarts", capacity + 1),
            OctreeTables::inverseStarts,
            new KernelContext(),
            tasks.usedInts(starts),
            keys,
            octrees.counts(),
            slot,
            octrees.slot(rows));
  }

  private record Neighbours(int depth) {}

  private record Keys(int depth) {}

  private record Trees() {}

  private record Starts(InputKey index, Rows rows) {}

  private record Entries(InputKey index, Rows rows) {}
}
