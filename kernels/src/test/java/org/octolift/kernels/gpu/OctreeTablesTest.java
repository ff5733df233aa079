package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.kernels.OctreeKeys;
import org.octolift.kernels.OctreeNeighbourKernels;
import org.octolift.kernels.OctreeQueryKernels;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// What networks look up in octrees, against the loops or plain code, on arrays of random indices.
/// What lies behind a count keeps its values.
class OctreeTablesTest {
  private static final int SPARE = 3;
  private static final int PARENTS = 50;
  private static final IntArray OFFSETS = IntArray.fromElements(13, 14, 16, 17, 22, 23, 25, 26);

  private final Random random = new Random(7);

  private static void run(int size, UnaryOperator<TaskGraph> task, Object... arrays) {
    int groups = Math.ceilDiv(Math.max(1, size), OctreeBuilding.THREADS);
    Device.run(Device.groups(OctreeBuilding.THREADS, groups), task, arrays);
  }

  /// Indices below a bound, one in four of them -1.
  private IntArray indices(int size, int bound) {
    IntArray array = new IntArray(size);
    for (int i = 0; i < size; i++) {
      array.set(i, random.nextInt(4) == 0 ? -1 : random.nextInt(bound));
    }
    return array;
  }

  private IntArray numbers(int size, int bound) {
    IntArray array = new IntArray(size);
    for (int i = 0; i < size; i++) {
      array.set(i, random.nextInt(bound));
    }
    return array;
  }

  private static IntArray untouched(int size) {
    IntArray array = new IntArray(size);
    array.init(-77);
    return array;
  }

  private static void assertSame(IntArray actual, IntArray expected) {
    assertThat(actual.toHeapArray()).isEqualTo(expected.toHeapArray());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 27, 255, 256, 257})
  void tablesEqualTheLoops(int rows) {
    IntArray parents = indices(27 * Math.max(PARENTS, rows), PARENTS);
    IntArray children = indices(8 * PARENTS, 90);
    IntArray nodes = numbers(rows + SPARE, 8 * PARENTS);
    IntArray counts = Device.counts(rows);

    IntArray expected = untouched(27 * (rows + SPARE));
    OctreeNeighbourKernels.nonEmpty(expected, parents, children, nodes, counts, 1);
    IntArray slot = IntArray.fromElements(1);
    IntArray neighbours = untouched(27 * (rows + SPARE));
    run(
        27 * (rows + SPARE),
        graph ->
            graph.task(
                "t",
                OctreeTables::neighbours,
                new KernelContext(),
                neighbours,
                parents,
                children,
                nodes,
                counts,
                slot),
        neighbours,
        parents,
        children,
        nodes,
        counts,
        slot);
    assertSame(neighbours, expected);

    expected.init(-77);
    OctreeNeighbourKernels.all(expected, parents, counts, 1);
    IntArray all = untouched(27 * (rows + SPARE));
    run(
        27 * (rows + SPARE),
        graph ->
            graph.task(
                "t", OctreeTables::allNeighbours, new KernelContext(), all, parents, counts, 1),
        all,
        parents,
        counts);
    assertSame(all, expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "27, 0", "255, 1", "256, 0", "257, 1"})
  void tablesOfStrideTwoEqualTheLoops(int rows, int nonEmpty) {
    IntArray parents = indices(27 * Math.max(PARENTS, rows), PARENTS);
    IntArray children = indices(8 * PARENTS, 90);
    IntArray nodes = numbers(rows + SPARE, 8 * PARENTS);
    IntArray counts = Device.counts(rows);
    int size = OFFSETS.getSize();

    IntArray expected = untouched(size * (rows + SPARE));
    OctreeNeighbourKernels.down(expected, parents, children, OFFSETS, counts, 1, nonEmpty);
    IntArray down = untouched(size * (rows + SPARE));
    run(
        size * (rows + SPARE),
        graph ->
            graph.task(
                "t",
                OctreeTables::down,
                new KernelContext(),
                down,
                parents,
                children,
                OFFSETS,
                counts,
                1,
                size,
                nonEmpty),
        down,
        parents,
        children,
        OFFSETS,
        counts);
    assertSame(down, expected);

    expected.init(-77);
    if (nonEmpty == 1) {
      OctreeNeighbourKernels.upNonEmpty(expected, parents, nodes, OFFSETS, counts, 1);
    } else {
      OctreeNeighbourKernels.upAll(expected, parents, OFFSETS, counts, 1);
    }
    IntArray slot = IntArray.fromElements(1);
    IntArray up = untouched(size * (rows + SPARE));
    run(
        size * (rows + SPARE),
        graph ->
            graph.task(
                "t",
                OctreeTables::up,
                new KernelContext(),
                up,
                parents,
                nodes,
                OFFSETS,
                counts,
                slot,
                size,
                nonEmpty),
        up,
        parents,
        nodes,
        OFFSETS,
        counts,
        slot);
    assertSame(up, expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 40})
  void rootsHaveThemselves(int trees) {
    IntArray counts = Device.counts(trees);
    IntArray table = untouched(27 * (trees + SPARE));
    run(
        27 * (trees + SPARE),
        graph -> graph.task("t", OctreeTables::roots, new KernelContext(), table, counts, 1),
        table,
        counts);
    for (int i = 0; i < table.getSize(); i++) {
      int expected = i % 27 == 13 ? i / 27 : -1;
      assertThat(table.get(i)).isEqualTo(i < 27 * trees ? expected : -77);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 5", "1, 1", "700, 30", "300, 1000"})
  void inversesListThePlaces(int places, int rows) {
    IntArray index = indices(places + SPARE, rows);
    IntArray counts = IntArray.fromElements(places, rows);
    LongArray keys = new LongArray(places + SPARE);
    IntArray entries = untouched(places + SPARE);
    run(
        places + SPARE,
        graph ->
            graph.task(
                "t",
                OctreeTables::inverseKeys,
                new KernelContext(),
                keys,
                entries,
                index,
                counts,
                0,
                1),
        keys,
        entries,
        index,
        counts);
    RadixSortTest.sort(keys, entries, places, 10);
    IntArray starts = untouched(rows + 1 + SPARE);
    run(
        rows + 1 + SPARE,
        graph ->
            graph.task(
                "t", OctreeTables::inverseStarts, new KernelContext(), starts, keys, counts, 0, 1),
        starts,
        keys,
        counts);
    for (int row = 0; row < rows; row++) {
      int wanted = row;
      assertThat(Arrays.copyOfRange(entries.toHeapArray(), starts.get(row), starts.get(row + 1)))
          .isEqualTo(IntStream.range(0, places).filter(i -> index.get(i) == wanted).toArray());
    }
    assertThat(starts.get(rows + 1)).isEqualTo(-77);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 0", "257, 1", "300, 0"})
  void cornersEqualTheLoop(int points, int nonEmpty) {
    int depth = 2;
    FloatArray xyz = Device.random(3 * points + SPARE, 3);
    IntArray trees = numbers(points + SPARE, 2);
    LongArray keys = new LongArray(70);
    for (int i = 0; i < 70; i++) {
      int edge = nonEmpty == 1 ? 64 : 8;
      keys.set(i, OctreeKeys.addBatch(i % edge, i / edge));
    }
    IntArray counts = IntArray.fromElements(points, nonEmpty == 1 ? 70 : 16);
    IntArray expectedIndex = untouched(8 * (points + SPARE));
    FloatArray expectedWeights = new FloatArray(8 * (points + SPARE));
    OctreeQueryKernels.linear(
        expectedIndex, expectedWeights, xyz, trees, keys, counts, 0, 1, depth, nonEmpty);
    IntArray index = untouched(8 * (points + SPARE));
    FloatArray weights = new FloatArray(8 * (points + SPARE));
    run(
        points + SPARE,
        graph ->
            graph.task(
                "t",
                PointCorners::find,
                new KernelContext(),
                index,
                weights,
                xyz,
                trees,
                keys,
                counts,
                0,
                1,
                depth,
                nonEmpty),
        index,
        weights,
        xyz,
        trees,
        keys,
        counts);
    assertSame(index, expectedIndex);
    assertThat(weights.toHeapArray()).isEqualTo(expectedWeights.toHeapArray());
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 1, 3, 0", "1, 1, 1, 3, 1", "257, 0, 4, 0, 1", "100, 1, 0, 2, 0"})
  void featuresAreMeansOverThePoints(int leaves, int normals, int displacement, int own, int mean) {
    int depth = 3;
    int points = 3 * leaves;
    FloatArray xyz = Device.random(3 * points + SPARE, 5);
    FloatArray directions = Device.random(3 * points + SPARE, 6);
    FloatArray features = Device.random(own * points + SPARE, 7);
    IntArray order = new IntArray(points + SPARE);
    IntArray starts = new IntArray(leaves + 1);
    for (int i = 0; i < points; i++) {
      order.set(i, points - 1 - i);
    }
    starts.init(0);
    for (int leaf = 0; leaf < leaves; leaf++) {
      starts.set(leaf + 1, leaf + 1 < leaves ? starts.get(leaf) + 1 + leaf % 4 : points);
    }
    int channels = 3 * normals + displacement + own + 3 * mean;
    IntArray counts = Device.counts(leaves);
    IntArray found = IntArray.fromElements(0);
    FloatArray feature = new FloatArray((leaves + SPARE) * channels);
    feature.init(-77);
    run(
        leaves + SPARE,
        graph ->
            graph.task(
                "t",
                LeafFeatures::rows,
                new KernelContext(),
                feature,
                found,
                xyz,
                directions,
                features,
                order,
                starts,
                counts,
                1,
                0,
                depth,
                normals,
                displacement,
                own,
                mean),
        feature,
        found,
        xyz,
        directions,
        features,
        order,
        starts,
        counts);
    assertThat(found.get(0)).isZero();
    for (int leaf = 0; leaf < leaves; leaf++) {
      int[] members =
          IntStream.range(starts.get(leaf), starts.get(leaf + 1)).map(order::get).toArray();
      double[] place = new double[3];
      double[] normal = new double[3];
      for (int axis = 0; axis < 3; axis++) {
        place[axis] = 4 * (1 + mean(xyz, 3, axis, members));
        normal[axis] = mean(directions, 3, axis, members);
      }
      double length =
          Math.sqrt(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]);
      List<Double> expected = new ArrayList<>();
      double along = 0;
      for (int axis = 0; axis < 3 && normals == 1; axis++) {
        expected.add(normal[axis] / length);
        along += normal[axis] / length * (place[axis] % 1 - 0.5);
      }
      if (displacement == 1) {
        expected.add(along * 1.1547);
      } else if (displacement == 4) {
        Arrays.stream(place).forEach(value -> expected.add(value % 1 - 0.5));
        expected.add(1.1547);
      }
      for (int c = 0; c < own; c++) {
        expected.add(mean(features, own, c, members));
      }
      if (mean == 1) {
        Arrays.stream(place).forEach(expected::add);
      }
      assertThat(expected).hasSize(channels);
      for (int c = 0; c < channels; c++) {
        assertThat((double) feature.get(leaf * channels + c))
            .as("channel %d of leaf %d", c, leaf)
            .isCloseTo(expected.get(c), within(2e-5));
      }
    }
    for (int i = leaves * channels; i < feature.getSize(); i++) {
      assertThat(feature.get(i)).isEqualTo(-77);
    }
  }

  private static double mean(FloatArray values, int channels, int channel, int[] rows) {
    return Arrays.stream(rows)
        .mapToDouble(row -> values.get(channels * row + channel))
        .average()
        .orElseThrow();
  }
}
