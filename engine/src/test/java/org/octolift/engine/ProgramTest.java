package org.octolift.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.ops.Add;
import org.octolift.engine.ops.AddInPlace;
import org.octolift.engine.ops.ColumnSum;
import org.octolift.engine.ops.Fill;
import org.octolift.engine.ops.Relu;

class ProgramTest {
  private static final Rows MANY = Rows.nodes(3);
  private static final InputKey X = new InputKey.Named("x");

  private final Recorder recorder = new Recorder();

  @Test
  void readingBeforeWritingIsAnError() {
    Value a = recorder.temporary("a", MANY, 1);
    Value b = recorder.temporary("b", MANY, 1);
    recorder.add(new Relu(b, a));
    recorder.add(new Fill(a, 1));
    assertThatThrownBy(recorder::program)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("relu reads a (nodes(3), 1) before it is written");
  }

  @Test
  void updatingBeforeWritingIsAnError() {
    Value x = recorder.input(X, MANY, 1);
    recorder.add(new AddInPlace(recorder.temporary("sum", MANY, 1), x));
    assertThatThrownBy(recorder::program)
        .hasMessage("addInPlace reads sum (nodes(3), 1) before it is written");
  }

  @Test
  void writingAnInputIsAnError() {
    recorder.add(new Fill(recorder.input(X, MANY, 1), 0));
    assertThatThrownBy(recorder::program)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("fill writes the input");
  }

  @Test
  void keepingWhatIsNeverWrittenIsAnError() {
    recorder.keep(recorder.temporary("a", MANY, 1));
    assertThatThrownBy(recorder::program).hasMessageContaining("is kept but never written");
  }

  @Test
  void oneKeyIsOneValueOfOneShape() {
    Value x = recorder.input(X, MANY, 2);
    assertThat(recorder.input(X, MANY, 2)).isSameAs(x);
    assertThatThrownBy(() -> recorder.input(X, MANY, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("asked for as (nodes(3), 3)");
    Variable variable = new Variable("v", 1, 2);
    assertThat(recorder.persistent(variable)).isSameAs(recorder.persistent(variable));
  }

  @Test
  void onlyInputsThatAreReadAreBound() {
    Value x = recorder.input(X, MANY, 1);
    recorder.input(new InputKey.Named("unused"), MANY, 1);
    Value y = recorder.keep(recorder.temporary("y", MANY, 1));
    recorder.add(new Relu(y, x));
    Program program = recorder.program();
    assertThat(program.inputs()).containsExactly(x);
    try (CpuDevice device = new CpuDevice(1);
        Executable executable = device.load(program)) {
      executable.run(new TestBatch().rows(MANY, 2).floats(X, -1, 3));
      assertThat(executable.floats(y).get(0)).isEqualTo(0);
      assertThat(executable.floats(y).get(1)).isEqualTo(3);
    }
  }

  @Test
  void anInputThatIsTooShortIsAnError() {
    Value y = recorder.temporary("y", MANY, 2);
    recorder.add(new Relu(y, recorder.input(X, MANY, 2)));
    try (CpuDevice device = new CpuDevice(1);
        Executable executable = device.load(recorder.program())) {
      TestBatch batch = new TestBatch().rows(MANY, 2).floats(X, 1, 2, 3);
      assertThatThrownBy(() -> executable.run(batch))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("needs 4 elements, got 3");
    }
  }

  @Test
  void batchesOfAnySizeRunAndOnlyGrowingOnesArePlannedAnew() {
    Value x = recorder.input(X, MANY, 3);
    Value doubled = recorder.temporary("doubled", MANY, 3);
    Value sum = recorder.keep(recorder.temporary("sum", Rows.fixed(1), 3));
    recorder.add(new Add(doubled, x, x));
    recorder.add(new ColumnSum(sum, doubled));
    try (CpuDevice device = new CpuDevice(2);
        Executable executable = device.load(recorder.program())) {
      var plan = executable.plan();
      assertThat(plan).isNull();
      int largest = -1;
      for (int rows : new int[] {100, 7, 0, 104, 1000, 999, 2000}) {
        float[] data = new float[3 * rows];
        for (int i = 0; i < data.length; i++) {
          data[i] = i % 3;
        }
        executable.run(new TestBatch().rows(MANY, rows).floats(X, data));
        assertThat(executable.rows(doubled)).isEqualTo(rows);
        for (int channel = 0; channel < 3; channel++) {
          assertThat(executable.floats(sum).get(channel)).isEqualTo(2f * rows * channel);
        }
        if (rows <= largest) {
          assertThat(executable.plan()).isSameAs(plan);
        }
        plan = executable.plan();
        largest = plan.capacities().get(MANY);
      }
    }
  }

  @Test
  void programsShareVariables() {
    Variable variable = new Variable("v", 1, 2);
    recorder.add(new Fill(recorder.persistent(variable), 2));
    Recorder second = new Recorder();
    Value y = second.keep(second.temporary("y", Rows.fixed(1), 2));
    Value v = second.persistent(variable);
    second.add(new Add(y, v, v));
    try (CpuDevice device = new CpuDevice(1);
        Executable writer = device.load(recorder.program());
        Executable reader = device.load(second.program())) {
      writer.run(new TestBatch());
      reader.run(new TestBatch());
      assertThat(reader.floats(y).get(1)).isEqualTo(4);
    }
  }
}
