package org.octolift.engine.tornado;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory of the host behind arrays that only the device reads and writes. TornadoVM wants an array
/// on the host for each one on the device, and pins it; it never copies these, so all of them may
/// lie in the same memory. They begin at different addresses, by which TornadoVM tells pinned
/// memory apart.
final class SharedMirror {
  /// Between two arrays: room for the header, where an array's size is written.
  private static final long STEP = 16;

  /// Bytes for the beginnings of arrays.
  private static final long BEGINNINGS = 1 << 16;

  private MemorySegment memory = MemorySegment.NULL;
  private long next;

  /// @param largest bytes of the largest array that is expected
  SharedMirror(long largest) {
    allocate(largest);
  }

  /// Memory of {@code bytes} bytes that others use too.
  MemorySegment view(long bytes) {
    if (next + bytes > memory.byteSize()) {
      allocate(bytes);
    }
    MemorySegment view = memory.asSlice(next, bytes);
    next += STEP;
    return view;
  }

  private void allocate(long largest) {
    memory = Arena.ofAuto().allocate(largest + BEGINNINGS, STEP);
    next = 0;
  }
}
