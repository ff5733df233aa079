package org.octolift.apps.data.prepare;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.octolift.engine.InputException;

/// How the preparation of a data set went.
///
/// @param prepared steps that were done
/// @param skipped steps that had been done before
/// @param failures why steps failed, by their names
public record PreparationResult(int prepared, int skipped, Map<String, String> failures) {
  /// Copies the map, sorted.
  public PreparationResult {
    SortedMap<String, String> sorted = new TreeMap<>(failures);
    failures = Collections.unmodifiableSortedMap(sorted);
  }

  /// What a step's exception says to the user.
  public static String reason(Throwable e) {
    if (e instanceof InputException) {
      return e.getMessage();
    }
    String kind = e.getClass().getSimpleName();
    if (e.getMessage() == null || (e instanceof FileSystemException f && f.getReason() == null)) {
      return e.getMessage() == null ? kind : e.getMessage() + ": " + kind;
    }
    return e instanceof IOException ? e.getMessage() : kind + ": " + e.getMessage();
  }
}
