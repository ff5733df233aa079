package org.octolift.apps.data;

import java.util.Arrays;
import org.octolift.apps.data.geometry.PointNormals;
import org.octolift.engine.InputException;

/// What is done with scans between reading and writing.
public final class Scans {
  private Scans() {}

  /// Returns {@code scan} when all its coordinates, normals and colours are finite.
  ///
  /// @throws InputException names the file and the first bad point
  public static Scan requireFinite(Scan scan) {
    for (int i = 0; i < scan.size(); i++) {
      if (!isFinite(scan, i)) {
        throw new InputException(
            "%s: point %d of %d is not finite: xyz = (%s, %s, %s); remove such points with"
                    .formatted(
                        scan.source(),
                        i,
                        scan.size(),
                        scan.xyz()[3 * i],
                        scan.xyz()[3 * i + 1],
                        scan.xyz()[3 * i + 2])
                + " \"octolift data convert\"");
      }
    }
    return scan;
  }

  /// Returns {@code scan} when it has no labels, or all of them are below {@code classes}.
  ///
  /// @throws InputException names the file and the first label that is no class
  public static Scan requireLabelsBelow(Scan scan, int classes) {
    for (int i = 0; scan.labels() != null && i < scan.size(); i++) {
      if (scan.labels()[i] >= classes) {
        throw new InputException(
            "%s: point %d of %d has label %d, but MODEL.nout gives classes 0 to %d; map labels with"
                    .formatted(scan.source(), i, scan.size(), scan.labels()[i], classes - 1)
                + " \"octolift data convert --map-labels\"");
      }
    }
    return scan;
  }

  /// The points of {@code scan} whose coordinates, normals and colours are finite, in the same
  /// order; the scan itself when that is all of them.
  public static Scan finite(Scan scan) {
    int[] rows = new int[scan.size()];
    int kept = 0;
    for (int i = 0; i < scan.size(); i++) {
      if (isFinite(scan, i)) {
        rows[kept++] = i;
      }
    }
    return kept == scan.size() ? scan : select(scan, Arrays.copyOf(rows, kept));
  }

  /// The points {@code rows} of {@code scan}, in this order.
  public static Scan select(Scan scan, int[] rows) {
    return new Scan(
        scan.source(),
        selectTriples(scan.xyz(), rows),
        selectTriples(scan.normals(), rows),
        selectTriples(scan.colours(), rows),
        selectIntegers(scan.labels(), rows),
        selectIntegers(scan.pixels(), rows));
  }

  /// The scan with these normals, (N, 3).
  public static Scan withNormals(Scan scan, float[] normals) {
    return new Scan(
        scan.source(), scan.xyz(), normals, scan.colours(), scan.labels(), scan.pixels());
  }

  /// The scan with each normal turned towards a place.
  ///
  /// @param viewpoint coordinates of the place, (3)
  /// @throws InputException naming the scan when it has no normals
  public static Scan facing(Scan scan, double[] viewpoint) {
    if (scan.normals() == null) {
      throw new InputException(
          scan.source() + ": has no normals to turn; compute them with --normals");
    }
    float[] normals = scan.normals().clone();
    PointNormals.orientInPlace(scan.xyz(), normals, viewpoint);
    return withNormals(scan, normals);
  }

  private static boolean isFinite(Scan scan, int row) {
    return isFinite(scan.xyz(), row)
        && isFinite(scan.normals(), row)
        && isFinite(scan.colours(), row);
  }

  private static boolean isFinite(float[] values, int row) {
    return values == null
        || (Float.isFinite(values[3 * row])
            && Float.isFinite(values[3 * row + 1])
            && Float.isFinite(values[3 * row + 2]));
  }

  private static float[] selectTriples(float[] values, int[] rows) {
    if (values == null) {
      return null;
    }
    float[] selected = new float[3 * rows.length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(values, 3 * rows[i], selected, 3 * i, 3);
    }
    return selected;
  }

  private static int[] selectIntegers(int[] values, int[] rows) {
    return values == null ? null : Arrays.stream(rows).map(row -> values[row]).toArray();
  }

  /// Floating colours that are all at most 1 are taken as 0..1 and multiplied by 255 in place.
  static void scaleUnitColours(float[] colours) {
    for (float value : colours) {
      if (value > 1) {
        return;
      }
    }
    for (int i = 0; i < colours.length; i++) {
      colours[i] *= 255;
    }
  }

  /// A colour channel rounded to 0..255; NaN becomes 0.
  static int colourByte(float value) {
    return Math.clamp(Math.round(value), 0, 255);
  }

  /// Appends the three values of a row, separated by blanks.
  static void appendTriple(StringBuilder line, float[] values, int row) {
    line.append(values[3 * row]);
    line.append(' ').append(values[3 * row + 1]);
    line.append(' ').append(values[3 * row + 2]);
  }
}
