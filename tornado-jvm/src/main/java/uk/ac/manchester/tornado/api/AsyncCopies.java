package uk.ac.manchester.tornado.api;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Copies to local memory that a work-item has begun. They are done when the item waits for them
/// and not before, so that a forgotten wait shows.
final class AsyncCopies {
  private final Deque<List<Runnable>> committed = new ArrayDeque<>();
  private List<Runnable> open = new ArrayList<>();

  void begin(Runnable copy) {
    open.add(copy);
  }

  /// Makes a group of the copies begun since the last commit.
  void commit() {
    committed.add(open);
    open = new ArrayList<>();
  }

  /// Does the copies of all committed groups but the last `groups`.
  void await(int groups) {
    while (committed.size() > groups) {
      committed.remove().forEach(Runnable::run);
    }
  }
}
