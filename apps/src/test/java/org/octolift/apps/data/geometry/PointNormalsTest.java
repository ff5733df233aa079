package org.octolift.apps.data.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.octolift.engine.cpu.Workers;

class PointNormalsTest {
  @Test
  void aPlaneHasItsNormal() {
    double[] normal = {2 / 7.0, -6 / 7.0, 3 / 7.0};
    double[] u = {6 / 7.0, 3 / 7.0, 2 / 7.0};
    double[] v = {3 / 7.0, -2 / 7.0, -6 / 7.0};
    SplittableRandom random = new SplittableRandom(1);
    float[] xyz = new float[3 * 5000];
    for (int i = 0; i < 5000; i++) {
      double a = random.nextDouble(-1, 1);
      double b = random.nextDouble(-1, 1);
      for (int c = 0; c < 3; c++) {
        xyz[3 * i + c] = (float) (a * u[c] + b * v[c] + 3 * normal[c]);
      }
    }
    try (Workers workers = new Workers(2)) {
      float[] normals = PointNormals.of(xyz, workers);
      for (int i = 0; i < 15_000; i++) {
        // The largest component is made positive.
        assertThat((double) normals[i]).isCloseTo(-normal[i % 3], within(1e-4));
      }
      double[] above = {30 * normal[0], 30 * normal[1], 30 * normal[2]};
      PointNormals.orientInPlace(xyz, normals, above);
      for (int i = 0; i < 15_000; i++) {
        assertThat((double) normals[i]).isCloseTo(normal[i % 3], within(1e-4));
      }
    }
  }

  @Test
  void agreesWithACovarianceByBruteForce() {
    float[] xyz = KdTreeTest.points(2, 600);
    SymmetricEigen eigen = new SymmetricEigen();
    try (Workers workers = new Workers(1)) {
      float[] normals = PointNormals.of(xyz, 0.3, 20, workers);
      for (int i = 0; i < 600; i++) {
        int centre = 3 * i;
        Integer[] order = new Integer[600];
        double[] squared = new double[600];
        for (int j = 0; j < 600; j++) {
          order[j] = j;
          for (int c = 0; c < 3; c++) {
            squared[j] += Math.pow((double) xyz[3 * j + c] - xyz[centre + c], 2);
          }
        }
        Arrays.sort(order, Comparator.comparingDouble(j -> squared[j]));
        int count = 0;
        while (count < 20 && squared[order[count]] < 0.3 * 0.3) {
          count++;
        }
        if (count < 3) {
          assertThat(normals[centre + 2]).isEqualTo(1);
          continue;
        }
        double[] m = new double[9];
        double[] mean = new double[3];
        for (int j = 0; j < count; j++) {
          for (int c = 0; c < 3; c++) {
            mean[c] += xyz[3 * order[j] + c] / (double) count;
          }
        }
        for (int j = 0; j < count; j++) {
          for (int e = 0; e < 9; e++) {
            m[e] +=
                (xyz[3 * order[j] + e / 3] - mean[e / 3])
                    * (xyz[3 * order[j] + e % 3] - mean[e % 3]);
          }
        }
        eigen.smallest(m[0], m[1], m[2], m[4], m[5], m[8]);
        double dot = 0;
        for (int c = 0; c < 3; c++) {
          dot += eigen.vector[c] * normals[centre + c];
        }
        assertThat(Math.abs(dot)).isCloseTo(1, within(1e-6));
      }
    }
  }

  @Test
  void eigenvectorsSatisfyTheirEquation() {
    SplittableRandom random = new SplittableRandom(4);
    SymmetricEigen eigen = new SymmetricEigen();
    for (int round = 0; round < 2000; round++) {
      double scale = Math.pow(10, random.nextInt(-9, 4));
      double[] g = new double[9];
      for (int i = 0; i < 9; i++) {
        // Rank 1 to 3.
        g[i] = i / 3 <= round % 3 ? random.nextDouble(-1, 1) * scale : 0;
      }
      double[] m = new double[9];
      double trace = 0;
      for (int i = 0; i < 9; i++) {
        for (int k = 0; k < 3; k++) {
          m[i] += g[3 * k + i / 3] * g[3 * k + i % 3];
        }
        trace += i % 4 == 0 ? m[i] : 0;
      }
      eigen.smallest(m[0], m[1], m[2], m[4], m[5], m[8]);
      double[] v = eigen.vector;
      double quotient = 0;
      double[] mv = new double[3];
      for (int i = 0; i < 9; i++) {
        mv[i / 3] += m[i] * v[i % 3];
        quotient += m[i] * v[i / 3] * v[i % 3];
      }
      for (int c = 0; c < 3; c++) {
        assertThat(mv[c] - quotient * v[c]).isCloseTo(0, within(1e-13 * trace));
      }
      // No direction is thinner.
      for (int k = 0; k < 20; k++) {
        double[] d = {random.nextDouble(-1, 1), random.nextDouble(-1, 1), random.nextDouble(-1, 1)};
        double norm = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
        double other = 0;
        for (int i = 0; i < 9; i++) {
          other += m[i] * d[i / 3] * d[i % 3] / norm;
        }
        assertThat(quotient).isLessThanOrEqualTo(other + 1e-13 * trace);
      }
    }
  }

  @Test
  void fewOrCoincidingNeighboursGiveTheConvention() {
    float[] xyz = {0, 0, 0, 0.01f, 0, 0, 5, 5, 5, 9, 9, 9, 9, 9, 9, 9, 9, 9};
    try (Workers workers = new Workers(1)) {
      float[] normals = PointNormals.of(xyz, workers);
      for (int i = 0; i < 6; i++) {
        assertThat(normals[3 * i]).isZero();
        assertThat(normals[3 * i + 1]).isZero();
        assertThat(normals[3 * i + 2]).isEqualTo(1);
      }
    }
  }

  @Test
  void threadsDoNotChangeTheResult() {
    float[] xyz = KdTreeTest.points(1, 9000);
    try (Workers one = new Workers(1);
        Workers three = new Workers(3)) {
      assertThat(PointNormals.of(xyz, three)).isEqualTo(PointNormals.of(xyz, one));
    }
  }
}
