package org.octolift.engine.octree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;
import org.octolift.kernels.OctreeKeys;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

class OctreeBuilderTest {
  private static Workers one;
  private static Workers two;
  private static Workers four;

  @BeforeAll
  static void start() {
    one = new Workers(1);
    two = new Workers(2);
    four = new Workers(4);
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    four.close();
  }

  /// Three points in two voxels of depth 3: (0, 0, 0) twice, and (7, 4, 0), which share no node
  /// below the root.
  @Test
  void smallOctreeWrittenByHand() {
    Points points =
        new Points(
            new float[] {0.9f, 0.1f, -0.9f, -0.99f, -0.9f, -0.8f, -0.9f, -0.9f, -0.9f},
            new float[] {0, 0, 1, 1, 0, 0, 0, 1, 0},
            new float[] {5, 1, 2},
            new float[] {2, 4, 3});
    Octree octree = OctreeBuilder.build(points, OctreeOptions.of(3, 1), one);

    assertThat(octree.keys(0).toHeapArray()).containsExactly(0);
    assertThat(octree.children(0).toHeapArray()).containsExactly(0);
    assertThat(octree.keys(1).toHeapArray()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(octree.children(1).toHeapArray()).containsExactly(0, -1, -1, -1, -1, -1, 1, -1);
    assertThat(octree.keys(2).toHeapArray())
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 48, 49, 50, 51, 52, 53, 54, 55);
    assertThat(octree.children(2).toHeapArray())
        .containsExactly(0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, -1, -1, -1);
    assertThat(octree.keys(3).toHeapArray())
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 416, 417, 418, 419, 420, 421, 422, 423);
    assertThat(octree.children(3).toHeapArray())
        .containsExactly(0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, -1, -1, -1);
    assertThat(octree.nonEmptyKeys(3).toHeapArray()).containsExactly(0, 420);
    assertThat(octree.channels()).isEqualTo(4);
    float half = 1 / (float) Math.sqrt(2);
    assertThat(octree.nonEmptyFeature(3).toHeapArray())
        .containsExactly(half, half, 0, 1.5f, 0, 0, 1, 5);
    assertThat(octree.nonEmptyLabels(3).toHeapArray()).containsExactly(3, 2);
    assertThat(octree.labels(3).toHeapArray())
        .containsExactly(3, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 2, -1, -1, -1);
    assertThat(octree.feature(3).slice(48, 4).toHeapArray()).containsExactly(0, 0, 1, 5);
  }

  /// Against sets of coordinates, without keys or sorting.
  @Property(tries = 60)
  void nodesAreTheVoxelsOfThePoints(
      @ForAll @IntRange(min = 1, max = 10) int depth,
      @ForAll @IntRange(min = 1, max = 5) int full,
      @ForAll @IntRange(min = 1, max = 400) int size,
      @ForAll long seed) {
    int fullDepth = Math.min(full, depth);
    Points points = RandomPoints.bare(seed, size);
    Octree octree;
    try (Workers workers = new Workers(1)) {
      octree = OctreeBuilder.build(points, OctreeOptions.of(depth, fullDepth), workers);
    }
    for (int d = 0; d <= depth; d++) {
      TreeSet<Long> expected = new TreeSet<>();
      for (int i = 0; i < size; i++) {
        expected.add(
            OctreeKeys.encode(
                voxel(points.xyz()[3 * i], d),
                voxel(points.xyz()[3 * i + 1], d),
                voxel(points.xyz()[3 * i + 2], d)));
      }
      long[] keys = octree.nonEmptyKeys(d).toHeapArray();
      if (d >= fullDepth) {
        assertThat(keys).containsExactly(expected.stream().mapToLong(Long::longValue).toArray());
      } else {
        assertThat(keys).hasSize(1 << (3 * d));
      }
      assertNumbering(octree, d);
    }
  }

  /// The sum is rounded to single precision, as in the original.
  private static int voxel(float coordinate, int depth) {
    return (int) Math.floor((coordinate + 1f) * (double) (1 << depth) / 2);
  }

  /// Children number the non-empty nodes in order, and the keys of all nodes are the parents'.
  private static void assertNumbering(Octree octree, int d) {
    LongArray keys = octree.keys(d);
    int next = 0;
    for (int i = 0; i < octree.nodes(d); i++) {
      int child = octree.children(d).get(i);
      if (child >= 0) {
        assertThat(child).isEqualTo(next++);
        assertThat(octree.nonEmptyKeys(d).get(child)).isEqualTo(keys.get(i));
      }
      if (i > 0) {
        assertThat(keys.get(i)).isGreaterThan(keys.get(i - 1));
      }
      if (d > 0) {
        assertThat(OctreeKeys.parent(keys.get(i))).isEqualTo(octree.nonEmptyKeys(d - 1).get(i / 8));
      }
    }
    assertThat(next).isEqualTo(octree.nonEmpty(d));
  }

  @Property(tries = 1000)
  void keysAndCoordinatesAreInverse(
      @ForAll @IntRange(min = 0, max = 65535) int x,
      @ForAll @IntRange(min = 0, max = 65535) int y,
      @ForAll @IntRange(min = 0, max = 65535) int z,
      @ForAll @IntRange(min = 0, max = 32767) int batch) {
    long key = OctreeKeys.addBatch(OctreeKeys.encode(x, y, z), batch);
    assertThat(OctreeKeys.x(key)).isEqualTo(x);
    assertThat(OctreeKeys.y(key)).isEqualTo(y);
    assertThat(OctreeKeys.z(key)).isEqualTo(z);
    assertThat(OctreeKeys.batch(key)).isEqualTo(batch);
    long packed = OctreeKeys.toPacked(key);
    assertThat(packed).isEqualTo(x | (long) y << 16 | (long) z << 32 | (long) batch << 48);
    assertThat(OctreeKeys.fromPacked(packed, 16)).isEqualTo(key);
    assertThat(OctreeKeys.fromPacked(packed, 3))
        .isEqualTo(OctreeKeys.addBatch(OctreeKeys.encode(x & 7, y & 7, z & 7), batch));
    long parent = OctreeKeys.parent(key);
    assertThat(parent)
        .isEqualTo(OctreeKeys.addBatch(OctreeKeys.encode(x / 2, y / 2, z / 2), batch));
    assertThat(OctreeKeys.child(parent, (int) (key & 7))).isEqualTo(key);
  }

  @Test
  void structureDoesNotDependOnTheOrderOfPoints() {
    Points points = RandomPoints.cloud(21, 5000);
    int[] permutation = new int[5000];
    Arrays.setAll(permutation, i -> i);
    SplittableRandom random = new SplittableRandom(23);
    for (int i = permutation.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swap = permutation[i];
      permutation[i] = permutation[j];
      permutation[j] = swap;
    }
    float[] xyz = new float[points.xyz().length];
    float[] labels = new float[points.size()];
    for (int i = 0; i < permutation.length; i++) {
      System.arraycopy(points.xyz(), 3 * permutation[i], xyz, 3 * i, 3);
      labels[i] = points.labels()[permutation[i]];
    }
    OctreeOptions options = OctreeOptions.of(6, 2);
    Octree first =
        OctreeBuilder.build(new Points(points.xyz(), null, null, points.labels()), options, two);
    Octree second = OctreeBuilder.build(new Points(xyz, null, null, labels), options, two);
    for (int d = 0; d <= 6; d++) {
      assertThat(second.keys(d).toHeapArray()).isEqualTo(first.keys(d).toHeapArray());
      assertThat(second.children(d).toHeapArray()).isEqualTo(first.children(d).toHeapArray());
    }
    assertThat(second.nonEmptyLabels(6).toHeapArray())
        .isEqualTo(first.nonEmptyLabels(6).toHeapArray());
  }

  @Test
  void threadsDoNotChangeABit() {
    Points points = RandomPoints.cloud(24, 100_000);
    for (OctreeOptions options :
        List.of(
            OctreeOptions.reference(),
            OctreeOptions.of(6, 2).withNodeDisplacement(true).withSignals(true, true, true),
            OctreeOptions.of(6, 2).withNodeDisplacement(true).withAdaptive(4, 2f, 0.1f))) {
      byte[] expected = new OctreeWriter(OctreeBuilder.build(points, options, one), null).bytes();
      for (Workers workers : List.of(two, four)) {
        Octree octree = OctreeBuilder.build(points, options, workers);
        assertThat(Arrays.equals(new OctreeWriter(octree, null).bytes(), expected)).isTrue();
      }
    }
  }

  @Test
  void sortIsStableForAnyNumberOfThreads() {
    SplittableRandom random = new SplittableRandom(25);
    for (int bits : new int[] {3, 11, 12, 27, 48}) {
      long[] keys = random.longs(70_000, 0, bits == 3 ? 8 : 1L << bits).toArray();
      long[] expected = keys.clone();
      Arrays.sort(expected);
      for (Workers workers : List.of(one, two, four)) {
        KeySort sorted = KeySort.sort(keys.clone(), bits, workers);
        assertThat(Arrays.equals(sorted.keys, expected)).isTrue();
        for (int i = 0; i < keys.length; i++) {
          assertThat(keys[sorted.order[i]]).isEqualTo(sorted.keys[i]);
          boolean rising =
              i == 0
                  || sorted.keys[i] > sorted.keys[i - 1]
                  || sorted.order[i] > sorted.order[i - 1];
          assertThat(rising).isTrue();
        }
      }
    }
  }

  @Test
  void labelsAreVotes() {
    assertThat(LeafSignals.majority(new int[] {3, 1, 3, 1, 2}, 5)).isEqualTo(1);
    assertThat(LeafSignals.majority(new int[] {3, 1, 3}, 3)).isEqualTo(3);
    assertThat(LeafSignals.majority(new int[] {0, 9}, 1)).isZero();
    assertThat(LeafSignals.majority(new int[] {7}, 0)).isEqualTo(-1);
    float[] xyz = new float[3 * 5];
    Points points = new Points(xyz, null, null, new float[] {-1, -1, -1, 0, 4});
    Octree octree = OctreeBuilder.build(points, OctreeOptions.of(2, 1), one);
    assertThat(octree.nonEmptyLabels(2).toHeapArray()).containsExactly(0);
  }

  @Test
  void opposedNormalsFallBackToTheFirst() {
    Points points = new Points(new float[6], new float[] {0, 0.5f, 0, 0, -0.5f, 0}, null, null);
    Octree octree = OctreeBuilder.build(points, OctreeOptions.of(2, 1), one);
    assertThat(octree.nonEmptyFeature(2).toHeapArray()).containsExactly(0, 1, 0);
  }

  @Test
  void meanPointsAreSaved() {
    Points points = new Points(new float[] {0, 0, 0, 0.25f, 0.125f, 0}, null, null, null);
    OctreeOptions options = OctreeOptions.of(2, 1).withSignals(true, false, true);
    Octree octree = OctreeBuilder.build(points, options, one);
    assertThat(octree.nonEmptyFeature(2).toHeapArray()).containsExactly(2.25f, 2.125f, 2);
    assertThat(octree.nonEmptyFeature(1).slice(0, 3).toHeapArray())
        .containsExactly(1.125f, 1.0625f, 1);
  }

  @Test
  void adaptiveOctreeEndsEarlyOnAPlaneAndKeepsOneNodeADepth() {
    int edge = 64;
    float[] xyz = new float[3 * edge * edge];
    float[] normals = new float[xyz.length];
    for (int i = 0; i < edge * edge; i++) {
      int row = i / edge;
      xyz[3 * i] = (row + 0.5f) / edge * 2 - 1;
      xyz[3 * i + 1] = (i % edge + 0.5f) / edge * 2 - 1;
      xyz[3 * i + 2] = 0.015f;
      normals[3 * i + 2] = 1;
    }
    OctreeOptions options =
        OctreeOptions.of(6, 2)
            .withNodeDisplacement(true)
            .withSignals(false, true, false)
            .withAdaptive(3, 2f, 0.1f);
    Octree octree = OctreeBuilder.build(new Points(xyz, normals, null, null), options, two);
    assertThat(octree.nodes(3)).isEqualTo(8 * 16);
    assertThat(octree.nonEmpty(3)).isEqualTo(1);
    assertThat(octree.nonEmpty(5)).isEqualTo(1);
    assertThat(octree.nodes(6)).isEqualTo(8);
    assertThat(octree.nonEmpty(6)).isEqualTo(4);
    Map<Integer, Integer> splits = new HashMap<>();
    for (int split : octree.splits(3).toHeapArray()) {
      splits.merge(split, 1, Integer::sum);
    }
    assertThat(splits).containsOnly(Map.entry(0, 64), Map.entry(1, 1), Map.entry(2, 63));
  }

  @Test
  void pointsThatDoNotFitAreNamed() {
    for (float bad : new float[] {1, -1.001f, Float.NaN, Float.POSITIVE_INFINITY}) {
      Points points = RandomPoints.bare(26, 50_000);
      points.xyz()[3 * 40_000 + 1] = bad;
      points.xyz()[3 * 45_000] = bad;
      assertThatThrownBy(() -> OctreeBuilder.build(points, OctreeOptions.reference(), two))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("point 40000 of 50000");
    }
    Points points = RandomPoints.cloud(27, 10);
    points.normals()[4] = Float.NaN;
    assertThatThrownBy(() -> OctreeBuilder.build(points, OctreeOptions.reference(), one))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("normals or features");
  }

  @Test
  void optionsOutOfRangeAreNamed() {
    OctreeOptions good = OctreeOptions.reference();
    assertThatThrownBy(() -> good.withDepth(17, 2))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("depth must be 1..16, is 17");
    assertThatThrownBy(() -> good.withDepth(5, 6)).hasMessageContaining("full_depth");
    assertThatThrownBy(() -> good.withDepth(12, 10)).hasMessageContaining("full_depth");
    assertThatThrownBy(() -> good.withAdaptive(1, 2, 0.1f)).hasMessageContaining("adaptive_depth");
    assertThatThrownBy(() -> good.withAdaptive(4, Float.NaN, 0.1f))
        .hasMessageContaining("threshold_distance");
    assertThatThrownBy(() -> good.withKeyAsXyz(true)).hasMessageContaining("key2xyz");
    OctreeOptions extrapolating =
        new OctreeOptions(5, 2, true, true, false, false, 4, 2, 1, true, false, false);
    assertThatThrownBy(() -> OctreeBuilder.build(RandomPoints.bare(1, 1), extrapolating, one))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("extrapolate");
  }
}
