package org.octolift.apps.data.prepare;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.octolift.apps.data.PlyFile;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.Scans;
import org.octolift.engine.InputException;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.Npy;

/// Cuts scans that are 10 m or more along an axis into overlapping boxes of 10 m, 5 m apart
/// (data.md §2). Boxes with fewer than 3000 points are left out; the others are numbered as they
/// come, x slowest.
///
/// The reference takes the number of boxes along an axis from the largest coordinate; here it is
/// taken from the extent, so that scans with negative coordinates are covered too. Where the least
/// coordinate is 0 or more, the reference has the same boxes and perhaps some more that repeat
/// points of theirs.
public final class Chunks {
  private static final double SIZE = 10;
  private static final double STRIDE = 5;
  private static final int MIN_POINTS = 3000;

  /// In metres; boxes are then numbered with 20 bits an axis.
  private static final double MAX_EXTENT = 5e6;

  private static final int BITS = 20;

  private static final Pattern FILE = Pattern.compile("(.+?)(?:\\.chunk_([0-9]+))?(?:\\.ply)?");
  private static final Pattern PART = Pattern.compile("(.+)\\.chunk_([0-9]+)\\.(ply|mask\\.npy)");

  private Chunks() {}

  /// The points of each box, ascending; empty when the scan is smaller than a box. Boxes without
  /// points cost nothing, however far apart the others are.
  static List<int[]> of(Scan scan) {
    float[] xyz = scan.xyz();
    double[] low = new double[3];
    int[] steps = new int[3];
    if (!grid(scan, low, steps)) {
      return List.of();
    }
    SortedMap<Long, int[]> counts = new TreeMap<>();
    for (int i = 0; i < xyz.length; i += 3) {
      count(xyz, i, low, steps, counts);
    }
    List<int[]> chunks = new ArrayList<>();
    int[] found = new int[scan.size()];
    counts.forEach(
        (box, count) -> {
          if (count[0] >= MIN_POINTS) {
            chunks.add(Arrays.copyOf(found, inside(xyz, low, box, found)));
          }
        });
    return chunks;
  }

  /// Sets the corner of the first box and the number of boxes along each axis; false when the scan
  /// fits into one.
  private static boolean grid(Scan scan, double[] low, int[] steps) {
    boolean large = false;
    for (int c = 0; c < 3; c++) {
      double least = Double.POSITIVE_INFINITY;
      double most = Double.NEGATIVE_INFINITY;
      for (int i = c; i < scan.xyz().length; i += 3) {
        least = Math.min(least, scan.xyz()[i]);
        most = Math.max(most, scan.xyz()[i]);
      }
      if (most - least > MAX_EXTENT) {
        throw new InputException(
            "%s: its points lie up to %.3g m apart; are the coordinates metres?"
                .formatted(scan.source(), most - least));
      }
      low[c] = least;
      steps[c] = (int) Math.ceil(Math.max(most - least - SIZE, 0) / STRIDE) + 1;
      large |= most - least >= SIZE;
    }
    return large;
  }

  /// Counts a point in all boxes that it is in: at most three along an axis.
  private static void count(
      float[] xyz, int at, double[] low, int[] steps, SortedMap<Long, int[]> counts) {
    int[] first = new int[3];
    int[] last = new int[3];
    for (int c = 0; c < 3; c++) {
      double place = xyz[at + c] - low[c];
      first[c] = Math.max(0, (int) Math.ceil((place - SIZE) / STRIDE) - 1);
      last[c] = Math.min(steps[c] - 1, (int) Math.floor(place / STRIDE) + 1);
    }
    for (int i = first[0]; i <= last[0]; i++) {
      for (int j = first[1]; j <= last[1]; j++) {
        for (int k = first[2]; k <= last[2]; k++) {
          if (isInside(xyz, at, low, i, j, k)) {
            counts.computeIfAbsent(box(i, j, k), _ -> new int[1])[0]++;
          }
        }
      }
    }
  }

  private static long box(int i, int j, int k) {
    return (long) i << (2 * BITS) | (long) j << BITS | k;
  }

  private static boolean isInside(float[] xyz, int at, double[] low, int i, int j, int k) {
    return isInside(xyz[at], low[0] + STRIDE * i)
        && isInside(xyz[at + 1], low[1] + STRIDE * j)
        && isInside(xyz[at + 2], low[2] + STRIDE * k);
  }

  private static boolean isInside(float value, double from) {
    return value >= from && value <= from + SIZE;
  }

  private static int inside(float[] xyz, double[] low, long box, int[] found) {
    int mask = (1 << BITS) - 1;
    int i = (int) (box >> (2 * BITS));
    int j = (int) (box >> BITS) & mask;
    int k = (int) box & mask;
    int count = 0;
    for (int at = 0; at < xyz.length; at += 3) {
      if (isInside(xyz, at, low, i, j, k)) {
        found[count++] = at / 3;
      }
    }
    return count;
  }

  /// Writes `NAME.chunk_I.ply` and `NAME.chunk_I.mask.npy` (which of the scan's points the chunk
  /// has) for every chunk, and removes those of an earlier run that there are no longer.
  static void write(Path folder, String name, Scan scan) throws IOException {
    List<int[]> chunks = of(scan);
    removeFrom(folder, name, chunks.size());
    for (int i = 0; i < chunks.size(); i++) {
      boolean[] mask = new boolean[scan.size()];
      for (int point : chunks.get(i)) {
        mask[point] = true;
      }
      Npy.write(folder.resolve(name + ".chunk_" + i + ".mask.npy"), NdArray.of(mask, mask.length));
      PlyFile.write(
          folder.resolve(name + ".chunk_" + i + ".ply"), Scans.select(scan, chunks.get(i)));
    }
  }

  private static void removeFrom(Path folder, String name, int first) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(
            folder,
            file -> {
              Matcher part = PART.matcher(file.getFileName().toString());
              return part.matches()
                  && part.group(1).equals(name)
                  && (part.group(2).length() > 9 || Integer.parseInt(part.group(2)) >= first);
            })) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  /// The scan that a file belongs to: `a.ply` and `a.chunk_12.ply` belong to `a`.
  public static String scene(String file) {
    Matcher parts = FILE.matcher(file);
    return parts.matches() ? parts.group(1) : file;
  }

  /// The list with each scan that has been cut replaced by its chunks.
  ///
  /// @param scans lines `NAME.ply`
  /// @param folder of the scans in the output folder, ending in a slash
  /// @param files names of all files below the output folder
  public static List<String> replaced(List<String> scans, String folder, SortedSet<String> files) {
    List<String> lines = new ArrayList<>();
    for (String scan : scans) {
      String stem = folder + scene(scan) + ".chunk_";
      TreeMap<Integer, String> chunks = new TreeMap<>();
      for (String file : files.subSet(stem, stem + Character.MAX_VALUE)) {
        Matcher parts = FILE.matcher(file.substring(folder.length()));
        if (file.endsWith(".ply") && parts.matches() && parts.group(2) != null) {
          chunks.put(Integer.valueOf(parts.group(2)), file.substring(folder.length()));
        }
      }
      lines.addAll(chunks.isEmpty() ? Collections.singleton(scan) : chunks.values());
    }
    return lines;
  }
}
