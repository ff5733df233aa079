package org.octolift.apps.rooms;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.octolift.apps.data.PlyFile;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.io.AtomicFile;
import org.octolift.engine.io.Folders;

/// A data set of generated rooms: one PLY file a room and the lists `train.txt` and `test.txt`,
/// which name one file a line.
public final class RoomFiles {
  private RoomFiles() {}

  /// What was written.
  ///
  /// @param train file names in `train.txt`
  /// @param test file names in `test.txt`
  public record Written(List<String> train, List<String> test) {}

  /// Writes rooms with the seeds seed, seed + 1, ...; the types take turns. The last rooms make
  /// the test list. The files do not depend on the number of threads.
  ///
  /// @param count number of rooms
  /// @param tests how many of them are for the test, 0..count
  /// @param threads how many work at once
  /// @param progress is told the number of rooms written so far, by one thread at a time
  /// @throws IOException when a list cannot be written
  public static Written write(
      Path folder,
      int count,
      int tests,
      long seed,
      RoomOptions options,
      int threads,
      IntConsumer progress)
      throws IOException {
    if (count < 1 || tests < 0 || tests > count) {
      throw new IllegalArgumentException(
          "rooms: expected at least 1 with 0..count for the test, got %d and %d"
              .formatted(count, tests));
    }
    Folders.make("--out", folder);
    AtomicInteger done = new AtomicInteger();
    try (Workers workers = new Workers(threads)) {
      workers.parallel(
          count,
          1,
          (from, to) -> {
            for (int i = from; i < to; i++) {
              PlyFile.write(folder.resolve(name(i)), generate(i, seed, options).scan());
              synchronized (done) {
                progress.accept(done.incrementAndGet());
              }
            }
          });
    }
    List<String> train = names(0, count - tests);
    List<String> test = names(count - tests, count);
    list(folder.resolve("train.txt"), train);
    list(folder.resolve("test.txt"), test);
    return new Written(train, test);
  }

  /// Room number i of a data set.
  public static Room generate(int i, long seed, RoomOptions options) {
    return RoomGenerator.generate(seed + i, options.withTypes(List.of(type(i, options))));
  }

  /// The type of room number i of a data set: they take turns.
  public static RoomType type(int i, RoomOptions options) {
    return options.types().get(i % options.types().size());
  }

  private static String name(int i) {
    return String.format(Locale.ROOT, "room_%04d.ply", i);
  }

  private static List<String> names(int from, int to) {
    List<String> names = new ArrayList<>();
    for (int i = from; i < to; i++) {
      names.add(name(i));
    }
    return List.copyOf(names);
  }

  private static void list(Path file, List<String> names) throws IOException {
    StringBuilder text = new StringBuilder();
    names.forEach(name -> text.append(name).append('\n'));
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
  }
}
