package org.octolift.engine.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.octolift.engine.Op;
import org.octolift.engine.Program;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.memory.Lifetimes.Life;

/// Which temporary lives in which buffer. Values whose lifetimes do not overlap share a buffer, and
/// so does what an op can compute in place of an input that it is the last to read.
/// Values are placed by decreasing size, each into the first buffer that is free for its lifetime
/// (greedy by size: Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net
/// Inference", 2020); as a buffer is as large as its first value, every later one fits.
public final class MemoryPlan {
  /// A buffer.
  ///
  /// @param type of its elements
  /// @param size number of elements
  /// @param values that live in it, one after the other
  public record Buffer(Value.Type type, int size, List<Value> values) {
    /// Its bytes.
    public long bytes() {
      return (long) type.bytes() * size;
    }
  }

  /// The moment at which most is in memory.
  ///
  /// @param op that runs
  /// @param bytes of the temporaries that must be there
  /// @param values these, largest first
  public record Peak(Op op, long bytes, List<Value> values) {}

  private final List<Buffer> buffers;
  private final Map<Value, Integer> bufferOf;
  private final long persistentBytes;
  private final long withoutSharing;
  private final Program program;
  private final Storage storage;
  private final Map<Rows, Integer> capacities;

  private MemoryPlan(
      Program program,
      Storage storage,
      List<Buffer> buffers,
      Map<Value, Integer> bufferOf,
      Map<Rows, Integer> capacities,
      long persistentBytes,
      long withoutSharing) {
    this.program = program;
    this.storage = storage;
    this.buffers = buffers;
    this.bufferOf = bufferOf;
    this.capacities = capacities;
    this.persistentBytes = persistentBytes;
    this.withoutSharing = withoutSharing;
  }

  /// Plans the temporaries of {@code program} for at most {@code capacity} rows of each symbol.
  ///
  /// @throws ArithmeticException if a value has 2³¹ elements or more
  public static MemoryPlan of(Program program, ToIntFunction<Rows> capacity) {
    return of(program, Storage.of(program), capacity);
  }

  /// Plans what {@code storage} has of the temporaries of {@code program}.
  ///
  /// @throws ArithmeticException if a value has 2³¹ elements or more
  public static MemoryPlan of(Program program, Storage storage, ToIntFunction<Rows> capacity) {
    Lifetimes lifetimes = new Lifetimes(program, storage);
    Map<Rows, Integer> capacities = new HashMap<>();
    long persistent = 0;
    long unshared = 0;
    for (Value value : storage.values()) {
      int rows = capacities.computeIfAbsent(value.rows(), capacity::applyAsInt);
      if (!lifetimes.isUsed(value)) {
        continue;
      }
      int size = storage.size(value, rows);
      if (value.isTemporary()) {
        unshared += (long) value.type().bytes() * size;
      } else if (value.source() instanceof Value.Source.Persistent) {
        persistent += (long) value.type().bytes() * size;
      }
    }
    List<Life> lives = lifetimes.lives(capacities::get);
    lives.sort(Comparator.comparingInt((Life life) -> -life.size()).thenComparingInt(Life::id));
    List<List<Life>> occupants = new ArrayList<>();
    Map<Value, Integer> bufferOf = new HashMap<>();
    for (Life life : lives) {
      int index = 0;
      while (index < occupants.size() && !isFree(occupants.get(index), life)) {
        index++;
      }
      if (index == occupants.size()) {
        occupants.add(new ArrayList<>());
      }
      occupants.get(index).add(life);
      for (Value value : life.values()) {
        bufferOf.put(value, index);
      }
    }
    List<Buffer> buffers = new ArrayList<>();
    for (List<Life> list : occupants) {
      Life largest = list.getFirst();
      buffers.add(
          new Buffer(
              largest.type(),
              largest.size(),
              list.stream().flatMap(life -> life.values().stream()).toList()));
    }
    return new MemoryPlan(
        program,
        storage,
        List.copyOf(buffers),
        Map.copyOf(bufferOf),
        Map.copyOf(capacities),
        persistent,
        unshared);
  }

  private static boolean isFree(List<Life> occupants, Life life) {
    if (occupants.getFirst().type() != life.type()) {
      return false;
    }
    for (Life other : occupants) {
      if (other.overlaps(life)) {
        return false;
      }
    }
    return true;
  }

  /// The buffers.
  public List<Buffer> buffers() {
    return buffers;
  }

  /// Index of the buffer of a temporary.
  public int bufferOf(Value value) {
    return bufferOf.get(value);
  }

  /// Rows that this plan has room for.
  public Map<Rows, Integer> capacities() {
    return capacities;
  }

  /// Bytes of all buffers.
  public long temporaryBytes() {
    long bytes = 0;
    for (Buffer buffer : buffers) {
      bytes += buffer.bytes();
    }
    return bytes;
  }

  /// When most temporaries must be in memory, which no plan can go below; empty if there are none.
  public Optional<Peak> peak() {
    return new Lifetimes(program, storage).peak(capacities::get);
  }

  /// Bytes that the temporaries would take if none shared a buffer.
  public long unsharedBytes() {
    return withoutSharing;
  }

  /// Bytes of the variables that the program uses.
  public long persistentBytes() {
    return persistentBytes;
  }

  /// The program that is planned.
  public Program program() {
    return program;
  }

  /// A table of the buffers, largest first, with the values that share each.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        ("%d ops, %d temporaries in %d buffers: %.1f MiB (%.1f MiB at once, %.1f MiB unshared),"
                + " variables %.1f MiB%n")
            .formatted(
                program.ops().size(),
                bufferOf.size(),
                buffers.size(),
                temporaryBytes() / 1048576.0,
                peak().map(Peak::bytes).orElse(0L) / 1048576.0,
                withoutSharing / 1048576.0,
                persistentBytes / 1048576.0));
    for (int i = 0; i < buffers.size(); i++) {
      Buffer buffer = buffers.get(i);
      text.append("%4d %9.2f MiB  ".formatted(i, buffer.bytes() / 1048576.0));
      int shown = Math.min(6, buffer.values().size());
      for (int v = 0; v < shown; v++) {
        text.append(v == 0 ? "" : ", ").append(buffer.values().get(v));
      }
      if (buffer.values().size() > shown) {
        text.append(", and ").append(buffer.values().size() - shown).append(" more");
      }
      text.append(System.lineSeparator());
    }
    return text.toString();
  }
}
