package org.octolift.engine.octree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.engine.InputException;
import org.octolift.engine.Rows;
import org.octolift.engine.cpu.Workers;
import org.octolift.kernels.OctreeKeys;
import org.octolift.kernels.OctreeNeighbourKernels;
import org.octolift.kernels.OctreeQueryKernels;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

class OctreeBatchTest {
  private static final int DEPTH = 5;
  private static Workers workers;
  private static OctreeBatch batch;

  @BeforeAll
  static void start() {
    workers = new Workers(2);
    batch = batch(workers);
  }

  @AfterAll
  static void stop() {
    workers.close();
  }

  private static OctreeBatch batch(Workers team) {
    OctreeOptions options = OctreeOptions.of(DEPTH, 2).withNodeDisplacement(true);
    return OctreeBatch.merge(
        List.of(
            OctreeBuilder.build(RandomPoints.cloud(31, 700), options, team),
            OctreeBuilder.build(RandomPoints.cloud(32, 300), options, team),
            OctreeBuilder.build(RandomPoints.cloud(33, 1), options, team)),
        team);
  }

  /// Row of each node by its key, at a depth of the batch.
  private static Map<Long, Integer> rows(int d, boolean nonEmpty) {
    LongArray keys = nonEmpty ? batch.octree().nonEmptyKeys(d) : batch.octree().keys(d);
    Map<Long, Integer> rows = new HashMap<>();
    for (int i = 0; i < keys.getSize(); i++) {
      rows.put(keys.get(i), i);
    }
    return rows;
  }

  /// The row of the node at an offset 0..26 from {@code key}, found by coordinates alone, or -1.
  private static int at(Map<Long, Integer> rows, long key, int offset, int d, int sign) {
    int x = OctreeKeys.x(key) + sign * (offset / 9 - 1);
    int y = OctreeKeys.y(key) + sign * (offset / 3 % 3 - 1);
    int z = OctreeKeys.z(key) + sign * (offset % 3 - 1);
    int edge = 1 << d;
    if (x < 0 || y < 0 || z < 0 || x >= edge || y >= edge || z >= edge) {
      return -1;
    }
    long wanted = OctreeKeys.addBatch(OctreeKeys.encode(x, y, z), OctreeKeys.batch(key));
    return rows.getOrDefault(wanted, -1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void strideOneTableHoldsTheNeighbours(boolean nonEmpty) {
    for (int d = 1; d <= DEPTH; d++) {
      IntArray table = batch.table(Relation.of(KernelShape.K333, 1, d, nonEmpty));
      Map<Long, Integer> rows = rows(d, nonEmpty);
      assertThat(table.getSize()).isEqualTo(27 * rows.size());
      for (Map.Entry<Long, Integer> node : rows.entrySet()) {
        for (int k = 0; k < 27; k++) {
          assertThat(table.get(27 * node.getValue() + k))
              .isEqualTo(at(rows, node.getKey(), k, d, 1));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(KernelShape.class)
  void strideTwoTableHoldsWhatAGroupReads(KernelShape shape) {
    for (boolean nonEmpty : new boolean[] {false, true}) {
      for (int d = 2; d <= DEPTH; d++) {
        IntArray table = batch.table(Relation.of(shape, 2, d, nonEmpty));
        Map<Long, Integer> rows = rows(d, nonEmpty);
        LongArray parents = batch.octree().nonEmptyKeys(d - 1);
        assertThat(table.getSize()).isEqualTo(shape.size() * parents.getSize());
        for (int g = 0; g < parents.getSize(); g++) {
          for (int k = 0; k < shape.size(); k++) {
            assertThat(table.get(shape.size() * g + k))
                .isEqualTo(at(rows, OctreeKeys.child(parents.get(g), 0), shape.offset(k), d, 1));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(KernelShape.class)
  void transposedTablesAreTransposes(KernelShape shape) {
    for (int stride = 1; stride <= 2; stride++) {
      for (boolean nonEmpty : new boolean[] {false, true}) {
        Relation forward = Relation.of(shape, stride, 4, nonEmpty);
        Relation transposed = forward.transpose();
        IntArray[] tables = {batch.table(forward), batch.table(transposed)};
        int entries = 0;
        for (int output = 0; output < batch.rows(forward.outputRows()); output++) {
          for (int k = 0; k < shape.size(); k++) {
            int input = entry(tables[0], forward, output, k);
            if (input >= 0) {
              entries++;
              assertThat(entry(tables[1], transposed, input, k)).isEqualTo(output);
            }
          }
        }
        int others = 0;
        for (int output = 0; output < batch.rows(transposed.outputRows()); output++) {
          for (int k = 0; k < shape.size(); k++) {
            others += entry(tables[1], transposed, output, k) >= 0 ? 1 : 0;
          }
        }
        assertThat(others).isEqualTo(entries).isPositive();
      }
    }
  }

  private static int entry(IntArray table, Relation relation, int row, int k) {
    int columns = table.getSize() / batch.rows(relation.outputRows());
    return table.get(columns * row + relation.column(k));
  }

  @Test
  void groupTableHoldsTheNeighboursOfSiblingZero() {
    for (int d = 1; d <= DEPTH; d++) {
      IntArray table = batch.siblingNeighbours(d);
      Map<Long, Integer> rows = rows(d, false);
      LongArray keys = batch.octree().keys(d);
      int edge = 1 << d;
      for (int g = 0; g < keys.getSize() / 8; g++) {
        long key = keys.get(8 * g);
        for (int entry = 0; entry < 64; entry++) {
          int x = OctreeKeys.x(key) + (entry >> 4) - 1;
          int y = OctreeKeys.y(key) + (entry >> 2 & 3) - 1;
          int z = OctreeKeys.z(key) + (entry & 3) - 1;
          boolean inside = x >= 0 && y >= 0 && z >= 0 && x < edge && y < edge && z < edge;
          long wanted = OctreeKeys.addBatch(OctreeKeys.encode(x, y, z), OctreeKeys.batch(key));
          assertThat(table.get(64 * g + entry))
              .isEqualTo(inside ? rows.getOrDefault(wanted, -1) : -1);
        }
      }
    }
  }

  @Test
  void loopKernelsEqualTheTables() {
    int d = 4;
    int rows = batch.rows(Rows.nonEmpty(d));
    int nodes = batch.rows(Rows.nodes(d));
    int groups = batch.rows(Rows.nonEmpty(d - 1));
    IntArray counts = IntArray.fromElements(rows, nodes, groups);
    IntArray parents = batch.table(Relation.of(KernelShape.K333, 1, d - 1, true));
    IntArray children = batch.children(d);
    IntArray inverse = batch.nonEmptyNodes(d);
    IntArray offsets = new IntArray(8);
    for (int k = 0; k < 8; k++) {
      offsets.set(k, KernelShape.K222.offset(k));
    }
    Relation stride2 = Relation.of(KernelShape.K222, 2, d, true);

    IntArray table = new IntArray(27 * rows);
    OctreeNeighbourKernels.nonEmpty(table, parents, children, inverse, counts, 0);
    assertSame(table, batch.table(Relation.of(KernelShape.K333, 1, d, true)));
    table = new IntArray(27 * nodes);
    OctreeNeighbourKernels.all(table, parents, counts, 1);
    assertSame(table, batch.table(Relation.of(KernelShape.K333, 1, d, false)));
    table = new IntArray(64 * groups);
    OctreeNeighbourKernels.group(table, parents, counts, 2);
    assertSame(table, batch.siblingNeighbours(d));
    table = new IntArray(8 * groups);
    OctreeNeighbourKernels.down(table, parents, children, offsets, counts, 2, 1);
    assertSame(table, batch.table(stride2));
    table = new IntArray(8 * rows);
    OctreeNeighbourKernels.upNonEmpty(table, parents, inverse, offsets, counts, 0);
    assertSame(table, batch.table(stride2.transpose()));
    table = new IntArray(8 * nodes);
    OctreeNeighbourKernels.upAll(table, parents, offsets, counts, 1);
    assertSame(table, batch.table(Relation.of(KernelShape.K222, 2, d, false).transpose()));

    Points points = RandomPoints.cloud(35, 200);
    int[] trees = new int[200];
    LongArray keys = batch.octree().nonEmptyKeys(d);
    IntArray sizes = IntArray.fromElements(200, keys.getSize());
    FloatArray xyz = FloatArray.fromArray(points.xyz());
    IntArray index = new IntArray(200);
    OctreeQueryKernels.nearest(index, xyz, IntArray.fromArray(trees), keys, sizes, 0, 1, d, 1);
    assertSame(index, batch.nearest(points.xyz(), trees, d, true));
    index = new IntArray(1600);
    FloatArray weights = new FloatArray(1600);
    OctreeQueryKernels.linear(
        index, weights, xyz, IntArray.fromArray(trees), keys, sizes, 0, 1, d, 1);
    LinearWeights expected = batch.linear(points.xyz(), trees, d, true);
    assertSame(index, expected.index());
    assertThat(weights.toHeapArray()).isEqualTo(expected.weights().toHeapArray());
  }

  @Test
  void loopKernelsLeaveRowsBehindTheCountAlone() {
    IntArray parents = batch.table(Relation.of(KernelShape.K333, 1, 3, true));
    IntArray table = new IntArray(27 * 16);
    table.init(-7);
    OctreeNeighbourKernels.all(table, parents, IntArray.fromElements(8), 0);
    assertThat(table.get(27 * 8 - 1)).isNotEqualTo(-7);
    for (int i = 27 * 8; i < table.getSize(); i++) {
      assertThat(table.get(i)).isEqualTo(-7);
    }
  }

  private static void assertSame(IntArray actual, IntArray expected) {
    assertThat(actual.toHeapArray()).isEqualTo(expected.toHeapArray());
  }

  @Test
  void threadsDoNotChangeATable() {
    for (int threads : new int[] {1, 4}) {
      try (Workers team = new Workers(threads)) {
        OctreeBatch other = batch(team);
        for (int d = 2; d <= DEPTH; d++) {
          for (Relation relation :
              List.of(
                  Relation.of(KernelShape.K333, 1, d, true),
                  Relation.of(KernelShape.K333, 1, d, false),
                  Relation.of(KernelShape.K222, 2, d, true).transpose())) {
            assertSame(other.table(relation), batch.table(relation));
          }
        }
        assertThat(other.feature().toHeapArray()).isEqualTo(batch.feature().toHeapArray());
      }
    }
  }

  @Test
  void countsAndInverses() {
    assertThat(batch.batchSize()).isEqualTo(3);
    assertThat(batch.rows(Rows.batch())).isEqualTo(3);
    assertThat(batch.rows(Rows.nodes(0))).isEqualTo(3);
    assertThat(batch.rows(Rows.fixed(9))).isEqualTo(9);
    assertThatThrownBy(() -> batch.rows(Rows.points()))
        .isInstanceOf(IllegalArgumentException.class);
    for (int d = 0; d <= DEPTH; d++) {
      IntArray nodes = batch.nonEmptyNodes(d);
      assertThat(nodes.getSize()).isEqualTo(batch.rows(Rows.nonEmpty(d)));
      for (int i = 0; i < nodes.getSize(); i++) {
        assertThat(batch.children(d).get(nodes.get(i))).isEqualTo(i);
      }
    }
    assertThat(batch.feature().getSize())
        .isEqualTo(batch.channels() * batch.rows(Rows.nonEmpty(DEPTH)));
    assertThat(batch.nodeFeature().getSize())
        .isEqualTo(batch.channels() * batch.rows(Rows.nodes(DEPTH)));
    assertThat(batch.labels().getSize()).isEqualTo(batch.rows(Rows.nonEmpty(DEPTH)));
    Relation relation = Relation.of(KernelShape.K111, 1, 3, true);
    batch.prepare(List.of(relation));
    assertThat(batch.table(relation)).isSameAs(batch.table(relation.table()));
    assertThatThrownBy(() -> batch.table(Relation.of(KernelShape.K333, 1, DEPTH + 1, true)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void everyPointFindsItsVoxel() {
    Points points = RandomPoints.cloud(32, 300);
    int[] trees = new int[300];
    Arrays.fill(trees, 1);
    IntArray rows = batch.nearest(points.xyz(), trees, DEPTH, true);
    IntArray nodes = batch.nearest(points.xyz(), trees, DEPTH, false);
    for (int i = 0; i < 300; i++) {
      assertThat(nodes.get(i)).isEqualTo(batch.nonEmptyNodes(DEPTH).get(rows.get(i)));
      long key = batch.octree().nonEmptyKeys(DEPTH).get(rows.get(i));
      assertThat(OctreeKeys.batch(key)).isEqualTo(1);
      assertThat(OctreeKeys.x(key))
          .isEqualTo((int) ((points.xyz()[3 * i] + 1.0) * (1 << DEPTH) / 2));
    }
    assertThat(batch.nearest(new float[] {0, 0, 0}, new int[] {2}, 0, false).get(0)).isEqualTo(2);
  }

  @Test
  void pointsOutsideFindNothing() {
    float[] xyz = {1, 0, 0, Float.NaN, 0, 0, 0, -1.01f, 0, 0.99f, 0.99f, 0.99f, 0, 0, 0};
    int[] trees = {0, 0, 0, 0, 9};
    assertThat(batch.nearest(xyz, trees, DEPTH, true).toHeapArray())
        .containsExactly(-1, -1, -1, -1, -1);
    LinearWeights linear = batch.linear(xyz, trees, DEPTH, true);
    assertThat(linear.index().toHeapArray()).containsOnly(-1);
    assertThat(linear.weights().toHeapArray()).containsOnly(0f);
    assertThatThrownBy(() -> batch.nearest(new float[4], new int[1], 3, true))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void linearInterpolationReproducesLinearFunctions() {
    float[] xyz = RandomPoints.bare(36, 500).xyz();
    int[] trees = new int[500];
    LinearWeights linear = batch.linear(xyz, trees, 2, false);
    LongArray keys = batch.octree().keys(2);
    for (int i = 0; i < 500; i++) {
      float[] point = {xyz[3 * i], xyz[3 * i + 1], xyz[3 * i + 2]};
      float sum = 0;
      float mean = 0;
      boolean surrounded = true;
      for (int corner = 8 * i; corner < 8 * i + 8; corner++) {
        int node = linear.index().get(corner);
        surrounded &= node >= 0;
        sum += linear.weights().get(corner);
        if (node >= 0) {
          long key = keys.get(node);
          float x = (OctreeKeys.x(key) + 0.5f) / 2 - 1;
          float y = (OctreeKeys.y(key) + 0.5f) / 2 - 1;
          float z = (OctreeKeys.z(key) + 0.5f) / 2 - 1;
          mean += linear.weights().get(corner) * (x - 2 * y + 3 * z);
        }
      }
      assertThat(sum).isBetween(0.99999f, 1.00001f);
      boolean inner = true;
      for (float p : point) {
        inner &= Math.abs(p) < 0.75f;
      }
      assertThat(surrounded).isEqualTo(inner);
      if (inner) {
        assertThat(mean).isBetween(value(point) - 1e-5f, value(point) + 1e-5f);
      }
    }
  }

  private static float value(float[] point) {
    return point[0] - 2 * point[1] + 3 * point[2];
  }

  @Test
  void differentOctreesAreNotMerged() {
    Octree first = OctreeBuilder.build(RandomPoints.bare(1, 9), OctreeOptions.of(4, 2), workers);
    Octree deeper = OctreeBuilder.build(RandomPoints.bare(1, 9), OctreeOptions.of(5, 2), workers);
    Octree richer = OctreeBuilder.build(RandomPoints.cloud(1, 9), OctreeOptions.of(4, 2), workers);
    assertThatThrownBy(() -> OctreeBatch.merge(List.of(first, deeper), workers))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("octree 1");
    assertThatThrownBy(() -> OctreeBatch.merge(List.of(first, richer), workers))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("6 feature channels");
    assertThatThrownBy(() -> OctreeBatch.merge(List.of(), workers))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
