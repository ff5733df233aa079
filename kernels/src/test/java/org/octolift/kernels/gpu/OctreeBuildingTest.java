package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.octolift.kernels.OctreeKeys;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Two octrees from random points, level by level, against maps from keys to points.
class OctreeBuildingTest {
  private static final int POINTS = 700;
  private static final int CAPACITY = 800;
  private static final int DEPTH = 4;
  private static final int FULL_DEPTH = 2;
  private static final int CHANNELS = 3;

  @Test
  void levelsHoldTheNodesOfThePoints() {
    FloatArray xyz = Device.random(3 * CAPACITY, 5);
    Random random = new Random(6);
    IntArray trees = new IntArray(CAPACITY);
    for (int i = 0; i < CAPACITY; i++) {
      trees.set(i, random.nextInt(2));
    }
    IntArray counts = new IntArray(DEPTH + 2);
    counts.set(DEPTH + 1, POINTS);
    LongArray pointKeys = new LongArray(CAPACITY);
    IntArray points = new IntArray(CAPACITY);
    OctreeBuilding.pointKeys(pointKeys, points, xyz, trees, counts, DEPTH + 1, CAPACITY, DEPTH);
    RadixSortTest.sort(pointKeys, points, POINTS, OctreeKeys.BATCH_SHIFT + 1);

    TreeMap<Long, List<Integer>> leaves = new TreeMap<>();
    for (int i = 0; i < POINTS; i++) {
      long key = OctreeKeys.ofPoint(xyz.get(3 * i), xyz.get(3 * i + 1), xyz.get(3 * i + 2), DEPTH);
      leaves.computeIfAbsent(OctreeKeys.addBatch(key, trees.get(i)), _ -> new ArrayList<>()).add(i);
    }
    LongArray[] keys = new LongArray[DEPTH + 1];
    IntArray[] starts = new IntArray[DEPTH + 1];
    level(pointKeys, DEPTH + 1, DEPTH, 0, counts, keys, starts);
    FloatArray means = new FloatArray(CAPACITY * CHANNELS);
    OctreeBuilding.leafMeans(means, xyz, points, starts[DEPTH], counts, DEPTH, CAPACITY, CHANNELS);
    checkLeaves(leaves, xyz, keys[DEPTH], counts.get(DEPTH), means);

    TreeMap<Long, List<Integer>> nodes = leaves;
    for (int d = DEPTH - 1; d >= FULL_DEPTH; d--) {
      level(keys[d + 1], d + 1, d, 3, counts, keys, starts);
      TreeMap<Long, List<Integer>> parents = new TreeMap<>();
      nodes.keySet().forEach(key -> parents.put(OctreeKeys.parent(key), List.of()));
      nodes = parents;
      checkKeys(nodes, keys[d], counts.get(d));
      IntArray children = new IntArray(8 * CAPACITY);
      IntArray inverse = new IntArray(CAPACITY);
      OctreeBuilding.children(children, inverse, keys[d + 1], starts[d], counts, d, CAPACITY);
      for (int parent = 0; parent < counts.get(d); parent++) {
        for (int sibling = 0; sibling < 8; sibling++) {
          long key = OctreeKeys.child(keys[d].get(parent), sibling);
          checkChild(children, inverse, keys[d + 1], counts.get(d + 1), 8 * parent + sibling, key);
        }
      }
    }
    IntArray children = new IntArray(2 << (3 * FULL_DEPTH));
    IntArray inverse = new IntArray(CAPACITY);
    OctreeBuilding.allChildren(
        children, inverse, keys[FULL_DEPTH], counts, FULL_DEPTH, CAPACITY, FULL_DEPTH);
    for (int node = 0; node < children.getSize(); node++) {
      int size = 1 << (3 * FULL_DEPTH);
      long key = OctreeKeys.addBatch(node % size, node / size);
      checkChild(children, inverse, keys[FULL_DEPTH], counts.get(FULL_DEPTH), node, key);
    }
  }

  private static void level(
      LongArray finer,
      int finerSlot,
      int depth,
      int shift,
      IntArray counts,
      LongArray[] keys,
      IntArray[] starts) {
    IntArray marks = new IntArray(CAPACITY);
    OctreeBuilding.markFirst(marks, finer, counts, finerSlot, CAPACITY, shift);
    IntArray numbers = RadixSortTest.scan(marks, CAPACITY);
    keys[depth] = new LongArray(CAPACITY);
    starts[depth] = new IntArray(CAPACITY + 1);
    OctreeBuilding.distinct(
        keys[depth], starts[depth], finer, numbers, counts, finerSlot, depth, CAPACITY, shift);
  }

  private static void checkKeys(Map<Long, List<Integer>> nodes, LongArray keys, int count) {
    assertThat(count).isEqualTo(nodes.size());
    int row = 0;
    for (long key : nodes.keySet()) {
      assertThat(keys.get(row++)).isEqualTo(key);
    }
  }

  private static void checkLeaves(
      Map<Long, List<Integer>> leaves,
      FloatArray xyz,
      LongArray keys,
      int count,
      FloatArray means) {
    checkKeys(leaves, keys, count);
    int row = 0;
    for (List<Integer> own : leaves.values()) {
      for (int c = 0; c < CHANNELS; c++) {
        int channel = c;
        double mean = own.stream().mapToDouble(i -> xyz.get(3 * i + channel)).average().orElse(0);
        assertThat((double) means.get(row * CHANNELS + c)).isCloseTo(mean, within(1e-6));
      }
      row++;
    }
  }

  private static void checkChild(
      IntArray children, IntArray inverse, LongArray keys, int count, int node, long key) {
    int child = children.get(node);
    if (child < 0) {
      for (int i = 0; i < count; i++) {
        assertThat(keys.get(i)).isNotEqualTo(key);
      }
      return;
    }
    assertThat(keys.get(child)).isEqualTo(key);
    assertThat(inverse.get(child)).isEqualTo(node);
  }

  @Test
  void noPointsMakeNoNodes() {
    IntArray counts = new IntArray(2);
    counts.set(1, 9);
    OctreeBuilding.distinct(
        new LongArray(4), new IntArray(5), new LongArray(4), new IntArray(4), counts, 0, 1, 4, 0);
    assertThat(counts.get(1)).isZero();
  }
}
