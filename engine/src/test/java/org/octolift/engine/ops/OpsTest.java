package org.octolift.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.octolift.engine.Op;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.kernels.cpu.ScalarDenseKernels;
import org.octolift.kernels.cpu.ScalarPairKernels;
import org.octolift.kernels.cpu.ScalarRowKernels;

/// Every op against its definition in double precision, on the CPU device and as the loop kernels
/// that a GPU runs, at awkward sizes.
class OpsTest {
  private static final int[] ROWS = {0, 1, 7, 27, 255, 256, 257, 1021};
  private static final int[] CHANNELS = {1, 3, 32, 96};

  /// Ops on relations, whose tests need octrees.
  private static final Set<Class<?>> ON_RELATIONS =
      Set.of(Convolution.class, ConvolutionWeightGradient.class);

  private static final CpuDevice ONE = new CpuDevice(1);
  private static final CpuDevice TWO = new CpuDevice(2);
  private static final CpuDevice FOUR = new CpuDevice(4);
  private static final CpuDevice SCALAR =
      new CpuDevice(1, new ScalarPairKernels(), new ScalarRowKernels(), new ScalarDenseKernels());

  @AfterAll
  static void close() {
    Stream.of(ONE, TWO, FOUR, SCALAR).forEach(CpuDevice::close);
  }

  static List<OpCase> cases() {
    List<OpCase> cases = new ArrayList<>();
    cases.addAll(ElementwiseCases.all());
    cases.addAll(RowCases.all());
    cases.addAll(NormalisationCases.all());
    cases.addAll(LossCases.all());
    cases.addAll(OptimiserCases.all());
    cases.addAll(ImageCases.all());
    cases.addAll(ResizeCases.all());
    cases.addAll(TransformerCases.all());
    return cases;
  }

  @Test
  void everyOpHasACase() throws IOException, URISyntaxException, ClassNotFoundException {
    Path root = Path.of(Op.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Set<Class<?>> ops = new HashSet<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        String name = root.relativize(file).toString().replace('/', '.');
        Class<?> type = Class.forName(name.substring(0, name.length() - ".class".length()));
        if (Op.class.isAssignableFrom(type) && !type.isInterface()) {
          ops.add(type);
        }
      }
    }
    assertThat(ops).hasSize(59);
    Set<Class<?>> tested = new HashSet<>(ON_RELATIONS);
    cases().forEach(c -> tested.add(c.op()));
    assertThat(tested).isEqualTo(ops);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsItsReferenceForAnyNumberOfThreads(OpCase op) {
    for (int rows : ROWS) {
      for (int channels : CHANNELS) {
        Scenario scenario = op.at(rows, channels);
        Map<Value, float[]> results = scenario.run(ONE);
        assertSame(scenario.run(TWO), results, op, rows, channels);
        assertSame(scenario.run(SCALAR), results, op, rows, channels);
        if (rows == 1021) {
          assertSame(scenario.run(FOUR), results, op, rows, channels);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void loopKernelsEqualTheReference(OpCase op) {
    for (int rows : ROWS) {
      for (int channels : CHANNELS) {
        op.at(rows, channels).runKernels();
      }
    }
  }

  private static void assertSame(
      Map<Value, float[]> actual, Map<Value, float[]> expected, OpCase op, int rows, int channels) {
    expected.forEach(
        (value, result) ->
            assertThat(actual.get(value))
                .as("%s, %d rows, %d channels: %s", op, rows, channels, value)
                .isEqualTo(result));
  }
}
