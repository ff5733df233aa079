package org.octolift.apps.check;

import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.octolift.apps.data.Scan;

/// What a scan holds.
///
/// @param file its name, relative to the data set
/// @param points number of points
/// @param low least coordinates of its finite points, (3)
/// @param high largest coordinates of its finite points, (3)
/// @param normals whether it has normals
/// @param colours whether it has colours
/// @param labels number of points with each label; empty without labels
/// @param notFinite points with a value that is not finite
/// @param duplicates points at a place where another point of the scan is
/// @param fingerprint equal for scans with equal coordinates
public record ScanSummary(
    String file,
    int points,
    float[] low,
    float[] high,
    boolean normals,
    boolean colours,
    SortedMap<Integer, Long> labels,
    int notFinite,
    int duplicates,
    long fingerprint) {

  /// The summary of {@code scan}.
  static ScanSummary of(String file, Scan scan) {
    float[] low = {Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY};
    float[] high = {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY};
    int notFinite = 0;
    long[] places = new long[scan.size()];
    long fingerprint = scan.size();
    for (int i = 0; i < places.length; i++) {
      boolean finite = isFinite(scan.normals(), i) && isFinite(scan.colours(), i);
      for (int c = 0; c < 3; c++) {
        float value = scan.xyz()[3 * i + c];
        // Adding zero turns -0 into 0.
        places[i] = mixed(places[i] ^ Float.floatToIntBits(value + 0f));
        if (Float.isFinite(value)) {
          low[c] = Math.min(low[c], value);
          high[c] = Math.max(high[c], value);
        } else {
          finite = false;
        }
      }
      fingerprint = mixed(fingerprint ^ places[i]);
      notFinite += finite ? 0 : 1;
    }
    return new ScanSummary(
        file,
        scan.size(),
        low,
        high,
        scan.normals() != null,
        scan.colours() != null,
        histogram(scan.labels()),
        notFinite,
        repeated(places),
        fingerprint);
  }

  private static boolean isFinite(float[] values, int row) {
    return values == null
        || (Float.isFinite(values[3 * row])
            && Float.isFinite(values[3 * row + 1])
            && Float.isFinite(values[3 * row + 2]));
  }

  /// Two rounds of SplitMix64's finaliser: equal only for equal input, for all that matters here.
  private static long mixed(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static int repeated(long[] places) {
    Arrays.sort(places);
    int repeated = 0;
    for (int i = 1; i < places.length; i++) {
      repeated += places[i] == places[i - 1] ? 1 : 0;
    }
    return repeated;
  }

  private static SortedMap<Integer, Long> histogram(int[] labels) {
    SortedMap<Integer, Long> counts = new TreeMap<>();
    if (labels != null) {
      int[] sorted = labels.clone();
      Arrays.sort(sorted);
      for (int from = 0, to = 0; from < sorted.length; from = to) {
        while (to < sorted.length && sorted[to] == sorted[from]) {
          to++;
        }
        counts.put(sorted[from], (long) to - from);
      }
    }
    return Collections.unmodifiableSortedMap(counts);
  }
}
