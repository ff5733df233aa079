package org.octolift.apps.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import org.octolift.apps.benchmark.LabelFile;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.ScanFiles;
import org.octolift.apps.data.prepare.Chunks;
import org.octolift.apps.data.prepare.LocalPreparation;
import org.octolift.apps.softlabel.SoftLabelFile;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.io.Npy;

/// Checks a folder of prepared scans: that every file can be read and is what training needs, that
/// label files and chunk masks fit their scans, that no scan is there twice, and that lists name
/// files that exist, once, and not for training and test at the same time.
public final class DataSetCheck {
  private static final Set<String> EXTENSIONS = Set.of("ply", "pcd", "points", "npz");

  private final Path folder;
  private final int classes;
  private final SortedSet<String> files;
  private final List<String> faults = new ArrayList<>();

  private DataSetCheck(Path folder, int classes) throws IOException {
    this.folder = folder;
    this.classes = classes;
    this.files = LocalPreparation.files(folder);
  }

  /// Checks {@code folder}.
  ///
  /// @param classes labels must be below this; 0 for any
  /// @param workers read the scans
  /// @throws InputException when there is no such folder, or no scan in it
  public static DataSetSummary of(Path folder, int classes, Workers workers) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw InputException.in(folder, "expected a folder of prepared scans, found none");
    }
    return new DataSetCheck(folder, classes).summary(workers);
  }

  private DataSetSummary summary(Workers workers) throws IOException {
    List<String> scans = new ArrayList<>();
    for (String file : files) {
      if (isScan(file) && !SoftLabelFile.recognises(folder.resolve(file))) {
        scans.add(file);
      }
    }
    if (scans.isEmpty()) {
      throw InputException.in(folder, "has no scans (.ply, .pcd, .points, .npz)");
    }
    ScanSummary[] summaries = new ScanSummary[scans.size()];
    List<List<String>> found = new ArrayList<>();
    scans.forEach(_ -> found.add(new ArrayList<>()));
    workers.parallel(
        summaries.length,
        1,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            summaries[i] = scan(scans.get(i), found.get(i));
          }
        });
    found.forEach(faults::addAll);
    List<ScanSummary> readable = Arrays.stream(summaries).filter(Objects::nonNull).toList();
    findCopies(readable);
    findOrphans();
    return new DataSetSummary(readable, new ListCheck(folder, files, faults).lists(), faults);
  }

  static boolean isScan(String file) {
    String extension = file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return EXTENSIONS.contains(extension);
  }

  /// The name without its extension.
  static String stem(String file) {
    return file.substring(0, file.lastIndexOf('.'));
  }

  /// The summary; null when the file cannot be read.
  private ScanSummary scan(String file, List<String> problems) {
    try {
      Scan scan = ScanFiles.read(folder.resolve(file));
      ScanSummary summary = ScanSummary.of(file, scan);
      if (summary.notFinite() > 0) {
        problems.add(
            "%s: %,d of %,d points are not finite"
                .formatted(file, summary.notFinite(), scan.size()));
      }
      String range = classes == 0 ? "0 or more" : "0 to " + (classes - 1);
      for (int label : summary.labels().keySet()) {
        if (label < 0 || (classes > 0 && label >= classes)) {
          problems.add(
              "%s: %,d points have label %d, expected %s"
                  .formatted(file, summary.labels().get(label), label, range));
        }
      }
      checkLabelFile(file, scan, problems);
      checkMask(file, scan, problems);
      return summary;
    } catch (InputException | IOException e) {
      problems.add(e.getMessage());
      return null;
    }
  }

  private void checkLabelFile(String file, Scan scan, List<String> problems) throws IOException {
    String labels = stem(file) + ".txt";
    if (files.contains(labels)) {
      int count = LabelFile.read(folder.resolve(labels)).length;
      if (count != scan.size()) {
        problems.add(
            "%s: has %,d lines, %s %,d points".formatted(labels, count, file, scan.size()));
      }
    }
  }

  /// A chunk's mask has a value for each point of the scan, and is true as often as the chunk has
  /// points. That the mask has the scan's length is seen when the whole scan is read.
  private void checkMask(String file, Scan scan, List<String> problems) throws IOException {
    boolean chunk = !Chunks.scene(file).equals(stem(file));
    String mask = stem(file) + ".mask.npy";
    if (chunk && !files.contains(mask)) {
      problems.add(file + ": is a chunk, but there is no " + mask);
    } else if (chunk) {
      int set = 0;
      for (boolean value : Npy.read(folder.resolve(mask)).booleans()) {
        set += value ? 1 : 0;
      }
      if (set != scan.size()) {
        problems.add(
            "%s: is true for %,d points, %s has %,d".formatted(mask, set, file, scan.size()));
      }
    }
    String chunks = stem(file) + ".chunk_";
    for (String other : files.subSet(chunks, chunks + Character.MAX_VALUE)) {
      if (!chunk && other.endsWith(".mask.npy")) {
        int length = Npy.read(folder.resolve(other)).size();
        if (length != scan.size()) {
          problems.add(
              "%s: is for %,d points, %s has %,d".formatted(other, length, file, scan.size()));
        }
      }
    }
  }

  private void findCopies(List<ScanSummary> scans) {
    Map<Long, String> seen = new HashMap<>();
    for (ScanSummary scan : scans) {
      String first = seen.putIfAbsent(scan.fingerprint(), scan.file());
      if (first != null) {
        faults.add("%s: has the same points as %s".formatted(scan.file(), first));
      }
    }
  }

  private void findOrphans() {
    for (String file : files) {
      if (file.endsWith(".mask.npy")) {
        String chunk = file.substring(0, file.length() - ".mask.npy".length()) + ".ply";
        if (!files.contains(chunk)) {
          faults.add(file + ": there is no chunk " + chunk);
        }
      }
    }
  }
}
