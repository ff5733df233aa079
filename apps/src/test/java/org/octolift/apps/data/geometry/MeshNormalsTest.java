package org.octolift.apps.data.geometry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.octolift.apps.data.PlyFile;
import org.octolift.apps.data.PlyMesh;
import org.octolift.apps.data.RealFiles;
import org.octolift.apps.data.Scan;

class MeshNormalsTest {
  private static float[] normals(float[] xyz, int... triangles) {
    return MeshNormals.of(new PlyMesh(new Scan("mesh", xyz, null, null, null, null), triangles));
  }

  @Test
  void weighsByArea() {
    // Around vertex 0: a triangle of area 2 facing z, one of area 0.5 facing x.
    float[] xyz = {0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 1, 0, 0, 0, 1, 7, 7, 7};
    float[] normals = normals(xyz, 0, 1, 2, 0, 3, 4);
    float length = (float) Math.sqrt(2f * 2f + 0.5f * 0.5f) + 1e-8f;
    assertThat(normals).startsWith(0.5f / length, 0, 2 / length);
    assertThat(normals).containsSequence(0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0);
    assertThat(normals).endsWith(0, 0, 0);
  }

  @Test
  void degenerateFacesCountNothing() {
    float[] xyz = {0, 0, 0, 1, 0, 0, 0, 1, 0};
    assertThat(normals(xyz, 0, 0, 1, 0, 1, 2, 2, 2, 2)).isEqualTo(normals(xyz, 0, 1, 2));
    assertThat(normals(xyz)).isEqualTo(new float[9]);
  }

  @Test
  void aSphereFacesOutwards() {
    PlyMesh sphere = PlyFile.readMesh(RealFiles.find("real/open3d-testdata/sphere.ply"));
    float[] normals = MeshNormals.of(sphere);
    float[] xyz = sphere.vertices().xyz();
    for (int i = 0; i < xyz.length; i += 3) {
      double dot = 0;
      double radius = 0;
      for (int c = i; c < i + 3; c++) {
        dot += normals[c] * xyz[c];
        radius += xyz[c] * xyz[c];
      }
      assertThat(dot / Math.sqrt(radius)).isGreaterThan(0.99);
    }
  }
}
