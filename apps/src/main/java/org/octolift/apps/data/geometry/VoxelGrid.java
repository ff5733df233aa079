package org.octolift.apps.data.geometry;

import java.util.Arrays;
import org.octolift.apps.data.Scan;
import org.octolift.engine.InputException;

/// Merges scans: all points in one voxel become one, at their mean position, with their mean
/// colour. Voxels are listed in the order of their first point, so the result depends on the order
/// of the scans alone.
public final class VoxelGrid {
  private static final int SUMS = 9;

  private final double edge;
  private final VoxelTable table;
  private double[] sums = new double[SUMS << 12];
  private int[] counts = new int[1 << 12];
  private boolean coloured = true;

  /// @param edge edge of a voxel in metres
  public VoxelGrid(double edge) {
    this.edge = edge;
    table = new VoxelTable(edge);
  }

  /// Number of voxels with points.
  public int size() {
    return table.size();
  }

  /// Adds the points of {@code scan}, seen from {@code viewpoint} (3).
  ///
  /// @throws InputException when a point is more than 2²⁰ voxels away from the origin
  public void add(Scan scan, double[] viewpoint) {
    float[] xyz = scan.xyz();
    coloured &= scan.colours() != null;
    for (int i = 0; i < scan.size(); i++) {
      int voxel = table.voxel(xyz[3 * i], xyz[3 * i + 1], xyz[3 * i + 2]);
      if (voxel < 0) {
        throw new InputException(
            "%s: point %d is too far away for voxels of %s m; use larger voxels"
                .formatted(scan.source(), i, edge));
      }
      if (voxel == counts.length) {
        counts = Arrays.copyOf(counts, 2 * voxel);
        sums = Arrays.copyOf(sums, Math.multiplyExact(2 * SUMS, voxel));
      }
      counts[voxel]++;
      int at = SUMS * voxel;
      for (int c = 0; c < 3; c++) {
        sums[at + c] += xyz[3 * i + c];
        sums[at + 3 + c] += viewpoint[c];
        if (coloured) {
          sums[at + 6 + c] += scan.colours()[3 * i + c];
        }
      }
    }
  }

  /// The merged points: coordinates, and colours when all scans have them.
  public Scan toScan(String source) {
    int size = table.size();
    float[] xyz = new float[3 * size];
    float[] colours = coloured ? new float[3 * size] : null;
    for (int i = 0; i < size; i++) {
      for (int c = 0; c < 3; c++) {
        xyz[3 * i + c] = (float) (sums[SUMS * i + c] / counts[i]);
        if (coloured) {
          colours[3 * i + c] = (float) (sums[SUMS * i + 6 + c] / counts[i]);
        }
      }
    }
    return new Scan(source, xyz, null, colours, null, null);
  }

  /// The mean place that the points of each voxel were seen from, (size, 3).
  public double[] viewpoints() {
    double[] viewpoints = new double[3 * table.size()];
    for (int i = 0; i < viewpoints.length; i++) {
      viewpoints[i] = sums[SUMS * (i / 3) + 3 + i % 3] / counts[i / 3];
    }
    return viewpoints;
  }
}
