package org.octolift.engine.cpu;

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
  private BatchInputs batch;

  PairListCache(Workers workers) {
    this.workers = workers;
  }

  /// Drops the lists of the previous batch.
  void begin(BatchInputs next) {
    if (next != batch) {
      byTable.clear();
      identities.clear();
      inverses.clear();
      batch = next;
    }
  }

  PairLists of(IntArray table, int rows, int columns) {
    return byTable.computeIfAbsent(table, t -> PairLists.of(t, rows, columns, workers));
  }

  PairLists identity(int rows) {
    return identities.computeIfAbsent(rows, n -> PairLists.identity(n, workers));
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
