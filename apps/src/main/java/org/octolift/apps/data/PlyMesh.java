package org.octolift.apps.data;

import java.util.Objects;

/// A triangle mesh. Nobody writes to the arrays after construction.
///
/// @param vertices the vertices with all their properties
/// @param triangles vertex indices, (F, 3) row-major, each in 0..N-1
public record PlyMesh(Scan vertices, int[] triangles) {
  /// Checks that the triangles are complete and inside the vertices.
  public PlyMesh {
    Objects.requireNonNull(vertices, "vertices");
    if (triangles.length % 3 != 0) {
      throw new IllegalArgumentException(
          "expected 3 indices a triangle, got " + triangles.length + " in all");
    }
    for (int vertex : triangles) {
      Objects.checkIndex(vertex, vertices.size());
    }
  }
}
