package org.octolift.apps.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.octolift.apps.report.ClassNames;

/// What a data set holds and what is wrong with it.
///
/// @param scans those that can be read, by name
/// @param lists text files that name scans
/// @param faults what is wrong, one sentence each
public record DataSetSummary(
    List<ScanSummary> scans, List<ListSummary> lists, List<String> faults) {
  /// Copies the lists.
  public DataSetSummary {
    scans = List.copyOf(scans);
    lists = List.copyOf(lists);
    faults = List.copyOf(faults);
  }

  /// A list.
  ///
  /// @param file its name
  /// @param lines scans that it names
  /// @param missing how many of them do not exist
  public record ListSummary(String file, int lines, int missing) {}

  /// The summary as text: tables of folders, labels and lists, then the faults.
  ///
  /// @param each whether every scan has a line of its own
  public String text(boolean each) {
    StringBuilder out = new StringBuilder();
    folders(out);
    if (each) {
      scans(out);
    }
    labels(out);
    lists(out);
    if (faults.isEmpty()) {
      out.append("no faults\n");
    } else {
      out.append("%,d %s:%n".formatted(faults.size(), faults.size() == 1 ? "fault" : "faults"));
      faults.forEach(fault -> out.append("  ").append(fault).append('\n'));
    }
    return out.toString();
  }

  private void folders(StringBuilder out) {
    SortedMap<String, List<ScanSummary>> folders = new TreeMap<>();
    for (ScanSummary scan : scans) {
      String folder = scan.file().substring(0, scan.file().lastIndexOf('/') + 1);
      folders.merge(
          folder.isEmpty() ? "." : folder,
          List.of(scan),
          (a, b) -> {
            List<ScanSummary> both = new ArrayList<>(a);
            both.addAll(b);
            return both;
          });
    }
    Table table =
        new Table(
            "folder",
            "scans",
            "points",
            "median",
            "largest (m)",
            "normals",
            "colours",
            "labels",
            "repeated");
    folders.forEach(
        (folder, in) -> {
          int[] sizes = in.stream().mapToInt(ScanSummary::points).sorted().toArray();
          table.row(
              folder,
              number(in.size()),
              number(Arrays.stream(sizes).asLongStream().sum()),
              number(sizes[sizes.length / 2]),
              largest(in),
              share(in.stream().filter(ScanSummary::normals).count(), in.size()),
              share(in.stream().filter(ScanSummary::colours).count(), in.size()),
              share(in.stream().filter(scan -> !scan.labels().isEmpty()).count(), in.size()),
              number(in.stream().mapToLong(ScanSummary::duplicates).sum()));
        });
    out.append(table).append('\n');
  }

  private void scans(StringBuilder out) {
    Table table = new Table("scan", "points", "size (m)", "labels", "repeated");
    for (ScanSummary scan : scans) {
      table.row(
          scan.file(),
          number(scan.points()),
          largest(List.of(scan)),
          number(scan.labels().size()),
          number(scan.duplicates()));
    }
    out.append(table).append('\n');
  }

  /// The largest extent along each axis.
  private static String largest(List<ScanSummary> scans) {
    double[] extent = new double[3];
    for (ScanSummary scan : scans) {
      for (int c = 0; c < 3; c++) {
        extent[c] = Math.max(extent[c], scan.high()[c] - scan.low()[c]);
      }
    }
    return String.format(Locale.ROOT, "%.1f x %.1f x %.1f", extent[0], extent[1], extent[2]);
  }

  private void labels(StringBuilder out) {
    SortedMap<Integer, long[]> counts = new TreeMap<>();
    long total = 0;
    for (ScanSummary scan : scans) {
      for (var label : scan.labels().entrySet()) {
        long[] sums = counts.computeIfAbsent(label.getKey(), _ -> new long[2]);
        sums[0] += label.getValue();
        sums[1]++;
        total += label.getValue();
      }
    }
    if (counts.isEmpty()) {
      return;
    }
    List<String> names = ClassNames.scanNet20();
    boolean named = counts.firstKey() >= 0 && counts.lastKey() < names.size();
    Table table = new Table("label", "name", "points", "share", "scans");
    for (var label : counts.entrySet()) {
      long[] sums = label.getValue();
      table.row(
          label.getKey().toString(),
          named ? names.get(label.getKey()) : "",
          number(sums[0]),
          String.format(Locale.ROOT, "%.2f %%", 100.0 * sums[0] / total),
          number(sums[1]));
    }
    out.append(table).append('\n');
  }

  private void lists(StringBuilder out) {
    if (!lists.isEmpty()) {
      Table table = new Table("list", "lines", "missing");
      lists.forEach(list -> table.row(list.file(), number(list.lines()), number(list.missing())));
      out.append(table).append('\n');
    }
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String share(long with, long all) {
    return with == 0 ? "no" : with == all ? "yes" : number(with) + " scans";
  }
}
