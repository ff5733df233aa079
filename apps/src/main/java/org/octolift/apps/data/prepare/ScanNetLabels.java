package org.octolift.apps.data.prepare;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.octolift.apps.data.Scan;
import org.octolift.engine.InputException;
import org.octolift.engine.io.Json;

/// NYU40 ids of ScanNet's vertices: from a labelled mesh, or from the segments that annotators
/// grouped into objects and the table of their words.
final class ScanNetLabels {
  private static final double ABSOLUTE = 1e-8;
  private static final double RELATIVE = 1e-5;
  private static final String WORD = "raw_category";
  private static final String ID = "nyu40id";

  private ScanNetLabels() {}

  /// The labels of a labelled mesh, which must have the same vertices as {@code mesh}.
  ///
  /// @throws InputException when it has no labels, other vertices or another number of them
  static int[] of(Scan labelled, Scan mesh) {
    if (labelled.labels() == null) {
      throw new InputException(labelled.source() + ": has no property label");
    }
    if (labelled.size() != mesh.size()) {
      throw new InputException(
          "%s: has %,d labels, %s has %,d vertices; one of them is of another version"
              .formatted(labelled.source(), labelled.size(), mesh.source(), mesh.size()));
    }
    for (int i = 0; i < mesh.xyz().length; i++) {
      double expected = labelled.xyz()[i];
      if (!(Math.abs(mesh.xyz()[i] - expected) <= ABSOLUTE + RELATIVE * Math.abs(expected))) {
        throw new InputException(
            "%s: vertex %d is elsewhere than in %s; one of them is of another version"
                .formatted(labelled.source(), i / 3, mesh.source()));
      }
    }
    return labelled.labels();
  }

  /// The labels of grouped segments. A vertex in objects of several words gets the word that was
  /// used last for the first time, as in ScanNet's own tools; one in no object gets 0.
  ///
  /// @param aggregation which segments make an object, and its word (`.aggregation.json`)
  /// @param segments the segment of each vertex (`.segs.json`)
  /// @param table NYU40 id of each word (`scannetv2-labels.combined.tsv`)
  /// @throws InputException when one of them is damaged, or they do not fit together
  static int[] of(Source aggregation, Source segments, Source table, Scan mesh) {
    long[] segmentOf = segmentOf(segments);
    if (segmentOf.length != mesh.size()) {
      throw new InputException(
          "%s: has %,d vertices, %s has %,d; segments of the mesh _vh_clean_2 are expected"
              .formatted(segments.name(), segmentOf.length, mesh.source(), mesh.size()));
    }
    Map<String, Integer> ids = ids(table);
    Map<Long, Integer> idOf = new HashMap<>();
    words(aggregation)
        .forEach(
            (word, members) -> {
              Integer id = ids.get(word);
              if (id == null) {
                throw new InputException(
                    "%s: the word \"%s\" is not in %s"
                        .formatted(aggregation.name(), word, table.name()));
              }
              members.forEach(segment -> idOf.put(segment, id));
            });
    return Arrays.stream(segmentOf).mapToInt(segment -> idOf.getOrDefault(segment, 0)).toArray();
  }

  private static long[] segmentOf(Source segments) {
    if (Json.parse(segments.name(), segments.bytes()) instanceof Map<?, ?> file
        && file.get("segIndices") instanceof List<?> indices) {
      long[] values = new long[indices.size()];
      for (int i = 0; i < values.length; i++) {
        if (!(indices.get(i) instanceof Long value)) {
          throw new InputException(
              "%s: segIndices: value %d is no whole number".formatted(segments.name(), i));
        }
        values[i] = value;
      }
      return values;
    }
    throw new InputException(segments.name() + ": expected an object with the list segIndices");
  }

  /// The segments of each word, in the order of the words' first use.
  private static Map<String, List<Long>> words(Source aggregation) {
    if (!(Json.parse(aggregation.name(), aggregation.bytes()) instanceof Map<?, ?> file
        && file.get("segGroups") instanceof List<?> groups)) {
      throw new InputException(aggregation.name() + ": expected an object with the list segGroups");
    }
    Map<String, List<Long>> words = new LinkedHashMap<>();
    for (Object group : groups) {
      if (!(group instanceof Map<?, ?> object
          && object.get("label") instanceof String word
          && object.get("segments") instanceof List<?> segments
          && segments.stream().allMatch(Long.class::isInstance))) {
        throw new InputException(
            aggregation.name() + ": segGroups: expected objects with a label and a list segments");
      }
      List<Long> members = words.computeIfAbsent(word, _ -> new ArrayList<>());
      segments.forEach(segment -> members.add((Long) segment));
    }
    return words;
  }

  private static Map<String, Integer> ids(Source table) {
    String[] lines = new String(table.bytes(), StandardCharsets.UTF_8).split("\r?\n", -1);
    List<String> header = List.of(lines[0].split("\t", -1));
    int word = header.indexOf(WORD);
    int id = header.indexOf(ID);
    if (word < 0 || id < 0) {
      throw new InputException(
          "%s: expected a tab-separated table with the columns %s and %s, found %s"
              .formatted(table.name(), WORD, ID, header));
    }
    Map<String, Integer> ids = new HashMap<>();
    for (int i = 1; i < lines.length; i++) {
      String[] cells = lines[i].split("\t", -1);
      if (cells.length > Math.max(word, id)) {
        ids.put(cells[word], number(table, i + 1, cells[id]));
      }
    }
    return ids;
  }

  private static int number(Source table, int line, String cell) {
    try {
      return cell.isBlank() ? 0 : Integer.parseInt(cell.strip());
    } catch (NumberFormatException e) {
      throw new InputException(
          "%s: line %d: %s: expected a whole number, got \"%s\""
              .formatted(table.name(), line, ID, cell),
          e);
    }
  }
}
