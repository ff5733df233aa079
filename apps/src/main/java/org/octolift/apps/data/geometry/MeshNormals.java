package org.octolift.apps.data.geometry;

import org.octolift.apps.data.PlyMesh;

/// Vertex normals of a triangle mesh: the sum of the adjacent faces' normals weighted by their
/// areas. In float, operation by operation as the reference computes them, so that prepared scans
/// agree with its files.
public final class MeshNormals {
  private static final float EPSILON = 1e-8f;

  private MeshNormals() {}

  /// The normals of the vertices, (N, 3); (0, 0, 0) for vertices without a face. A vertex that is
  /// repeated inside a face counts once there.
  public static float[] of(PlyMesh mesh) {
    float[] xyz = mesh.vertices().xyz();
    int[] triangles = mesh.triangles();
    float[] normals = new float[xyz.length];
    float[] face = new float[3];
    for (int f = 0; f < triangles.length; f += 3) {
      int a = triangles[f];
      int b = triangles[f + 1];
      int c = triangles[f + 2];
      weightedNormal(xyz, 3 * a, 3 * b, 3 * c, face);
      add(normals, a, face);
      if (b != a) {
        add(normals, b, face);
      }
      if (c != a && c != b) {
        add(normals, c, face);
      }
    }
    for (int i = 0; i < normals.length; i += 3) {
      float length = length(normals[i], normals[i + 1], normals[i + 2]);
      for (int c = i; c < i + 3; c++) {
        normals[c] /= length;
      }
    }
    return normals;
  }

  private static void weightedNormal(float[] xyz, int a, int b, int c, float[] face) {
    float ux = xyz[b] - xyz[a];
    float uy = xyz[b + 1] - xyz[a + 1];
    float uz = xyz[b + 2] - xyz[a + 2];
    float vx = xyz[c] - xyz[a];
    float vy = xyz[c + 1] - xyz[a + 1];
    float vz = xyz[c + 2] - xyz[a + 2];
    float x = uy * vz - uz * vy;
    float y = uz * vx - ux * vz;
    float z = ux * vy - uy * vx;
    float length = length(x, y, z);
    float area = length * 0.5f;
    face[0] = x / length * area;
    face[1] = y / length * area;
    face[2] = z / length * area;
  }

  private static float length(float x, float y, float z) {
    return (float) Math.sqrt(x * x + y * y + z * z) + EPSILON;
  }

  private static void add(float[] normals, int vertex, float[] face) {
    for (int c = 0; c < 3; c++) {
      normals[3 * vertex + c] += face[c];
    }
  }
}
