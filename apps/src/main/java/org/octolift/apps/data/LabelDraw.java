package org.octolift.apps.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.octolift.engine.RandomSource;
import org.octolift.engine.io.AtomicFile;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.Npz;

/// Draws which labels a training may see.
public final class LabelDraw {
  private LabelDraw() {}

  /// Writes a file of labelled points: {@code count} of each room, or all it has, drawn uniformly
  /// from those with a class.
  public static void writePoints(Path file, FileList rooms, int count, long seed)
      throws IOException {
    Map<String, NdArray> lists = new LinkedHashMap<>();
    RandomSource random = RandomSource.of(seed);
    List<FileList.Entry> entries = rooms.entries();
    for (int i = 0; i < entries.size(); i++) {
      Scan scan = ScanFiles.read(entries.get(i).file());
      int[] labels = scan.labels();
      int[] candidates = IntStream.range(0, labels.length).filter(p -> labels[p] > 0).toArray();
      long[] points =
          Arrays.stream(random.split("labelled points", i).permutation(candidates.length))
              .limit(count)
              .mapToLong(p -> candidates[p])
              .toArray();
      lists.put(entries.get(i).name(), NdArray.of(points, points.length));
    }
    Npz.write(file, lists, Npz.Compression.STORED);
  }

  /// Writes a list of {@code count} rooms.
  public static void writeRooms(Path file, FileList rooms, int count, long seed)
      throws IOException {
    int[] order = RandomSource.of(seed).split("labelled rooms").permutation(rooms.entries().size());
    StringBuilder text = new StringBuilder();
    Arrays.stream(order)
        .limit(count)
        .sorted()
        .forEach(i -> text.append(rooms.entries().get(i).name()).append('\n'));
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
  }
}
