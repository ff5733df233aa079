package org.octolift.engine.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.octolift.engine.InputKey;
import org.octolift.engine.Op;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.Variable;
import org.octolift.engine.ops.Ema;
import uk.ac.manchester.tornado.api.WorkerGrid;

/// Which tasks share a name, and with it a compiled kernel.
final class TaskNamesTest {
  private static final WorkerGrid GRID = Lowering.loop(1000);

  private final Recorder recorder = new Recorder();
  private final TaskNames names = new TaskNames(Map.of(), Map.of());
  private final Value alpha = recorder.input(new InputKey.Named("alpha"), Rows.fixed(1), 1);

  private Op ema(int channels) {
    return new Ema(variable(channels), variable(channels), alpha);
  }

  private Value variable(int channels) {
    return recorder.persistent(new Variable("v", 1, channels));
  }

  /// The name of the only task of an op in a graph of its own.
  private String alone(Op op, WorkerGrid grid) {
    names.beginGraph();
    names.beginOp(op, List.of());
    return names.next("ema", grid);
  }

  @Test
  void opsThatDifferInArraysAloneShareNames() {
    String name = alone(ema(8), GRID);
    assertThat(alone(ema(8), GRID)).isEqualTo(name);
    assertThat(alone(ema(16), GRID)).isNotEqualTo(name);
  }

  @Test
  void namesOfAGraphDiffer() {
    String name = alone(ema(8), GRID);
    assertThat(names.next("ema", GRID)).isNotEqualTo(name);
    names.beginOp(ema(8), List.of());
    assertThat(names.next("ema", GRID)).isNotEqualTo(name);
  }

  @Test
  void aNameStandsForOneGrid() {
    String name = alone(ema(8), GRID);
    assertThat(alone(ema(8), Lowering.loop(2000))).isNotEqualTo(name);
    assertThat(alone(ema(8), Lowering.loop(1001))).as("as many groups").isEqualTo(name);
  }

  @Test
  void tasksWithoutAGridShareNone() {
    assertThat(alone(ema(8), null)).isNotEqualTo(alone(ema(8), null));
  }
}
