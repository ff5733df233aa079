package org.octolift.apps.data;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.octolift.apps.config.DataConfig;
import org.octolift.engine.InputException;

/// The scans of a file list, read when they are asked for, or once if they are to stay in memory.
/// May be used by several threads.
public final class Dataset {
  private final FileList list;
  private final Function<Path, Scan> reader;
  private final AtomicReferenceArray<Scan> kept;

  /// @param list which scans
  /// @param reader reads one
  /// @param inMemory whether scans are kept once read
  public Dataset(FileList list, Function<Path, Scan> reader, boolean inMemory) {
    this.list = list;
    this.reader = reader;
    this.kept = inMemory ? new AtomicReferenceArray<>(list.entries().size()) : null;
  }

  /// The data set of a section.
  ///
  /// @throws InputException when the section names no list, or the list is at fault
  public static Dataset open(DataConfig data, Function<Path, Scan> reader) {
    Path list =
        data.list()
            .orElseThrow(
                () ->
                    new InputException(
                        "%s.filelist: expected a text file of scans, got nothing"
                            .formatted(data.section())));
    return new Dataset(FileList.read(list, data.location()), reader, data.inMemory());
  }

  /// Number of scans.
  public int size() {
    return list.entries().size();
  }

  /// The line of the list that names scan {@code item} of 0..size-1.
  public FileList.Entry entry(int item) {
    return list.entries().get(item);
  }

  /// Scan {@code item} of 0..size-1, all of its values finite.
  ///
  /// @throws InputException when its file is at fault
  public Scan scan(int item) {
    Scan scan = kept == null ? null : kept.get(item);
    if (scan == null) {
      scan = Scans.requireFinite(reader.apply(entry(item).file()));
      if (kept != null) {
        kept.set(item, scan);
      }
    }
    return scan;
  }
}
