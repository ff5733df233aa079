package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.cpu.Workers;
import org.octolift.kernels.Reductions;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// How ops split their work over the threads.
final class CpuLoops {
  /// Elements of a chunk: 64 KiB of each array.
  private static final int ELEMENTS = 1 << 14;

  private CpuLoops() {}

  /// A loop over all elements of a value.
  static void elements(CpuRun cpu, Value value, Workers.RangeBody body) {
    cpu.workers().parallel(cpu.rows(value) * value.channels(), ELEMENTS, body);
  }

  /// A loop over all rows of a value.
  static void rows(CpuRun cpu, Value value, Workers.RangeBody body) {
    cpu.workers().parallel(cpu.rows(value), Math.ceilDiv(ELEMENTS, value.channels()), body);
  }

  /// As [#rows], telling the body which thread it runs on.
  static void rowsByThread(CpuRun cpu, Value value, Workers.ThreadBody body) {
    cpu.workers().parallelByThread(cpu.rows(value), Math.ceilDiv(ELEMENTS, value.channels()), body);
  }

  /// Copies columns of all rows of one value to columns of another.
  static void copyColumns(
      CpuRun cpu, Value to, int toColumn, Value from, int fromColumn, int columns) {
    MemorySegment output = cpu.floats(to).getSegment();
    MemorySegment input = cpu.floats(from).getSegment();
    rows(
        cpu,
        to,
        (begin, end) -> {
          for (int row = begin; row < end; row++) {
            MemorySegment.copy(
                input,
                bytes((long) row * from.channels() + fromColumn),
                output,
                bytes((long) row * to.channels() + toColumn),
                bytes(columns));
          }
        });
  }

  static long bytes(long floats) {
    return floats * Float.BYTES;
  }

  /// The body of a partial sum: adds rows from..to to {@code sums}.
  @FunctionalInterface
  interface ChunkBody {
    void add(float[] sums, int from, int to);
  }

  /// The first step of a reduction over {@code rows} rows: {@code width} sums for each chunk, the
  /// last chunk first. What wrote the rows began with the first ones, so the last are those that a
  /// third-level cache still has; the op that follows finds the first ones there.
  static FloatArray partials(CpuRun cpu, int rows, int width, ChunkBody body) {
    FloatArray partials = cpu.offHeapScratch(0, Math.multiplyExact(Reductions.CHUNKS, width));
    MemorySegment target = partials.getSegment();
    int grain = Reductions.chunkRows(rows);
    int chunks = Math.ceilDiv(rows, grain);
    cpu.workers()
        .parallelByThread(
            chunks,
            1,
            (thread, begin, end) -> {
              float[] sums = cpu.scratch(thread, 0, width);
              for (int index = begin; index < end; index++) {
                int chunk = chunks - 1 - index;
                Arrays.fill(sums, 0, width, 0f);
                body.add(sums, chunk * grain, Math.min(rows, (chunk + 1) * grain));
                MemorySegment.copy(
                    sums, 0, target, ValueLayout.JAVA_FLOAT, bytes((long) chunk * width), width);
              }
            });
    return partials;
  }

  /// Copies rows of floats one after the other into heap memory that all threads share.
  static float[] heap(CpuRun cpu, int channels, FloatArray... vectors) {
    float[] all = cpu.sharedScratch(0, vectors.length * channels);
    int at = 0;
    for (FloatArray vector : vectors) {
      MemorySegment.copy(vector.getSegment(), ValueLayout.JAVA_FLOAT, 0, all, at, channels);
      at += channels;
    }
    return all;
  }
}
