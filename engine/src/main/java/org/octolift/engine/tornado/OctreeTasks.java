package org.octolift.engine.tornado;

import java.util.Map;
import org.octolift.engine.Rows;
import org.octolift.engine.octree.OctreeFormat;
import org.octolift.engine.octree.SignalLayout;
import org.octolift.engine.tornado.ResidentArray.Role;
import org.octolift.kernels.gpu.LeafFeatures;
import org.octolift.kernels.gpu.OctreeBuilding;
import org.octolift.kernels.gpu.RadixSort;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// The tasks that build the octrees of a batch on the device: sorted points, nodes of all levels,
/// features of the leaves. Integers equal those of the CPU; features do within their rounding.
final class OctreeTasks {
  private static final int MOST_TREE_BITS = 15;

  private final GraphBuilder tasks;
  private final OctreeFormat format;
  private final int depth;
  private final int fullDepth;
  private final int levels;
  private final int pitch;
  private final int keyBits;
  private final Map<Rows, Integer> capacities;
  private final OctreeUpload upload;
  private final ResidentArray found;
  private final ResidentArray counts;
  private final ResidentArray scans;
  private final ResidentArray xyz;
  private final ResidentArray normals;
  private final ResidentArray features;
  private final ResidentArray keys;
  private final ResidentArray order;
  private final ResidentArray sums;
  private final ResidentArray starts;
  private final ResidentArray[] children;
  private final ResidentArray[] nodes;

  /// @param capacities of all symbols of the octrees
  /// @param trees that keys must have room for
  OctreeTasks(GraphBuilder tasks, OctreeFormat format, Map<Rows, Integer> capacities, int trees) {
    this.tasks = tasks;
    this.format = format;
    this.depth = format.depth();
    this.fullDepth = format.fullDepth();
    this.levels = depth - fullDepth + 1;
    this.capacities = capacities;
    this.pitch = capacity(Rows.points());
    int treeBits = Integer.SIZE - Integer.numberOfLeadingZeros(trees - 1);
    this.keyBits = Math.ceilDiv(3 * depth + treeBits, RadixSort.BITS) * RadixSort.BITS;
    SignalLayout signals = format.signals();
    found = tasks.ints(OctreeUpload.slots(depth), Role.INPUT);
    counts = tasks.ints(OctreeUpload.slots(depth), Role.TEMPORARY);
    scans = tasks.ints(capacity(Rows.batch()) + 1, Role.INPUT);
    xyz = tasks.floats(Math.multiplyExact(3, pitch), Role.INPUT);
    normals = tasks.floats(signals.normals() ? 3 * pitch : 1, Role.INPUT);
    features = tasks.floats(Math.multiplyExact(signals.features(), pitch), Role.INPUT);
    keys = tasks.longs(pitch, Role.TEMPORARY);
    order = tasks.ints(pitch, Role.TEMPORARY);
    sums = tasks.ints(Math.multiplyExact(levels, pitch) + 1, Role.TEMPORARY);
    starts = tasks.ints(capacity(Rows.nonEmpty(depth)) + 1, Role.TEMPORARY);
    children = new ResidentArray[depth + 1];
    nodes = new ResidentArray[depth + 1];
    for (int d = 0; d <= depth; d++) {
      children[d] = tasks.ints(capacity(Rows.nodes(d)), Role.RESULT);
      nodes[d] = tasks.ints(capacity(Rows.nonEmpty(d)), Role.RESULT);
    }
    upload =
        new OctreeUpload(
            format,
            1 << Math.min(MOST_TREE_BITS, keyBits - 3 * depth),
            (IntArray) found.host(),
            (IntArray) scans.host(),
            (FloatArray) xyz.host(),
            (FloatArray) normals.host(),
            (FloatArray) features.host());
  }

  OctreeFormat format() {
    return format;
  }

  /// How points reach the device.
  OctreeUpload upload() {
    return upload;
  }

  /// The array of numbers that come back.
  ResidentArray found() {
    return found;
  }

  /// The points in the order of their keys.
  ResidentArray order() {
    return order;
  }

  /// Where the points of each leaf begin in that order.
  ResidentArray starts() {
    return starts;
  }

  /// Each node's number among the non-empty ones, or -1.
  ResidentArray children(int d) {
    return children[d];
  }

  /// The node of each non-empty node.
  ResidentArray nodes(int d) {
    return nodes[d];
  }

  /// The numbers of rows, in an array that a task may read; zeros if the batch does not fit.
  IntArray counts() {
    return tasks.usedInts(counts);
  }

  int capacity(Rows rows) {
    return capacities.get(rows);
  }

  int slot(Rows rows) {
    return OctreeUpload.slot(depth, rows);
  }

  /// The name of the next task, with a work-item for each of {@code size} elements.
  String id(String name, int size) {
    int threads = OctreeBuilding.THREADS;
    return tasks.id(name, Lowering.groups(threads, Math.ceilDiv(Math.max(1, size), threads), 1, 1));
  }

  /// Appends the tasks up to the nodes of all levels.
  void build() {
    tasks.room(1 + SortTasks.tasks(keyBits));
    sort();
    tasks.room(6);
    count();
    for (int d = 0; d <= depth; d++) {
      tasks.room(2);
      level(d);
    }
  }

  private void sort() {
    tasks
        .graph()
        .task(
            id("pointKeys", pitch),
            OctreeBuilding::pointKeys,
            new KernelContext(),
            tasks.usedLongs(keys),
            tasks.usedInts(order),
            tasks.usedInts(found),
            tasks.used(xyz),
            tasks.usedInts(scans),
            slot(Rows.points()),
            slot(Rows.batch()),
            OctreeUpload.rejected(depth),
            depth);
    int counters = RadixSort.counts(pitch);
    new SortTasks(
            tasks.usedLongs(keys),
            tasks.usedInts(order),
            tasks.scratchLongs(1, pitch),
            tasks.newInts(pitch),
            tasks.newInts(counters),
            tasks.newInts(counters),
            tasks.newInts(counters),
            tasks.newInts(SortTasks.sums(counters)))
        .sort(tasks, tasks.usedInts(found), slot(Rows.points()), keyBits);
  }

  private void count() {
    int size = levels * pitch + 1;
    IntArray marks = tasks.newInts(size);
    int[] most = new int[OctreeUpload.slots(depth)];
    for (Rows symbol : OctreeUpload.symbols(depth)) {
      most[slot(symbol)] = capacity(symbol);
    }
    most[OctreeUpload.corners(depth)] = Integer.MAX_VALUE;
    tasks
        .graph()
        .task(
            id("marks", size),
            OctreeBuilding::marks,
            new KernelContext(),
            marks,
            tasks.usedLongs(keys),
            tasks.usedInts(found),
            slot(Rows.points()),
            pitch,
            levels);
    SortTasks.scan(tasks, tasks.usedInts(sums), marks, tasks.newInts(SortTasks.sums(size)), size);
    tasks
        .graph()
        .task(
            id("counts", 1),
            OctreeBuilding::counts,
            new KernelContext(),
            tasks.usedInts(found),
            counts(),
            tasks.usedInts(sums),
            tasks.constants(most),
            pitch,
            fullDepth,
            depth,
            OctreeUpload.slots(depth))
        .task(
            id("leafStarts", pitch),
            OctreeBuilding::leafStarts,
            new KernelContext(),
            tasks.usedInts(starts),
            tasks.usedInts(sums),
            counts(),
            slot(Rows.points()),
            pitch,
            levels);
  }

  private void level(int d) {
    if (d < fullDepth) {
      sequence(children[d], Rows.nodes(d));
      sequence(nodes[d], Rows.nonEmpty(d));
      return;
    }
    tasks
        .graph()
        .task(
            id("noChildren", capacity(Rows.nodes(d))),
            OctreeBuilding::noChildren,
            new KernelContext(),
            tasks.usedInts(children[d]),
            counts(),
            tasks.constants(slot(Rows.nodes(d))))
        .task(
            id("level", pitch),
            OctreeBuilding::level,
            new KernelContext(),
            tasks.usedInts(children[d]),
            tasks.usedInts(nodes[d]),
            tasks.usedLongs(keys),
            tasks.usedInts(sums),
            counts(),
            tasks.constants(slot(Rows.points()), pitch, d - fullDepth, levels));
  }

  private void sequence(ResidentArray numbers, Rows rows) {
    tasks
        .graph()
        .task(
            id("sequence", capacity(rows)),
            OctreeBuilding::sequence,
            new KernelContext(),
            tasks.usedInts(numbers),
            counts(),
            tasks.constants(slot(rows)));
  }

  /// Appends the task that writes the features of the non-empty leaves.
  void features(FloatArray feature) {
    SignalLayout signals = format.signals();
    tasks
        .graph()
        .task(
            id("leafFeatures", capacity(Rows.nonEmpty(depth))),
            LeafFeatures::rows,
            new KernelContext(),
            feature,
            tasks.usedInts(found),
            tasks.used(xyz),
            tasks.used(normals),
            tasks.used(features),
            tasks.usedInts(order),
            tasks.usedInts(starts),
            counts(),
            slot(Rows.nonEmpty(depth)),
            OctreeUpload.rejected(depth),
            depth,
            signals.normals() ? 1 : 0,
            signals.displacement(),
            signals.features(),
            signals.savePoints() ? 1 : 0);
  }

  /// Appends the task that writes the node of each point.
  void pointNodes(IntArray index, int d, boolean nonEmpty) {
    int points = slot(Rows.points());
    if (d < fullDepth) {
      tasks
          .graph()
          .task(
              id("pointNodesAbove", pitch),
              OctreeBuilding::pointNodesAbove,
              new KernelContext(),
              index,
              tasks.usedInts(order),
              tasks.usedLongs(keys),
              counts(),
              points,
              3 * (depth - d));
      return;
    }
    tasks
        .graph()
        .task(
            id("pointNodes", pitch),
            OctreeBuilding::pointNodes,
            new KernelContext(),
            index,
            tasks.usedInts(order),
            tasks.usedInts(nodes[d]),
            tasks.usedInts(sums),
            counts(),
            points,
            pitch,
            d - fullDepth,
            nonEmpty ? 1 : 0);
  }

  /// Appends the task that writes the keys of the non-empty nodes at a depth.
  void levelKeys(ResidentArray nodeKeys, int d) {
    if (d < fullDepth) {
      tasks
          .graph()
          .task(
              id("allKeys", capacity(Rows.nodes(d))),
              OctreeBuilding::allKeys,
              new KernelContext(),
              tasks.usedLongs(nodeKeys),
              counts(),
              slot(Rows.nodes(d)),
              d);
      return;
    }
    tasks
        .graph()
        .task(
            id("levelKeys", pitch),
            OctreeBuilding::levelKeys,
            new KernelContext(),
            tasks.usedLongs(nodeKeys),
            tasks.usedLongs(keys),
            tasks.usedInts(sums),
            counts(),
            slot(Rows.points()),
            pitch,
            d - fullDepth,
            levels,
            d);
  }

  /// Appends the task that writes the tree of each point.
  void pointTrees(ResidentArray trees) {
    tasks
        .graph()
        .task(
            id("pointTrees", pitch),
            OctreeBuilding::pointTrees,
            new KernelContext(),
            tasks.usedInts(trees),
            tasks.usedInts(scans),
            counts(),
            slot(Rows.points()),
            slot(Rows.batch()));
  }

  /// The coordinates of the points.
  FloatArray xyz() {
    return tasks.used(xyz);
  }
}
