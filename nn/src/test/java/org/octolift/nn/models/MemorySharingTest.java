package org.octolift.nn.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.InputKey;
import org.octolift.engine.Op;
import org.octolift.engine.Program;
import org.octolift.engine.RandomSource;
import org.octolift.engine.Recomputation;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.ops.BatchNormGradient;
import org.octolift.engine.tornado.TornadoDevice;
import org.octolift.nn.Parameter;
import org.octolift.nn.RandomScenes;
import org.octolift.nn.autograd.Losses;
import org.octolift.nn.autograd.Tape;
import org.octolift.nn.optim.Optimiser;
import org.octolift.nn.optim.Sgd;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Values that share memory, lie in place of others, or are not kept but computed again, have the
/// bits that they have with memory of their own.
@Tag("device")
final class MemorySharingTest {
  private static final int DEPTH = 4;
  private static final UNetStages STAGES =
      new UNetStages(List.of(6, 8, 16), List.of(3, 2), List.of(16, 12, 8), List.of(2, 2), 8);
  private final Sgd optimiser = new Sgd(0.9, 1e-4);

  private final UNet model =
      new UNet(
          new ModelOptions(DEPTH, 3, 5, true, Interpolation.NEAREST), STAGES, RandomSource.of(7));

  private Program record(Recomputation recomputation) {
    Tape tape = new Tape(true, recomputation);
    Value labels = tape.recorder().inputInts(new InputKey.Named("labels"), Rows.points(), 1);
    Value loss = Losses.crossEntropy(tape, model.record(tape, true), labels, 0).value();
    tape.recorder().keep(loss);
    tape.backward(loss, optimiser);
    return tape.program();
  }

  /// The program with memory of its own for each value.
  private static Program unshared(Program program) {
    Set<Value> temporaries = new HashSet<>();
    for (Op op : program.ops()) {
      op.writes().stream().filter(Value::isTemporary).forEach(temporaries::add);
    }
    return new Program(program.values(), program.ops(), temporaries);
  }

  private static Device device(String name) {
    return switch (name) {
      case "cpu" -> new CpuDevice(2);
      case "loops" -> TornadoDevice.openForTests(false);
      default -> TornadoDevice.openForTests(true);
    };
  }

  private void step(Executable executable) {
    try (Workers workers = new Workers(2)) {
      OctreeInputs batch = RandomScenes.batch(5, DEPTH, workers, 60, 50);
      batch.set(Optimiser.HYPER, FloatArray.fromArray(optimiser.hyper(0.05, 1)));
      executable.run(batch);
    }
  }

  private static List<Integer> bits(FloatArray array, int size) {
    return IntStream.range(0, size).mapToObj(i -> Float.floatToRawIntBits(array.get(i))).toList();
  }

  /// The bits of all parameters, which start from their first values.
  private Map<String, List<Integer>> parameters() {
    Map<String, List<Integer>> bits = new HashMap<>();
    for (Parameter parameter : model.parameters().all()) {
      bits.put(parameter.name(), bits(parameter.variable().values(), parameter.variable().size()));
    }
    return bits;
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "loops", "groups"})
  void sharingDoesNotChangeABit(String name) {
    Program program = record(Recomputation.RESIDUALS);
    Map<String, List<Integer>> shared;
    try (Device device = device(name);
        Executable executable = device.load(program)) {
      step(executable);
      shared = parameters();
      for (Op op : program.ops()) {
        if (op instanceof BatchNormGradient gradient) {
          assertThat(executable.plan().bufferOf(gradient.dx()))
              .as("%s in place", gradient.dx())
              .isEqualTo(executable.plan().bufferOf(gradient.dy()));
        }
      }
    }
    MemorySharingTest apart = new MemorySharingTest();
    Program own = unshared(apart.record(Recomputation.RESIDUALS));
    try (Device device = device(name);
        Executable executable = device.load(own)) {
      apart.step(executable);
      assertThat(apart.parameters()).isEqualTo(shared);
      assertThat(executable.plan().temporaryBytes())
          .isGreaterThanOrEqualTo(executable.plan().unsharedBytes());
      checkComputedAgain(own, executable);
    }
  }

  /// Nor does it change a bit what is computed again.
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "loops", "groups"})
  void recomputationDoesNotChangeABit(String name) {
    Map<Recomputation, Map<String, List<Integer>>> bits = new EnumMap<>(Recomputation.class);
    Map<Recomputation, Integer> ops = new EnumMap<>(Recomputation.class);
    for (Recomputation recomputation : Recomputation.values()) {
      MemorySharingTest apart = new MemorySharingTest();
      Program program = apart.record(recomputation);
      try (Device device = device(name);
          Executable executable = device.load(program)) {
        apart.step(executable);
      }
      bits.put(recomputation, apart.parameters());
      ops.put(recomputation, program.ops().size());
    }
    assertThat(new HashSet<>(bits.values())).hasSize(1);
    assertThat(ops.get(Recomputation.PASSES)).isLessThan(ops.get(Recomputation.PROJECTIONS));
    assertThat(ops.get(Recomputation.PROJECTIONS)).isLessThan(ops.get(Recomputation.RESIDUALS));
  }

  /// Values of the forward pass that are computed twice have the same name and shape.
  private static void checkComputedAgain(Program program, Executable executable) {
    Map<String, Value> first = new HashMap<>();
    List<Value> again = new ArrayList<>();
    for (Op op : program.ops()) {
      for (Value value : op.writes()) {
        if (value.isTemporary() && !value.name().startsWith("d(")) {
          Value before = first.putIfAbsent(value.toString(), value);
          if (before != null && !before.equals(value)) {
            int size = executable.rows(value) * value.channels();
            assertThat(bits(executable.floats(value), size))
                .as(value.toString())
                .isEqualTo(bits(executable.floats(before), size));
            again.add(value);
          }
        }
      }
    }
    assertThat(again.stream().map(Value::name))
        .contains(
            "nearest",
            "concat",
            "encoder.0.resblks.1.conv3x3b.bn.weight",
            "decoder.1.resblks.1.conv3x3b.bn.weight",
            "decoder.1.resblks.0.conv1x1.conv1x1.conv1x1.weight")
        .doesNotContain("encoder.0.resblks.2.conv3x3b.bn.weight");
  }
}
