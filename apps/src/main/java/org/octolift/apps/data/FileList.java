package org.octolift.apps.data;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.octolift.engine.InputException;

/// The scans of a data set: a text file whose lines are `file [label]`, files relative to a
/// directory. Blank lines do not count.
///
/// @param list the text file
/// @param entries its lines
public record FileList(Path list, List<Entry> entries) {
  private static final long MAX_BYTES = 64L << 20;

  /// One line.
  ///
  /// @param file to read
  /// @param label class of the whole scan, 0 where the line names none
  /// @param line number in the list, from 1
  public record Entry(Path file, int label, int line) {
    /// The last part of the file's name.
    public String name() {
      return file.getFileName().toString();
    }
  }

  /// Copies the entries.
  public FileList {
    entries = List.copyOf(entries);
  }

  /// Reads {@code list} and checks that all files exist.
  ///
  /// @param location directory of the files
  /// @throws InputException naming list and line: for a missing list or file, a label that is no
  /// whole number, a list without lines
  public static FileList read(Path list, Path location) {
    List<String> lines;
    try {
      if (Files.size(list) > MAX_BYTES) {
        throw InputException.in(list, "is larger than 64 MiB: no list of files");
      }
      lines = Files.readAllLines(list, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new InputException(
          list + ": there is no such list; see DATA.train.filelist and DATA.test.filelist", e);
    } catch (MalformedInputException e) {
      throw new InputException(list + ": expected lines \"file [label]\" in UTF-8", e);
    } catch (IOException e) {
      throw new InputException(list + ": cannot read the list: " + e.getMessage(), e);
    }
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty()) {
        entries.add(entry(list, location, line, i + 1));
      }
    }
    if (entries.isEmpty()) {
      throw InputException.in(list, "has no lines; expected \"file [label]\", one scan a line");
    }
    return new FileList(list, entries);
  }

  private static Entry entry(Path list, Path location, String line, int number) {
    String[] parts = line.split("\\s+");
    if (parts.length > 2) {
      throw new InputException(
          "%s: line %d: expected \"file [label]\", got \"%s\"".formatted(list, number, line));
    }
    int label = 0;
    if (parts.length == 2) {
      try {
        label = Integer.parseInt(parts[1]);
      } catch (NumberFormatException e) {
        throw new InputException(
            "%s: line %d: expected a whole number as label, got \"%s\""
                .formatted(list, number, parts[1]),
            e);
      }
    }
    Path file;
    try {
      file = location.resolve(parts[0]);
    } catch (InvalidPathException e) {
      throw new InputException(
          "%s: line %d: \"%s\" is no file name".formatted(list, number, parts[0]), e);
    }
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          "%s: line %d: there is no file %s; correct the line or the section's location"
              .formatted(list, number, file));
    }
    return new Entry(file, label, number);
  }
}
