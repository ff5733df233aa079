package org.octolift.engine.octree;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// The smallest ball around points: Welzl's move-to-front recursion over the few points met so far,
/// and Gärtner's pivot, the point farthest outside, to feed it (E. Welzl 1991, B. Gärtner 1999).
final class SmallestBall {
  private static final double TOLERANCE = 1e-12;
  private static final int MAX_BOUNDARY = 4;

  /// @param centre centre
  /// @param squared squared radius
  private record Ball(double[] centre, double squared) {
    boolean holds(double[] point) {
      return distance(centre, point) <= squared * (1 + TOLERANCE);
    }
  }

  private final float[] xyz;
  private final List<double[]> met = new ArrayList<>();

  SmallestBall(float[] xyz) {
    this.xyz = xyz;
  }

  BoundingBall solve() {
    Ball ball = new Ball(point(0), 0);
    met.add(ball.centre);
    while (true) {
      double[] pivot = farthest(ball.centre);
      if (ball.holds(pivot)) {
        break;
      }
      Deque<double[]> boundary = new ArrayDeque<>();
      boundary.push(pivot);
      Ball grown = enclose(met.size(), boundary);
      met.addFirst(pivot);
      if (grown.squared <= ball.squared) {
        break;
      }
      ball = grown;
    }
    double radius = Math.sqrt(distance(ball.centre, farthest(ball.centre)));
    return new BoundingBall(
        (float) ball.centre[0],
        (float) ball.centre[1],
        (float) ball.centre[2],
        (float) (radius + BoundingBall.MARGIN));
  }

  /// The smallest ball around the first {@code count} points met with {@code boundary} on it.
  private Ball enclose(int count, Deque<double[]> boundary) {
    Ball ball = through(List.copyOf(boundary));
    if (boundary.size() == MAX_BOUNDARY) {
      return ball;
    }
    for (int i = 0; i < count; i++) {
      double[] point = met.get(i);
      if (ball.holds(point)) {
        continue;
      }
      boundary.push(point);
      if (through(List.copyOf(boundary)) != null) {
        ball = enclose(i, boundary);
        met.remove(i);
        met.addFirst(point);
      }
      boundary.pop();
    }
    return ball;
  }

  /// The smallest ball through 1 to 4 points, or null if they do not span a simplex: the centre is
  /// `p0 + Σ λi qi` with `qi = pi - p0` and `2 Σj (qi · qj) λj = qi · qi`.
  private static Ball through(List<double[]> points) {
    double[] origin = points.getFirst();
    int n = points.size() - 1;
    double[][] system = new double[n][n + 1];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        system[i][j] = 2 * dot(points.get(i + 1), points.get(j + 1), origin);
      }
      system[i][n] = dot(points.get(i + 1), points.get(i + 1), origin);
    }
    for (int pivot = 0; pivot < n; pivot++) {
      if (!(system[pivot][pivot] > TOLERANCE * system[0][0])) {
        return null;
      }
      for (int i = 0; i < n; i++) {
        double factor = i == pivot ? 0 : system[i][pivot] / system[pivot][pivot];
        for (int j = pivot; j <= n; j++) {
          system[i][j] -= factor * system[pivot][j];
        }
      }
    }
    double[] centre = origin.clone();
    for (int i = 0; i < n; i++) {
      double lambda = system[i][n] / system[i][i];
      for (int c = 0; c < 3; c++) {
        centre[c] += lambda * (points.get(i + 1)[c] - origin[c]);
      }
    }
    return new Ball(centre, distance(centre, origin));
  }

  private double[] farthest(double[] centre) {
    int best = 0;
    double most = -1;
    for (int i = 0; i < xyz.length; i += 3) {
      double dx = xyz[i] - centre[0];
      double dy = xyz[i + 1] - centre[1];
      double dz = xyz[i + 2] - centre[2];
      double squared = dx * dx + dy * dy + dz * dz;
      if (squared > most) {
        most = squared;
        best = i / 3;
      }
    }
    return point(best);
  }

  private double[] point(int i) {
    return new double[] {xyz[3 * i], xyz[3 * i + 1], xyz[3 * i + 2]};
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int c = 0; c < 3; c++) {
      sum += (a[c] - b[c]) * (a[c] - b[c]);
    }
    return sum;
  }

  private static double dot(double[] a, double[] b, double[] origin) {
    double sum = 0;
    for (int c = 0; c < 3; c++) {
      sum += (a[c] - origin[c]) * (b[c] - origin[c]);
    }
    return sum;
  }
}
