package org.octolift.engine.cpu;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.octolift.engine.BatchInputs;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// The pair lists and inverse indices of the current batch, shared by all programs that run on it.
final class PairListCache {
  private final Workers workers;
  private final IdentityHashMap<IntArray, PairLists> byTable = new IdentityHashMap<>();
  private final Map<Integer, PairLists> identities = new HashMap<>();
  private final IdentityHashMap<IntArray, InverseIndex> inverses = new IdentityHashMap<>();

  /// Lists of this batch in the order of their making, and those of the one before, whose memory
  /// is used again: as programs ask in the same order, sizes match.
  private Deque<PairLists> used = new ArrayDeque<>();

  private Deque<PairLists> spare = new ArrayDeque<>();
  private final RowSet[] sets;
  private BatchInputs batch;

  PairListCache(Workers workers) {
    this.workers = workers;
    this.sets = new RowSet[workers.threads()];
    Arrays.setAll(sets, thread -> new RowSet());
  }

  /// Drops the lists of the previous batch; who still holds them must not use them any more.
  void begin(BatchInputs next) {
    if (next != batch) {
      byTable.clear();
      identities.clear();
      inverses.clear();
      used.addAll(spare);
      spare = used;
      used = new ArrayDeque<>();
      batch = next;
    }
  }

  PairLists of(IntArray table, int rows, int columns) {
    return byTable.computeIfAbsent(table, t -> build(t, rows, columns));
  }

  PairLists identity(int rows) {
    return identities.computeIfAbsent(rows, n -> build(null, n, 1));
  }

  private PairLists build(IntArray table, int rows, int columns) {
    PairLists lists = spare.isEmpty() ? new PairLists() : spare.removeFirst();
    lists.build(table, rows, columns, workers, sets);
    used.addLast(lists);
    return lists;
  }

  InverseIndex inverse(IntArray index, int size, int rows) {
    InverseIndex inverse = inverses.get(index);
    if (inverse == null || inverse.rows() != rows) {
      inverse = InverseIndex.of(index, size, rows);
      inverses.put(index, inverse);
    }
    return inverse;
  }
}
