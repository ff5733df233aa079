package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.exceptions.TornadoTaskRuntimeException;

/// A checked grid: work-items in all and of a group, in three dimensions.
record Grid(int x, int y, int z, int localX, int localY, int localZ) {
  private static final int MAX_GROUP = 1024;
  private static final int DEFAULT_GROUP = 256;

  static Grid of(String task, WorkerGrid worker) {
    long[] global = worker.getGlobalWork();
    long[] local = worker.getLocalWork();
    if (local == null) {
      local = new long[] {defaultLocal(global[0]), 1, 1};
    }
    for (int i = 0; i < global.length; i++) {
      if (global[i] < 1 || local[i] < 1 || global[i] % local[i] != 0) {
        throw new TornadoTaskRuntimeException(
            "task %s: %d work-items in dimension %d cannot be split into groups of %d"
                .formatted(task, global[i], i, local[i]));
      }
    }
    if (local[0] * local[1] * local[2] > MAX_GROUP) {
      throw new TornadoTaskRuntimeException(
          "task %s: a group of %d × %d × %d work-items is larger than %d"
              .formatted(task, local[0], local[1], local[2], MAX_GROUP));
    }
    return new Grid(
        Math.toIntExact(global[0]),
        Math.toIntExact(global[1]),
        Math.toIntExact(global[2]),
        (int) local[0],
        (int) local[1],
        (int) local[2]);
  }

  private static long defaultLocal(long global) {
    long local = DEFAULT_GROUP;
    while (global % local != 0) {
      local--;
    }
    return local;
  }

  int groupsX() {
    return x / localX;
  }

  int groupsY() {
    return y / localY;
  }

  int groups() {
    return Math.multiplyExact(Math.multiplyExact(groupsX(), groupsY()), z / localZ);
  }

  int groupSize() {
    return localX * localY * localZ;
  }
}
