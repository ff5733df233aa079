package org.octolift.engine.tornado;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.octolift.engine.Rows;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.octree.OctreeFormat;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.octree.Points;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// The points of a batch on their way to the graphs that build its octrees, and the numbers that
/// come back.
///
/// @param format of the octrees
/// @param mostTrees that the keys have room for
/// @param found numbers of rows, by [#slot], which host and device write
/// @param scans where each tree's points begin, and their end
/// @param xyz coordinates
/// @param normals of the points; one element if the format has none
/// @param features of the points; one element if the format has none
record OctreeUpload(
    OctreeFormat format,
    int mostTrees,
    IntArray found,
    IntArray scans,
    FloatArray xyz,
    FloatArray normals,
    FloatArray features) {
  /// Floats that a thread copies at a time.
  private static final int PIECE = 1 << 18;

  /// A part of a scan's array, and where it goes.
  private record Piece(float[] from, int first, MemorySegment to, long target, int size) {}

  /// Slots of [#found].
  static int slots(int depth) {
    return corners(depth) + 1;
  }

  /// Where [#found] has the number behind a symbol.
  static int slot(int depth, Rows rows) {
    return switch (rows.kind()) {
      case NON_EMPTY -> rows.value();
      case NODES -> depth + 1 + rows.value();
      case POINTS -> 2 * (depth + 1);
      case BATCH -> 2 * (depth + 1) + 1;
      case FIXED -> throw new IllegalArgumentException("nobody counts " + rows);
    };
  }

  /// Slot that is 1 if the octrees must not be used.
  static int rejected(int depth) {
    return slot(depth, Rows.batch()) + 1;
  }

  /// Slot of the number of corners around points, eight each.
  static int corners(int depth) {
    return rejected(depth) + 1;
  }

  /// All symbols that the octrees of a format give numbers to.
  static List<Rows> symbols(int depth) {
    List<Rows> symbols = new ArrayList<>(List.of(Rows.points(), Rows.batch()));
    for (int d = 0; d <= depth; d++) {
      symbols.add(Rows.nonEmpty(d));
      symbols.add(Rows.nodes(d));
    }
    return symbols;
  }

  /// Whether there is room for the points of a batch.
  boolean fits(OctreeInputs batch) {
    return batch.scans().size() <= Math.min(mostTrees, scans.getSize() - 1)
        && 3L * batch.rows(Rows.points()) <= xyz.getSize();
  }

  /// Copies the points of a batch to where the graphs will read them.
  void bind(OctreeInputs batch, Workers workers) {
    int depth = format.depth();
    int trees = batch.scans().size();
    found.init(0);
    for (int d = 0; d <= format.fullDepth(); d++) {
      int nodes = trees << (3 * d);
      found.set(slot(depth, Rows.nodes(d)), nodes);
      found.set(slot(depth, Rows.nonEmpty(d)), d < format.fullDepth() ? nodes : 0);
    }
    found.set(slot(depth, Rows.points()), batch.rows(Rows.points()));
    found.set(slot(depth, Rows.batch()), trees);
    found.set(corners(depth), 8 * batch.rows(Rows.points()));
    List<Piece> pieces = new ArrayList<>();
    int at = 0;
    for (int tree = 0; tree < trees; tree++) {
      Points points = batch.scans().get(tree);
      scans.set(tree, at);
      pieces(pieces, points.xyz(), xyz, 3L * at);
      if (format.signals().normals()) {
        pieces(pieces, points.normals(), normals, 3L * at);
      }
      if (points.features() != null) {
        pieces(pieces, points.features(), features, (long) points.featureChannels() * at);
      }
      at += points.size();
    }
    scans.set(trees, at);
    workers.parallel(
        pieces.size(),
        1,
        (from, to) ->
            pieces
                .subList(from, to)
                .forEach(
                    p ->
                        MemorySegment.copy(
                            p.from,
                            p.first,
                            p.to,
                            ValueLayout.JAVA_FLOAT,
                            p.target * Float.BYTES,
                            p.size)));
  }

  private static void pieces(List<Piece> pieces, float[] from, FloatArray to, long target) {
    for (int first = 0; first < from.length; first += PIECE) {
      int size = Math.min(PIECE, from.length - first);
      pieces.add(new Piece(from, first, to.getSegment(), target + first, size));
    }
  }

  /// Whether the device has found values that octrees cannot have.
  boolean isRejected() {
    return found.get(rejected(format.depth())) != 0;
  }

  /// The numbers that the device has found.
  Map<Rows, Integer> rows() {
    Map<Rows, Integer> rows = new HashMap<>();
    for (Rows symbol : symbols(format.depth())) {
      rows.put(symbol, found.get(slot(format.depth(), symbol)));
    }
    return rows;
  }
}
