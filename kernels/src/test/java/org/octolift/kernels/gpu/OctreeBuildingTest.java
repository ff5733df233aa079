package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.kernels.OctreeKeys;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Octrees from random points, against sorted maps from keys to points. What lies behind a count
/// keeps its values.
class OctreeBuildingTest {
  private static final int DEPTH = 4;
  private static final int FULL_DEPTH = 2;
  private static final int LEVELS = DEPTH - FULL_DEPTH + 1;
  private static final int SPARE = 37;
  private static final int UNTOUCHED = -77;

  // Slots, as the engine has them.
  private static final int NODES = DEPTH + 1;
  private static final int POINTS = 2 * (DEPTH + 1);
  private static final int TREES = POINTS + 1;
  private static final int REJECTED = TREES + 1;
  private static final int SLOTS = REJECTED + 1;

  private static void run(int size, UnaryOperator<TaskGraph> task, Object... arrays) {
    int groups = Math.ceilDiv(Math.max(1, size), OctreeBuilding.THREADS);
    Device.run(Device.groups(OctreeBuilding.THREADS, groups), task, arrays);
  }

  private static IntArray untouched(int size) {
    IntArray array = new IntArray(size);
    array.init(UNTOUCHED);
    return array;
  }

  /// Everything that is known of the points once they are sorted.
  private static final class Sorted {
    final int capacity;
    final IntArray found = new IntArray(SLOTS);
    final IntArray counts = new IntArray(SLOTS);
    final IntArray scans;
    final FloatArray xyz;
    final LongArray keys;
    final IntArray order;
    IntArray sums;

    Sorted(FloatArray xyz, int... scans) {
      int points = scans[scans.length - 1];
      this.xyz = xyz;
      this.scans = IntArray.fromElements(scans);
      capacity = points + SPARE;
      keys = new LongArray(capacity);
      order = new IntArray(capacity);
      found.init(0);
      found.set(POINTS, points);
      found.set(TREES, scans.length - 1);
      for (int d = 0; d <= FULL_DEPTH; d++) {
        found.set(NODES + d, (scans.length - 1) << (3 * d));
        found.set(d, d < FULL_DEPTH ? (scans.length - 1) << (3 * d) : 0);
      }
    }

    Sorted sort() {
      run(
          capacity,
          graph ->
              graph.task(
                  "t",
                  OctreeBuilding::pointKeys,
                  new KernelContext(),
                  keys,
                  order,
                  found,
                  xyz,
                  scans,
                  POINTS,
                  TREES,
                  REJECTED,
                  DEPTH),
          keys,
          order,
          found,
          xyz,
          scans);
      RadixSortTest.sort(keys, order, found.get(POINTS), 3 * DEPTH + 4);
      return this;
    }

    /// @param most of each number
    Sorted count(int most) {
      int size = LEVELS * capacity + 1;
      IntArray marks = untouched(size);
      run(
          size,
          graph ->
              graph.task(
                  "t",
                  OctreeBuilding::marks,
                  new KernelContext(),
                  marks,
                  keys,
                  found,
                  POINTS,
                  capacity,
                  LEVELS),
          marks,
          keys,
          found);
      sums = RadixSortTest.scan(marks, size);
      IntArray capacities = new IntArray(SLOTS);
      capacities.init(most);
      capacities.set(REJECTED, 0);
      run(
          1,
          graph ->
              graph.task(
                  "t",
                  OctreeBuilding::counts,
                  new KernelContext(),
                  found,
                  counts,
                  sums,
                  capacities,
                  capacity,
                  FULL_DEPTH,
                  DEPTH,
                  SLOTS),
          found,
          counts,
          sums,
          capacities);
      return this;
    }

    IntArray children(int d, IntArray nodes) {
      IntArray children = untouched(counts.get(NODES + d) + SPARE);
      IntArray slot = IntArray.fromElements(NODES + d);
      IntArray sizes = IntArray.fromElements(POINTS, capacity, d - FULL_DEPTH, LEVELS);
      run(
          children.getSize(),
          graph ->
              graph.task(
                  "t", OctreeBuilding::noChildren, new KernelContext(), children, counts, slot),
          children,
          counts,
          slot);
      run(
          capacity,
          graph ->
              graph.task(
                  "t",
                  OctreeBuilding::level,
                  new KernelContext(),
                  children,
                  nodes,
                  keys,
                  sums,
                  counts,
                  sizes),
          children,
          nodes,
          keys,
          sums,
          counts,
          sizes);
      return children;
    }
  }

  private static FloatArray random(int points, boolean together) {
    Random random = new Random(points);
    FloatArray xyz = new FloatArray(3 * points + 3);
    for (int i = 0; i < xyz.getSize(); i++) {
      float value = random.nextInt(3) - 1 + 0.4f * random.nextFloat();
      xyz.set(i, together || value > 0.99f ? 0.7f : Math.max(value, -1));
    }
    return xyz;
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, false",
    "1, 1, 1, false",
    "0, 1, 1, true",
    "200, 200, 700, false",
    "0, 256, 300, true",
    "2047, 2048, 2049, false"
  })
  void levelsHoldTheNodesOfThePoints(int first, int second, int third, boolean together) {
    FloatArray xyz = random(third, together);
    int[] scans = {0, first, second, third};
    Sorted sorted = new Sorted(xyz, scans).sort().count(Integer.MAX_VALUE);
    TreeMap<Long, List<Integer>> leaves = new TreeMap<>();
    for (int tree = 0; tree < 3; tree++) {
      for (int i = scans[tree]; i < scans[tree + 1]; i++) {
        long key =
            OctreeKeys.ofPoint(xyz.get(3 * i), xyz.get(3 * i + 1), xyz.get(3 * i + 2), DEPTH);
        leaves.computeIfAbsent(OctreeKeys.addBatch(key, tree), _ -> new ArrayList<>()).add(i);
      }
    }
    assertThat(sorted.found.get(REJECTED)).isZero();
    assertThat(sorted.counts.toHeapArray()).isEqualTo(sorted.found.toHeapArray());
    SortedSet<Long> above = null;
    for (int d = FULL_DEPTH; d <= DEPTH; d++) {
      SortedSet<Long> keys = new TreeSet<>();
      for (long leaf : leaves.keySet()) {
        long key = leaf;
        for (int up = DEPTH; up > d; up--) {
          key = OctreeKeys.parent(key);
        }
        keys.add(key);
      }
      checkLevel(sorted, d, keys, above, leaves);
      above = keys;
    }
    checkLeaves(sorted, leaves);
    checkTrees(sorted, scans);
  }

  private static void checkLevel(
      Sorted sorted,
      int d,
      SortedSet<Long> keys,
      SortedSet<Long> above,
      Map<Long, List<Integer>> leaves) {
    List<Long> order = List.copyOf(keys);
    List<Long> parents = above == null ? List.of() : List.copyOf(above);
    assertThat(sorted.counts.get(d)).isEqualTo(keys.size());
    IntArray nodes = untouched(keys.size() + SPARE);
    IntArray children = sorted.children(d, nodes);
    int[] expected = new int[children.getSize()];
    Arrays.fill(expected, UNTOUCHED);
    Arrays.fill(expected, 0, sorted.counts.get(NODES + d), -1);
    for (int i = 0; i < order.size(); i++) {
      long key = order.get(i);
      int node =
          above == null
              ? (OctreeKeys.batch(key) << (3 * d)) + (int) (key & OctreeKeys.POSITION_MASK)
              : 8 * parents.indexOf(OctreeKeys.parent(key)) + (int) (key & 7);
      expected[node] = i;
      assertThat(nodes.get(i)).isEqualTo(node);
    }
    assertThat(children.toHeapArray()).isEqualTo(expected);
    assertThat(nodes.get(order.size())).isEqualTo(UNTOUCHED);
    LongArray nodeKeys = new LongArray(keys.size() + 1);
    nodeKeys.init(UNTOUCHED);
    run(
        sorted.capacity,
        graph ->
            graph.task(
                "t",
                OctreeBuilding::levelKeys,
                new KernelContext(),
                nodeKeys,
                sorted.keys,
                sorted.sums,
                sorted.counts,
                POINTS,
                sorted.capacity,
                d - FULL_DEPTH,
                LEVELS,
                d),
        nodeKeys,
        sorted.keys,
        sorted.sums,
        sorted.counts);
    for (int i = 0; i < order.size(); i++) {
      assertThat(nodeKeys.get(i)).isEqualTo(order.get(i));
    }
    assertThat(nodeKeys.get(order.size())).isEqualTo(UNTOUCHED);
    checkPoints(sorted, d, order, nodes, leaves);
  }

  private static void checkPoints(
      Sorted sorted, int d, List<Long> order, IntArray nodes, Map<Long, List<Integer>> leaves) {
    for (int nonEmpty = 0; nonEmpty < 2; nonEmpty++) {
      int which = nonEmpty;
      IntArray index = untouched(sorted.capacity);
      run(
          sorted.capacity,
          graph ->
              graph.task(
                  "t",
                  OctreeBuilding::pointNodes,
                  new KernelContext(),
                  index,
                  sorted.order,
                  nodes,
                  sorted.sums,
                  sorted.counts,
                  POINTS,
                  sorted.capacity,
                  d - FULL_DEPTH,
                  which),
          index,
          sorted.order,
          nodes,
          sorted.sums,
          sorted.counts);
      leaves.forEach(
          (leaf, points) -> {
            long key = leaf;
            for (int up = DEPTH; up > d; up--) {
              key = OctreeKeys.parent(key);
            }
            int number = order.indexOf(key);
            for (int point : points) {
              assertThat(index.get(point)).isEqualTo(which == 1 ? number : nodes.get(number));
            }
          });
      assertThat(index.get(sorted.found.get(POINTS))).isEqualTo(UNTOUCHED);
    }
  }

  private static void checkLeaves(Sorted sorted, Map<Long, List<Integer>> leaves) {
    IntArray starts = untouched(leaves.size() + 2);
    run(
        sorted.capacity,
        graph ->
            graph.task(
                "t",
                OctreeBuilding::leafStarts,
                new KernelContext(),
                starts,
                sorted.sums,
                sorted.counts,
                POINTS,
                sorted.capacity,
                LEVELS),
        starts,
        sorted.sums,
        sorted.counts);
    int leaf = 0;
    for (List<Integer> points : leaves.values()) {
      List<Integer> own = new ArrayList<>();
      for (int i = starts.get(leaf); i < starts.get(leaf + 1); i++) {
        own.add(sorted.order.get(i));
      }
      assertThat(own).isEqualTo(points);
      leaf++;
    }
    assertThat(starts.get(leaves.size() + 1)).isEqualTo(UNTOUCHED);
  }

  private static void checkTrees(Sorted sorted, int[] scans) {
    IntArray trees = untouched(sorted.capacity);
    run(
        sorted.capacity,
        graph ->
            graph.task(
                "t",
                OctreeBuilding::pointTrees,
                new KernelContext(),
                trees,
                sorted.scans,
                sorted.counts,
                POINTS,
                TREES),
        trees,
        sorted.scans,
        sorted.counts);
    for (int tree = 0; tree < 3; tree++) {
      for (int i = scans[tree]; i < scans[tree + 1]; i++) {
        assertThat(trees.get(i)).isEqualTo(tree);
      }
    }
    assertThat(trees.get(scans[3])).isEqualTo(UNTOUCHED);
  }

  @Test
  void whatDoesNotFitHasNoRows() {
    Sorted sorted = new Sorted(random(300, true), 0, 300).sort().count(300);
    assertThat(sorted.counts.get(POINTS)).isEqualTo(300);
    sorted.count(299);
    assertThat(sorted.found.get(POINTS)).isEqualTo(300);
    assertThat(sorted.found.get(DEPTH)).isPositive();
    assertThat(sorted.counts.toHeapArray()).containsOnly(0);
  }

  @ParameterizedTest
  @CsvSource({"1", "-1.0001", "NaN", "Infinity", "-Infinity"})
  void pointsOutsideTheCubeAreRejected(float bad) {
    for (int component = 0; component < 3; component++) {
      FloatArray xyz = random(40, false);
      xyz.set(3 * 17 + component, bad);
      Sorted sorted = new Sorted(xyz, 0, 40).sort().count(Integer.MAX_VALUE);
      assertThat(sorted.found.get(REJECTED)).isEqualTo(1);
      assertThat(sorted.counts.toHeapArray()).containsOnly(0);
    }
    FloatArray xyz = random(40, false);
    xyz.set(3 * 40, bad); // behind the last point
    assertThat(new Sorted(xyz, 0, 40).sort().found.get(REJECTED)).isZero();
  }
}
