package org.octolift.apps.data.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.octolift.apps.data.Scan;
import org.octolift.engine.InputException;

class VoxelGridTest {
  private static Scan scan(float[] xyz, float[] colours) {
    return new Scan("s", xyz, null, colours, null, null);
  }

  @Test
  void averagesWhatSharesAVoxel() {
    VoxelGrid grid = new VoxelGrid(0.5);
    grid.add(
        scan(new float[] {0.1f, 0, 0, -0.1f, 0, 0}, new float[] {10, 0, 0, 50, 0, 0}),
        new double[3]);
    grid.add(scan(new float[] {0.3f, 0.4f, 0}, new float[] {30, 6, 0}), new double[] {0, 0, 8});
    Scan merged = grid.toScan("merged");
    assertThat(merged.size()).isEqualTo(2);
    assertThat(merged.xyz()).containsExactly(0.2f, 0.2f, 0, -0.1f, 0, 0);
    assertThat(merged.colours()).containsExactly(20, 3, 0, 50, 0, 0);
    assertThat(grid.viewpoints()).containsExactly(0, 0, 4, 0, 0, 0);
  }

  @Test
  void growsAndKeepsTheOrderOfFirstPoints() {
    float[] xyz = KdTreeTest.points(6, 30_000);
    VoxelGrid grid = new VoxelGrid(0.05);
    grid.add(scan(xyz, null), new double[3]);
    Map<List<Integer>, List<Integer>> expected = new LinkedHashMap<>();
    for (int i = 0; i < 30_000; i++) {
      List<Integer> cell = new ArrayList<>();
      for (int c = 0; c < 3; c++) {
        cell.add((int) Math.floor(xyz[3 * i + c] / 0.05));
      }
      expected.computeIfAbsent(cell, key -> new ArrayList<>()).add(i);
    }
    Scan merged = grid.toScan("merged");
    assertThat(merged.size()).isEqualTo(expected.size());
    assertThat(merged.colours()).isNull();
    int voxel = 0;
    for (List<Integer> rows : expected.values()) {
      for (int c = 0; c < 3; c++) {
        double sum = 0;
        for (int row : rows) {
          sum += xyz[3 * row + c];
        }
        assertThat(merged.xyz()[3 * voxel + c]).isEqualTo((float) (sum / rows.size()));
      }
      voxel++;
    }
  }

  @Test
  void refusesPointsFarAway() {
    VoxelGrid grid = new VoxelGrid(1e-6);
    assertThatThrownBy(() -> grid.add(scan(new float[] {0, 2, 0}, null), new double[3]))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("use larger voxels");
    assertThatThrownBy(() -> new VoxelGrid(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
