package org.octolift.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.Grid;
import org.octolift.engine.InputKey;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.TestBatch;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.tornado.Precision;
import org.octolift.engine.tornado.TornadoDevice;
import uk.ac.manchester.tornado.api.types.BFloat16;

/// Dense products by cuBLAS, or by what stands for it on `tornado-jvm`, as on the CPU.
@Tag("device")
class LibraryDenseTasksTest {
  /// Of a number rounded to BF16.
  private static final double ROUNDING = 1.0 / 256;

  /// The error of GELU by the hyperbolic tangent.
  private static final double APPROXIMATION = 5e-4;

  private static final Rows ROWS = Rows.points();

  private final Recorder recorder = new Recorder();
  private final TestBatch batch = new TestBatch();

  private Value input(String name, Rows rows, int count, int channels) {
    Random random = new Random(name.hashCode());
    float[] values = new float[count * channels];
    for (int i = 0; i < values.length; i++) {
      // Rounding changes nothing.
      values[i] = BFloat16.bf16ToFloat(BFloat16.bf16FromFloat((float) random.nextGaussian() / 2));
    }
    InputKey key = new InputKey.Named(name);
    batch.floats(key, values);
    return recorder.input(key, rows, channels);
  }

  private Value matrix(String name, int rows, int channels) {
    return input(name, Rows.fixed(rows), rows, channels);
  }

  private static List<float[]> results(
      Device device, Recorder recorder, TestBatch batch, List<Value> kept) {
    try (Executable executable = device.load(recorder.program())) {
      executable.run(batch);
      executable.run(batch);
      List<float[]> results = new ArrayList<>();
      for (Value value : kept) {
        float[] result = new float[executable.rows(value) * value.channels()];
        for (int i = 0; i < result.length; i++) {
          result[i] = executable.floats(value).get(i);
        }
        results.add(result);
      }
      return results;
    }
  }

  private void assertEqualsTheCpu(
      Precision precision, double relative, double absolute, Value... kept) {
    Optional<TornadoDevice> library = TornadoDevice.openForTestsOfCublas(precision);
    assumeTrue(library.isPresent(), "the device has no cuBLAS");
    List<float[]> expected;
    List<float[]> actual;
    try (Device cpu = new CpuDevice(2);
        Device device = library.orElseThrow()) {
      expected = results(cpu, recorder, batch, List.of(kept));
      actual = results(device, recorder, batch, List.of(kept));
    }
    for (int value = 0; value < kept.length; value++) {
      assertThat(actual.get(value)).hasSameSizeAs(expected.get(value));
      for (int i = 0; i < expected.get(value).length; i++) {
        float wanted = expected.get(value)[i];
        assertThat(actual.get(value)[i])
            .as("%s, %d", kept[value], i)
            .isCloseTo(wanted, within((float) (absolute + relative * Math.abs(wanted))));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    // rows, depth, columns, transposed, bias, activation, precision
    "1, 16, 16, false, false, NONE, FP32",
    "7, 20, 36, false, true, NONE, FP32",
    "130, 36, 20, true, true, RELU, FP32",
    "5, 28, 16, true, false, RELU, FP32",
    "33, 16, 28, false, true, GELU, FP32",
    "9, 24, 16, false, false, GELU, BF16X3",
    "1, 16, 16, false, false, NONE, BF16",
    "7, 24, 40, false, true, NONE, BF16",
    "130, 40, 24, true, true, RELU, BF16",
    "5, 32, 16, true, false, RELU, BF16",
    "33, 16, 32, false, true, GELU, BF16",
    "9, 24, 16, true, false, GELU, BF16",
    "12, 20, 24, false, true, NONE, BF16", // not for the library
    "12, 24, 20, false, true, NONE, BF16",
    "12, 24, 30, false, true, RELU, BF16",
    "12, 24, 21, false, true, NONE, BF16", // not for the library
    "12, 8, 16, false, true, NONE, FP32",
  })
  void productsEqualTheCpu(
      int rows,
      int depth,
      int columns,
      boolean transposed,
      boolean biased,
      Activation activation,
      Precision precision) {
    batch.rows(ROWS, rows);
    Value x = input("x", ROWS, rows, depth);
    Value weights = transposed ? matrix("w", columns, depth) : matrix("w", depth, columns);
    Value bias = biased ? matrix("b", 1, columns) : null;
    Value y = recorder.keep(recorder.temporary("y", ROWS, columns));
    recorder.add(new MatrixProduct(y, x, weights, bias, activation, transposed));
    assertEqualsTheCpu(precision, 1e-5, 1e-5, y);
  }

  /// Octree convolutions without a relation, and their gradients.
  @ParameterizedTest
  @CsvSource({
    "65, 32, 16, false, false, FP32",
    "7, 20, 36, false, true, FP32",
    "130, 16, 24, true, true, FP32",
    "130, 16, 24, true, true, BF16",
  })
  void linearConvolutionsEqualTheCpu(
      int rows, int in, int out, boolean transposed, boolean biased, Precision precision) {
    batch.rows(ROWS, rows);
    Value x = input("x", ROWS, rows, in);
    Value weights = transposed ? matrix("w", out, in) : matrix("w", in, out);
    Value bias = biased ? matrix("b", 1, out) : null;
    Value y = recorder.keep(recorder.temporary("y", ROWS, out));
    recorder.add(new Convolution(y, x, weights, bias, null, null, transposed));
    assertEqualsTheCpu(precision, 1e-5, 1e-5, y);
  }

  @ParameterizedTest
  @CsvSource({
    "7, 24, 40, true, FP32",
    "65, 36, 20, false, FP32",
    "7, 24, 40, true, BF16",
    "130, 16, 24, false, BF16",
    "12, 20, 24, true, BF16", // not for the library
  })
  void residualsAreAdded(int rows, int depth, int columns, boolean biased, Precision precision) {
    batch.rows(ROWS, rows);
    Value x = input("x", ROWS, rows, depth);
    Value bias = biased ? matrix("b", 1, columns) : null;
    Value residual = input("r", ROWS, rows, columns);
    Value y = recorder.keep(recorder.temporary("y", ROWS, columns));
    Value weights = matrix("w", depth, columns);
    recorder.add(new MatrixProduct(y, x, weights, bias, residual, Activation.NONE, false));
    assertEqualsTheCpu(precision, 1e-5, 1e-5, y);
  }

  /// What only products read is written in 16 bits, with every epilogue.
  @ParameterizedTest
  @CsvSource({
    "7, 24, 40, true, NONE",
    "7, 24, 40, false, NONE",
    "33, 16, 32, true, GELU",
    "33, 16, 24, false, GELU",
    "2, 64, 16, true, RELU",
    "2, 64, 16, false, RELU",
  })
  void productsOfProductsAreRoundedOnce(
      int rows, int depth, int columns, boolean biased, Activation activation) {
    batch.rows(ROWS, rows);
    Value x = input("x", ROWS, rows, depth);
    Value bias = biased ? matrix("b", 1, columns) : null;
    Value hidden = recorder.temporary("hidden", ROWS, columns);
    Value y = recorder.keep(recorder.temporary("y", ROWS, columns));
    recorder.add(
        new MatrixProduct(hidden, x, matrix("w", depth, columns), bias, activation, false));
    recorder.add(new MatrixProduct(y, hidden, identity(columns), null, Activation.NONE, false));
    assertEqualsTheCpu(Precision.BF16, ROUNDING, 1e-5 + APPROXIMATION, y);
  }

  /// Queries, keys and values are written in 16 bits.
  @Test
  void attentionReadsWhatProductsRounded() {
    int tokens = 37;
    Rows rows = Rows.fixed(2 * tokens);
    Value x = input("x", rows, 2 * tokens, 16);
    Value qkv = recorder.temporary("qkv", rows, 3 * 128);
    recorder.add(new MatrixProduct(qkv, x, matrix("w", 16, 3 * 128), null, Activation.NONE, false));
    Value y = recorder.keep(recorder.temporary("y", rows, 128));
    recorder.add(new Attention(y, qkv, 2, 2));
    assertEqualsTheCpu(Precision.BF16, 4 * ROUNDING, 4 * ROUNDING, y);
  }

  /// What GroupNorm alone reads is written in 16 bits too.
  @ParameterizedTest
  @CsvSource({"2, 3, 5, 24, 3, true", "3, 1, 1, 16, 2, false", "1, 7, 9, 40, 40, true"})
  void groupNormReadsWhatProductsRounded(
      int images, int height, int width, int channels, int groups, boolean added) {
    Grid grid = new Grid(images, height, width);
    Value x = input("x", grid.rows(), grid.size(), 16);
    Window window = Window.padded(1, 1, 0, grid);
    Value convolved = recorder.temporary("convolved", grid.rows(), channels);
    recorder.add(
        new ImageConvolution(
            convolved, x, matrix("w", 16, channels), null, window, Activation.NONE));
    Value residual = added ? input("residual", grid.rows(), grid.size(), channels) : null;
    Value normal = recorder.keep(recorder.temporary("normal", grid.rows(), channels));
    Value gamma = matrix("gamma", 1, channels);
    Value beta = matrix("beta", 1, channels);
    recorder.add(
        new GroupNorm(normal, convolved, gamma, beta, residual, added, grid, groups, 0.1f));
    Value y = recorder.keep(recorder.temporary("y", grid.rows(), channels));
    recorder.add(new MatrixProduct(y, normal, identity(channels), null, Activation.NONE, false));
    assertEqualsTheCpu(Precision.BF16, 3 * ROUNDING, 3 * ROUNDING, normal, y);
  }

  /// What GroupNorm adds, and a product reads, is not stored as floats at all.
  @Test
  void groupNormAddsWhatWasRounded() {
    Grid grid = new Grid(2, 3, 3);
    int channels = 24;
    Value gamma = matrix("gamma", 1, channels);
    Value beta = matrix("beta", 1, channels);
    Value x = input("x", grid.rows(), grid.size(), channels);
    Value shortcut = recorder.temporary("shortcut", grid.rows(), channels);
    Value hidden = recorder.temporary("hidden", grid.rows(), channels);
    Value normal = recorder.temporary("normal", grid.rows(), channels);
    Value twice = recorder.keep(recorder.temporary("twice", grid.rows(), channels));
    recorder.add(new GroupNorm(shortcut, x, gamma, beta, null, false, grid, 3, 0.1f));
    Value weights = matrix("w", channels, channels);
    recorder.add(new MatrixProduct(hidden, shortcut, weights, null, Activation.NONE, false));
    recorder.add(new GroupNorm(normal, hidden, gamma, beta, shortcut, true, grid, 3, 0.1f));
    recorder.add(new GroupNorm(twice, normal, gamma, beta, normal, false, grid, 3, 0.1f));
    assertEqualsTheCpu(Precision.BF16, 4 * ROUNDING, 4 * ROUNDING, twice);
  }

  private Value identity(int size) {
    float[] values = new float[size * size];
    for (int i = 0; i < size; i++) {
      values[i * size + i] = 1;
    }
    InputKey key = new InputKey.Named("identity");
    batch.floats(key, values);
    return recorder.input(key, Rows.fixed(size), size);
  }

  /// Floats and 16 bits of one product, and of passes over rows.
  @Test
  void valuesMayBeStoredBothWays() {
    int rows = 13;
    int channels = 24;
    batch.rows(ROWS, rows);
    Value x = input("x", ROWS, rows, channels);
    Value weights = matrix("w", channels, channels);
    Value first = recorder.keep(recorder.temporary("first", ROWS, channels));
    Value active = recorder.temporary("active", ROWS, channels);
    Value normal = recorder.keep(recorder.temporary("normal", ROWS, channels));
    Value second = recorder.keep(recorder.temporary("second", ROWS, channels));
    Value third = recorder.keep(recorder.temporary("third", ROWS, channels));
    recorder.add(new MatrixProduct(first, x, weights, null, Activation.NONE, false));
    recorder.add(new Relu(active, first));
    recorder.add(
        new LayerNorm(
            normal, first, matrix("gamma", 1, channels), matrix("beta", 1, channels), 1f));
    recorder.add(new MatrixProduct(second, first, identity(channels), null, Activation.NONE, true));
    Value sum = recorder.temporary("sum", ROWS, channels);
    recorder.add(new MatrixProduct(sum, active, weights, null, Activation.NONE, false));
    recorder.add(new Add(third, sum, second));
    assertEqualsTheCpu(Precision.BF16, ROUNDING, 0.05, first, normal, second, third);
  }
}
