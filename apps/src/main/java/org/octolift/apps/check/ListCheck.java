package org.octolift.apps.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.octolift.apps.data.prepare.Chunks;
import org.octolift.engine.io.InputFile;

/// Compares the lists of a data set with its files.
final class ListCheck {
  private static final int MAX_BYTES = 64 << 20;
  private static final int MOST_NAMED = 3;
  private static final String IMAGES = "_img.txt";

  private final Path root;
  private final SortedSet<String> files;
  private final List<String> faults;
  private final Set<String> folders = new LinkedHashSet<>(List.of(""));
  private final TreeMap<String, List<String>> lists = new TreeMap<>();

  ListCheck(Path root, SortedSet<String> files, List<String> faults) {
    this.root = root;
    this.files = files;
    this.faults = faults;
    for (String file : files) {
      folders.add(file.substring(0, file.lastIndexOf('/') + 1));
    }
  }

  /// The lists; what is wrong with them goes to the faults.
  List<DataSetSummary.ListSummary> lists() throws IOException {
    for (String file : files) {
      if (file.endsWith(".txt") && !isLabelFile(file)) {
        lists.put(file, entries(file));
      }
    }
    List<DataSetSummary.ListSummary> summaries = new ArrayList<>();
    for (String list : lists.keySet()) {
      List<String> entries = lists.get(list);
      if (entries.stream().noneMatch(entry -> entry.contains("."))) {
        // Words, not files: names of classes, say.
        continue;
      }
      summaries.add(summary(list, entries));
      if (list.endsWith(IMAGES)) {
        checkImages(list, entries);
      }
    }
    checkSplits();
    return summaries;
  }

  private boolean isLabelFile(String file) {
    return files.stream()
        .anyMatch(
            other ->
                DataSetCheck.isScan(other)
                    && DataSetCheck.stem(other).equals(DataSetCheck.stem(file)));
  }

  /// The first word of each line.
  private List<String> entries(String list) throws IOException {
    String text =
        new String(InputFile.bytes(root.resolve(list), MAX_BYTES), StandardCharsets.UTF_8);
    return text.lines()
        .map(line -> line.strip().split("\\s+", -1)[0])
        .filter(entry -> !entry.isEmpty())
        .toList();
  }

  private DataSetSummary.ListSummary summary(String list, List<String> entries) {
    Set<String> seen = new HashSet<>();
    Set<String> twice = new TreeSet<>();
    List<String> missing = new ArrayList<>();
    for (String entry : entries) {
      if (!seen.add(entry) && !list.endsWith(IMAGES)) {
        twice.add(entry);
      }
      if (folders.stream().noneMatch(folder -> files.contains(folder + entry))) {
        missing.add(entry);
      }
    }
    if (!twice.isEmpty()) {
      faults.add("%s: names %s more than once".formatted(list, some(twice)));
    }
    if (!missing.isEmpty()) {
      faults.add(
          "%s: %,d of its %,d files do not exist: %s"
              .formatted(list, missing.size(), entries.size(), some(missing)));
    }
    return new DataSetSummary.ListSummary(list, entries.size(), missing.size());
  }

  private void checkImages(String list, List<String> images) {
    String scans = list.substring(0, list.length() - IMAGES.length()) + ".txt";
    List<String> entries = lists.get(scans);
    if (entries == null) {
      faults.add("%s: there is no list %s of its scans".formatted(list, scans));
      return;
    }
    boolean same = entries.size() == images.size();
    for (int i = 0; same && i < entries.size(); i++) {
      String image = images.get(i);
      same = image.contains(".") && Chunks.scene(entries.get(i)).equals(DataSetCheck.stem(image));
    }
    if (!same) {
      faults.add("%s: does not name the image of each scan of %s, in order".formatted(list, scans));
    }
  }

  /// No scan may be in `A_train_B.txt` and in `A_val_B.txt` or `A_test_B.txt`.
  private void checkSplits() {
    for (String list : lists.keySet()) {
      if (!list.contains("train") || list.contains("train_val") || list.endsWith(IMAGES)) {
        continue;
      }
      for (String other : new String[] {"val", "test"}) {
        String counterpart = list.replaceFirst("train(?!.*train)", other);
        if (lists.containsKey(counterpart)) {
          Set<String> both = new TreeSet<>(lists.get(list));
          both.retainAll(new HashSet<>(lists.get(counterpart)));
          if (!both.isEmpty()) {
            faults.add("%s and %s: both name %s".formatted(list, counterpart, some(both)));
          }
        }
      }
    }
  }

  private static String some(Collection<String> names) {
    List<String> first = names.stream().limit(MOST_NAMED).toList();
    int more = names.size() - first.size();
    return String.join(", ", first) + (more > 0 ? " and %,d more".formatted(more) : "");
  }
}
