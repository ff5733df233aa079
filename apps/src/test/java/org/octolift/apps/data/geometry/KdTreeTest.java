package org.octolift.apps.data.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KdTreeTest {
  private record Found(int row, double squaredDistance) {}

  /// Random points; every other seed on a coarse grid, so that many distances are equal and many
  /// points coincide.
  static float[] points(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] points = new float[3 * count];
    for (int i = 0; i < points.length; i++) {
      points[i] = seed % 2 == 0 ? (float) random.nextDouble(-1, 1) : random.nextInt(-6, 7) * 0.125f;
    }
    return points;
  }

  private static List<Found> bruteForce(
      float[] points, double x, double y, double z, double radius, int limit) {
    List<Found> found = new ArrayList<>();
    for (int i = 0; i < points.length / 3; i++) {
      double dx = points[3 * i] - x;
      double dy = points[3 * i + 1] - y;
      double dz = points[3 * i + 2] - z;
      double squared = dx * dx + dy * dy + dz * dz;
      if (squared < radius * radius) {
        found.add(new Found(i, squared));
      }
    }
    found.sort(Comparator.comparingDouble(Found::squaredDistance).thenComparingInt(Found::row));
    return found.subList(0, Math.min(limit, found.size()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7, 10, 11, 255, 1021, 3000})
  void findsWhatBruteForceFinds(int count) {
    for (long seed = 0; seed < 4; seed++) {
      float[] points = points(seed, count);
      KdTree tree = new KdTree(points);
      assertThat(tree.size()).isEqualTo(count);
      SplittableRandom random = new SplittableRandom(seed + 100);
      for (int query = 0; query < 60; query++) {
        double x = random.nextInt(-8, 9) * 0.125;
        double y = seed % 2 == 0 ? random.nextDouble(-1.5, 1.5) : random.nextInt(-8, 9) * 0.125;
        double z = random.nextInt(-8, 9) * 0.125;
        double radius = random.nextDouble(0.01, query % 2 == 0 ? 0.4 : 4);
        int limit = 1 + random.nextInt(40);
        Neighbours neighbours = new Neighbours(limit);
        tree.search(x, y, z, radius, neighbours);
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < neighbours.size(); i++) {
          found.add(new Found(neighbours.row(i), neighbours.squaredDistance(i)));
        }
        assertThat(found)
            .containsExactlyInAnyOrderElementsOf(bruteForce(points, x, y, z, radius, limit));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 10, 11, 255, 1021, 3000})
  void leafByLeafTheSameIsFound(int count) {
    for (long seed = 0; seed < 6; seed++) {
      KdTree tree = new KdTree(points(seed, count));
      SplittableRandom random = new SplittableRandom(seed + 100);
      double radius = random.nextDouble(0.05, seed < 3 ? 0.4 : 4);
      int limit = 1 + random.nextInt(40);
      Neighbours one = new Neighbours(limit);
      NearestInLeaves leaf = new NearestInLeaves(tree, radius, limit);
      int slot = 0;
      while (slot < count) {
        int end = tree.leafEnd(slot);
        leaf.start(slot, end);
        for (; slot < end; slot++) {
          double x = tree.coordinate(slot, 0);
          double y = tree.coordinate(slot, 1);
          double z = tree.coordinate(slot, 2);
          tree.search(x, y, z, radius, one);
          leaf.search(slot);
          Set<Integer> expected = new HashSet<>();
          for (int i = 0; i < one.size(); i++) {
            expected.add(one.row(i));
          }
          Set<Integer> found = new HashSet<>();
          for (int i = 0; i < leaf.size(); i++) {
            found.add(leaf.row(i));
          }
          assertThat(leaf.size()).isEqualTo(one.size());
          assertThat(found).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void theRadiusIsExclusive() {
    KdTree tree = new KdTree(new float[] {0, 0, 0, 0.5f, 0, 0, 0.25f, 0, 0});
    Neighbours found = new Neighbours(5);
    tree.search(0, 0, 0, 0.5, found);
    assertThat(found.size()).isEqualTo(2);
  }

  @Test
  void manyEqualPointsAreNoProblem() {
    KdTree tree = new KdTree(new float[3 * 50_000]);
    Neighbours found = new Neighbours(30);
    tree.search(0, 0, 0, 0.1, found);
    assertThat(found.size()).isEqualTo(30);
    for (int i = 0; i < 30; i++) {
      assertThat(found.row(i)).isLessThan(30);
    }
  }

  @Test
  void refusesBadPoints() {
    assertThatThrownBy(() -> new KdTree(new float[] {0, 0, 0, 1, Float.NaN, 0}))
        .hasMessageContaining("point 1 is not finite");
    assertThatThrownBy(() -> new KdTree(new float[4])).hasMessageContaining("3 floats a point");
  }
}
