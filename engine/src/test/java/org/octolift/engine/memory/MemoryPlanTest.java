package org.octolift.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.octolift.engine.Op;
import org.octolift.engine.Program;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.Variable;
import org.octolift.engine.cpu.CpuRun;

class MemoryPlanTest {
  /// An op that only has values.
  private record Step(List<Value> reads, List<Value> writes, Map<Value, Value> inPlace)
      implements Op {
    Step(List<Value> reads, List<Value> writes) {
      this(reads, writes, Map.of());
    }

    @Override
    public String name() {
      return "step";
    }

    @Override
    public void run(CpuRun cpu) {
      throw new AssertionError("never runs");
    }
  }

  private static Value temporary(Recorder recorder, Random random, String name) {
    Rows rows =
        random.nextInt(4) == 0 ? Rows.fixed(random.nextInt(3)) : Rows.nodes(random.nextInt(6));
    int channels = 1 + random.nextInt(40);
    return random.nextInt(5) == 0
        ? recorder.temporaryInts(name, rows, channels)
        : recorder.temporary(name, rows, channels);
  }

  private static Value like(Recorder recorder, Value value) {
    return value.type() == Value.Type.INT
        ? recorder.temporaryInts("like", value.rows(), value.channels())
        : recorder.temporary("like", value.rows(), value.channels());
  }

  private static Program random(Random random) {
    Recorder recorder = new Recorder();
    List<Value> written = new ArrayList<>();
    Value variable = recorder.persistent(new Variable("v", 3, 5));
    int steps = 1 + random.nextInt(40);
    for (int step = 0; step < steps; step++) {
      List<Value> reads = new ArrayList<>(List.of(variable));
      for (int i = random.nextInt(3); i > 0 && !written.isEmpty(); i--) {
        int recent = Math.min(written.size(), 1 + random.nextInt(12));
        reads.add(written.get(written.size() - recent));
      }
      List<Value> writes = new ArrayList<>();
      for (int i = 0; i <= random.nextInt(2); i++) {
        writes.add(temporary(recorder, random, "t" + step + "_" + i));
      }
      if (random.nextInt(4) == 0 && !written.isEmpty()) {
        Value updated = written.getLast();
        reads.add(updated);
        writes.add(updated);
      }
      Map<Value, Value> inPlace = new HashMap<>();
      if (random.nextInt(2) == 0 && reads.size() > 1) {
        Value input = reads.get(1);
        Value output = like(recorder, input);
        writes.add(output);
        inPlace.put(output, input);
      }
      recorder.add(new Step(reads, writes, inPlace));
      written.addAll(writes);
      if (random.nextInt(10) == 0) {
        recorder.keep(writes.getFirst());
      }
    }
    return recorder.program();
  }

  private static int capacity(Rows rows) {
    return rows.kind() == Rows.Kind.FIXED ? rows.value() : 10 * (rows.value() + 1);
  }

  /// Replays the program symbolically: every buffer remembers who wrote it last.
  @Property(tries = 300)
  void noTwoLiveValuesShareABuffer(@ForAll long seed) {
    Program program = random(new Random(seed));
    MemoryPlan plan = MemoryPlan.of(program, MemoryPlanTest::capacity);
    Map<Integer, Value> holder = new HashMap<>();
    for (Op op : program.ops()) {
      for (Value value : op.reads()) {
        if (value.isTemporary()) {
          assertThat(holder.get(plan.bufferOf(value))).as("reader of %s", value).isSameAs(value);
        }
      }
      for (Value value : op.writes()) {
        for (Value read : op.reads()) {
          assertThat(
                  read.isTemporary()
                      && !read.equals(value)
                      && !read.equals(op.inPlace().get(value))
                      && plan.bufferOf(read) == plan.bufferOf(value))
              .as("%s overwrites what its op reads, %s", value, read)
              .isFalse();
        }
        holder.put(plan.bufferOf(value), value);
      }
      for (Value value : op.writes()) {
        assertThat(holder.get(plan.bufferOf(value))).isSameAs(value);
      }
    }
    for (Value value : program.kept()) {
      assertThat(holder.get(plan.bufferOf(value))).as("kept").isSameAs(value);
    }
  }

  @Property(tries = 300)
  void everyValueFitsItsBufferAndPlanningSaves(@ForAll long seed) {
    Program program = random(new Random(seed));
    MemoryPlan plan = MemoryPlan.of(program, MemoryPlanTest::capacity);
    long bytes = 0;
    for (MemoryPlan.Buffer buffer : plan.buffers()) {
      for (Value value : buffer.values()) {
        assertThat(value.type()).isEqualTo(buffer.type());
        assertThat(capacity(value.rows()) * value.channels()).isLessThanOrEqualTo(buffer.size());
        assertThat(plan.buffers().get(plan.bufferOf(value))).isEqualTo(buffer);
      }
      bytes += 4L * buffer.size();
    }
    assertThat(plan.temporaryBytes()).isEqualTo(bytes);
    assertThat(plan.peak().map(MemoryPlan.Peak::bytes).orElse(0L)).isLessThanOrEqualTo(bytes);
    long empty = program.values().size() * 4L;
    assertThat(plan.temporaryBytes()).isLessThanOrEqualTo(plan.unsharedBytes() + empty);
    assertThat(plan.persistentBytes()).isEqualTo(4L * 15);
  }

  @Test
  void aChainNeedsTwoBuffers() {
    Recorder recorder = new Recorder();
    Value last = recorder.temporary("t0", Rows.nodes(2), 8);
    recorder.add(new Step(List.of(), List.of(last)));
    for (int i = 1; i < 10; i++) {
      Value next = recorder.temporary("t" + i, Rows.nodes(2), 8);
      recorder.add(new Step(List.of(last), List.of(next)));
      last = next;
    }
    MemoryPlan plan = MemoryPlan.of(recorder.program(), rows -> 100);
    assertThat(plan.buffers()).hasSize(2);
    assertThat(plan.temporaryBytes()).isEqualTo(2 * 100 * 8 * 4);
    assertThat(plan.unsharedBytes()).isEqualTo(10 * 100 * 8 * 4);
    assertThat(plan.toString())
        .startsWith("10 ops, 10 temporaries in 2 buffers: 0.0 MiB (0.0 MiB at once, ");
  }

  /// A value is computed in place of the one before.
  private static Recorder chain(Value... first) {
    Recorder recorder = new Recorder();
    Value last = recorder.temporary("t0", Rows.nodes(2), 8);
    first[0] = last;
    recorder.add(new Step(List.of(), List.of(last)));
    for (int i = 1; i < 10; i++) {
      Value next = recorder.temporary("t" + i, Rows.nodes(2), 8);
      recorder.add(new Step(List.of(last), List.of(next), Map.of(next, last)));
      last = next;
    }
    first[1] = last;
    return recorder;
  }

  @Test
  void aChainInPlaceNeedsOneBuffer() {
    Value[] ends = new Value[2];
    MemoryPlan plan = MemoryPlan.of(chain(ends).program(), rows -> 100);
    assertThat(plan.temporaryBytes()).isEqualTo(100 * 8 * 4);
    assertThat(plan.bufferOf(ends[1])).isEqualTo(plan.bufferOf(ends[0]));
    MemoryPlan.Peak peak = plan.peak().orElseThrow();
    assertThat(peak.bytes()).isEqualTo(100 * 8 * 4);
    assertThat(peak.values()).containsExactly(ends[0]);
  }

  @Test
  void whatIsNeededLaterIsNotOverwritten() {
    Value[] ends = new Value[2];
    Recorder kept = chain(ends);
    kept.keep(ends[0]);
    MemoryPlan plan = MemoryPlan.of(kept.program(), rows -> 100);
    assertThat(plan.temporaryBytes()).isEqualTo(2 * 100 * 8 * 4);
    Recorder readAgain = chain(ends);
    readAgain.add(new Step(List.of(ends), List.of(like(readAgain, ends[0]))));
    plan = MemoryPlan.of(readAgain.program(), rows -> 100);
    assertThat(plan.bufferOf(ends[0])).isNotEqualTo(plan.bufferOf(ends[1]));
    MemoryPlan.Peak peak = plan.peak().orElseThrow();
    assertThat(peak.op()).isEqualTo(readAgain.program().ops().getLast());
    assertThat(peak.bytes()).isEqualTo(plan.temporaryBytes()).isEqualTo(3 * 100 * 8 * 4);
    assertThat(peak.values()).hasSize(3).contains(ends);
  }

  @Test
  void aValueOfTooManyElementsIsAnError() {
    Recorder recorder = new Recorder();
    recorder.add(new Step(List.of(), List.of(recorder.temporary("huge", Rows.nodes(9), 1 << 20))));
    Program program = recorder.program();
    assertThatThrownBy(() -> MemoryPlan.of(program, rows -> 4096))
        .isInstanceOf(ArithmeticException.class);
  }
}
