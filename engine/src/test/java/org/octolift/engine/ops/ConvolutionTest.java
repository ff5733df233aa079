package org.octolift.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.InputKey;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.TestBatch;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.octree.KernelShape;
import org.octolift.engine.octree.OctreeBatch;
import org.octolift.engine.octree.OctreeBuilder;
import org.octolift.engine.octree.OctreeOptions;
import org.octolift.engine.octree.RandomPoints;
import org.octolift.engine.octree.Relation;
import org.octolift.engine.tornado.Precision;
import org.octolift.engine.tornado.TornadoDevice;
import org.octolift.kernels.cpu.ScalarDenseKernels;
import org.octolift.kernels.cpu.ScalarPairKernels;
import org.octolift.kernels.cpu.ScalarRowKernels;
import org.octolift.kernels.gpu.TileLists;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Convolutions and their gradients on octrees against sums over pairs in double precision, for all
/// kernels, strides and directions, and the same bits from all inner loops and numbers of threads.
class ConvolutionTest {
  private static final int DEPTH = 4;
  private static final int[][] CHANNELS = {{1, 1}, {7, 32}, {3, 5}, {33, 17}, {64, 48}};

  private static final CpuDevice ONE = new CpuDevice(1);
  private static final CpuDevice TWO = new CpuDevice(2);
  private static final CpuDevice FOUR = new CpuDevice(4);
  private static final CpuDevice SCALAR =
      new CpuDevice(2, new ScalarPairKernels(), new ScalarRowKernels(), new ScalarDenseKernels());

  private static final TornadoDevice LOOPS = TornadoDevice.openForTests(false);
  private static final TornadoDevice GROUPS = TornadoDevice.openForTests(true);
  private static final TornadoDevice BRAIN = TornadoDevice.openForTests(Precision.BF16);
  private static final TornadoDevice THREEFOLD = TornadoDevice.openForTests(Precision.BF16X3);

  private static final OctreeBatch SMALL = octrees(30);

  @AfterAll
  static void close() {
    Stream.of(ONE, TWO, FOUR, SCALAR, LOOPS, GROUPS, BRAIN, THREEFOLD).forEach(Device::close);
  }

  /// A pair of rows that weight matrix k joins.
  private record Pair(int in, int out, int k) {}

  /// A sum and how large its terms are.
  private static final class Sums {
    final double[] values;
    final double[] sizes;

    Sums(int size) {
      values = new double[size];
      sizes = new double[size];
    }

    void add(int index, double term) {
      values[index] += term;
      sizes[index] += Math.abs(term);
    }
  }

  /// Everything that one relation and one pair of channels need.
  private static final class Setting {
    final TestBatch batch = new TestBatch();
    final List<Pair> pairs;
    final int inRows;
    final int outRows;
    final int kernels;
    final int in;
    final int out;
    final float[] x;
    final float[] dy;
    final float[] weights;
    final float[] bias;
    final Recorder recorder = new Recorder();
    final Value y;
    final Value dx;
    final Value dWeights;

    /// @param relation null for a 1×1 convolution
    Setting(Relation relation, int inRows, int outRows, List<Pair> pairs, int in, int out) {
      this.pairs = pairs;
      this.inRows = inRows;
      this.outRows = outRows;
      this.in = in;
      this.out = out;
      kernels = relation == null ? 1 : relation.shape().size();
      SplittableRandom random = new SplittableRandom(in * 1000L + out);
      x = random(random, inRows * in);
      dy = random(random, outRows * out);
      weights = random(random, kernels * in * out);
      bias = random(random, out);
      Rows inSymbol = relation == null ? Rows.points() : relation.inputRows();
      Rows outSymbol = relation == null ? Rows.points() : relation.outputRows();
      batch.rows(inSymbol, inRows).rows(outSymbol, outRows);
      Value xValue = input("x", inSymbol, in, x);
      Value dyValue = input("dy", outSymbol, out, dy);
      Value w = input("weights", Rows.fixed(kernels * in), out, weights);
      Value b = input("bias", Rows.fixed(1), out, bias);
      Relation back = relation == null ? null : relation.transpose();
      Value table = table(relation);
      y = recorder.keep(recorder.temporary("y", outSymbol, out));
      dx = recorder.keep(recorder.temporary("dx", inSymbol, in));
      dWeights = recorder.keep(recorder.temporary("dWeights", Rows.fixed(kernels * in), out));
      recorder.add(new Convolution(y, xValue, w, b, table, relation, false));
      recorder.add(new Convolution(dx, dyValue, w, null, table(back), back, true));
      recorder.add(new ConvolutionWeightGradient(dWeights, xValue, dyValue, table, relation));
    }

    private static float[] random(SplittableRandom random, int size) {
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
        values[i] = (float) random.nextDouble(-1, 1);
      }
      return values;
    }

    /// As given, but x, dy and weights with 8 significant bits, so that BF16 loses nothing.
    Setting rounded() {
      for (float[] values : List.of(x, dy, weights)) {
        for (int i = 0; i < values.length; i++) {
          values[i] = Math.round(values[i] * 128) / 128f;
        }
      }
      batch.floats(new InputKey.Named("x"), x);
      batch.floats(new InputKey.Named("dy"), dy);
      batch.floats(new InputKey.Named("weights"), weights);
      return this;
    }

    private Value input(String name, Rows rows, int channels, float[] values) {
      batch.floats(new InputKey.Named(name), values);
      return recorder.input(new InputKey.Named(name), rows, channels);
    }

    private Value table(Relation relation) {
      if (relation == null) {
        return null;
      }
      Relation table = relation.table();
      return recorder.inputInts(
          new InputKey.Table(table), table.outputRows(), table.shape().size());
    }

    Map<Value, float[]> run(Device device) {
      Map<Value, float[]> results = new LinkedHashMap<>();
      try (Executable executable = device.load(recorder.program())) {
        executable.run(batch);
        results.put(y, Arrays.copyOf(executable.floats(y).toHeapArray(), outRows * out));
        results.put(dx, Arrays.copyOf(executable.floats(dx).toHeapArray(), inRows * in));
        results.put(dWeights, executable.floats(dWeights).toHeapArray());
      }
      return results;
    }

    /// Each addition is off by up to 2^-24 of an intermediate result; most errors cancel.
    void check(Map<Value, float[]> results) {
      check(results, 0x1p-21);
    }

    /// @param share that a result may be off by, of the sum of the absolute values that it sums
    void check(Map<Value, float[]> results, double share) {
      Sums yReference = new Sums(outRows * out);
      Sums dxReference = new Sums(inRows * in);
      Sums dWeightsReference = new Sums(weights.length);
      for (int i = 0; i < outRows * out; i++) {
        yReference.add(i, bias[i % out]);
      }
      for (Pair pair : pairs) {
        for (int c = 0; c < in; c++) {
          for (int o = 0; o < out; o++) {
            int weight = (pair.k * in + c) * out + o;
            int input = pair.in * in + c;
            int output = pair.out * out + o;
            yReference.add(output, (double) x[input] * weights[weight]);
            dxReference.add(input, (double) dy[output] * weights[weight]);
            dWeightsReference.add(weight, (double) x[input] * dy[output]);
          }
        }
      }
      check("y", results.get(y), yReference, share);
      check("dx", results.get(dx), dxReference, share);
      check("dWeights", results.get(dWeights), dWeightsReference, share);
    }

    private void check(String what, float[] actual, Sums expected, double share) {
      assertThat(actual).hasSameSizeAs(expected.values);
      for (int i = 0; i < actual.length; i++) {
        double tolerance = share * expected.sizes[i];
        if (!(Math.abs(actual[i] - expected.values[i]) <= tolerance)) {
          throw new AssertionError(
              "(%d, %d) channels: %s[%d] is %s, must be %s ± %s"
                  .formatted(in, out, what, i, actual[i], expected.values[i], tolerance));
        }
      }
    }
  }

  private static OctreeBatch octrees(int size) {
    OctreeOptions options = OctreeOptions.of(DEPTH, 2);
    return OctreeBatch.merge(
        List.of(
            OctreeBuilder.build(RandomPoints.cloud(1, size), options, ONE.workers()),
            OctreeBuilder.build(RandomPoints.cloud(2, size / 3), options, ONE.workers())),
        ONE.workers());
  }

  /// Pairs of the forward relation, read from its table; turned round for a transposed one.
  private static List<Pair> pairs(OctreeBatch octrees, Relation relation) {
    Relation forward = Relation.of(relation.shape(), relation.stride(), DEPTH, relation.nonEmpty());
    IntArray table = octrees.table(forward);
    int columns = forward.table().shape().size();
    List<Pair> pairs = new ArrayList<>();
    for (int row = 0; row < octrees.rows(forward.outputRows()); row++) {
      for (int k = 0; k < relation.shape().size(); k++) {
        int column = relation.stride() == 1 ? relation.shape().offset(k) : k;
        int other = table.get(row * columns + column);
        if (other >= 0) {
          pairs.add(relation.transposed() ? new Pair(row, other, k) : new Pair(other, row, k));
        }
      }
    }
    return pairs;
  }

  private static Setting setting(OctreeBatch octrees, Relation relation, int in, int out) {
    Setting setting =
        new Setting(
            relation,
            octrees.rows(relation.inputRows()),
            octrees.rows(relation.outputRows()),
            pairs(octrees, relation),
            in,
            out);
    for (Relation table : List.of(relation.table(), relation.transpose().table())) {
      setting.batch.ints(new InputKey.Table(table), octrees.table(table).toHeapArray());
    }
    return setting;
  }

  static List<Relation> relations() {
    List<Relation> relations = new ArrayList<>();
    for (KernelShape shape : KernelShape.values()) {
      for (int stride = 1; stride <= 2; stride++) {
        for (boolean nonEmpty : new boolean[] {true, false}) {
          Relation forward = Relation.of(shape, stride, DEPTH, nonEmpty);
          relations.add(forward);
          relations.add(forward.transpose());
        }
      }
    }
    return relations;
  }

  @ParameterizedTest
  @MethodSource("relations")
  void equalsSumsOverPairs(Relation relation) {
    for (int[] channels : CHANNELS) {
      checkOnAllDevices(setting(SMALL, relation, channels[0], channels[1]));
    }
  }

  @Test
  void withoutRelationRowsArePaired() {
    for (int rows : new int[] {0, 1, 63, 64, 65, 1021}) {
      List<Pair> pairs = new ArrayList<>();
      for (int row = 0; row < rows; row++) {
        pairs.add(new Pair(row, row, 0));
      }
      for (int[] channels : CHANNELS) {
        checkOnAllDevices(new Setting(null, rows, rows, pairs, channels[0], channels[1]));
      }
    }
  }

  @Test
  void noRowsGiveNoOutputAndZeroGradients() {
    for (int stride = 1; stride <= 2; stride++) {
      Relation relation = Relation.of(KernelShape.K222, stride, DEPTH, true);
      Setting setting = new Setting(relation, 0, 0, List.of(), 3, 5);
      setting.batch.ints(new InputKey.Table(relation.table()), new int[0]);
      setting.batch.ints(new InputKey.Table(relation.transpose().table()), new int[0]);
      checkOnAllDevices(setting);
    }
  }

  @Tag("device")
  @ParameterizedTest
  @MethodSource("relations")
  void tasksEqualSumsOverPairs(Relation relation) {
    Setting setting = setting(SMALL, relation, 33, 17);
    setting.check(setting.run(LOOPS));
    setting.check(setting.run(GROUPS));
  }

  @Tag("device")
  @Test
  void tasksWithoutRelationEqualSumsOverPairs() {
    for (int rows : new int[] {0, 1, 63, 64, 65, 257}) {
      List<Pair> pairs = new ArrayList<>();
      for (int row = 0; row < rows; row++) {
        pairs.add(new Pair(row, row, 0));
      }
      Setting setting = new Setting(null, rows, rows, pairs, 7, 32);
      setting.check(setting.run(LOOPS));
      setting.check(setting.run(GROUPS));
    }
  }

  /// Operands in BF16, sums and biases in FP32; too few channels stay in FP32.
  @Tag("device")
  @ParameterizedTest
  @MethodSource("relations")
  void brainFloatTasksEqualSumsOverPairs(Relation relation) {
    for (int[] channels : new int[][] {{33, 17}, {16, 72}, {7, 32}}) {
      Setting setting = setting(SMALL, relation, channels[0], channels[1]).rounded();
      setting.check(setting.run(BRAIN));
    }
  }

  /// Three products have the bits that one lacks: nothing is rounded before.
  @Tag("device")
  @Test
  void threefoldTasksEqualSumsOverPairs() {
    Setting setting = setting(SMALL, Relation.of(KernelShape.K333, 1, DEPTH, true), 33, 24);
    setting.check(setting.run(THREEFOLD), 0x1p-14);
  }

  @Tag("device")
  @Test
  void brainFloatTasksWithoutRelationEqualSumsOverPairs() {
    for (int rows : new int[] {0, 1, 63, 65, 257}) {
      List<Pair> pairs = new ArrayList<>();
      for (int row = 0; row < rows; row++) {
        pairs.add(new Pair(row, row, 0));
      }
      Setting setting = new Setting(null, rows, rows, pairs, 33, 17).rounded();
      setting.check(setting.run(BRAIN));
    }
  }

  /// So many rows that a radix sort orders them.
  @Tag("device")
  @Test
  void tasksWithManyRowsEqualSumsOverPairs() {
    OctreeOptions options = OctreeOptions.of(DEPTH, 2);
    OctreeBatch octrees =
        OctreeBatch.merge(
            List.of(
                OctreeBuilder.build(RandomPoints.bare(1, 6000), options, ONE.workers()),
                OctreeBuilder.build(RandomPoints.bare(2, 2000), options, ONE.workers())),
            ONE.workers());
    Relation relation = Relation.of(KernelShape.K333, 1, DEPTH, true);
    Setting setting = setting(octrees, relation, 16, 8).rounded();
    assertThat(setting.outRows).isGreaterThan(TileLists.WINDOW);
    setting.check(setting.run(GROUPS));
    setting.check(setting.run(BRAIN));
  }

  /// That products are rounded at all: with FP32 operands the difference would be 2⁻²¹.
  @Tag("device")
  @Test
  void brainFloatTasksRound() {
    Setting setting = setting(SMALL, Relation.of(KernelShape.K333, 1, DEPTH, true), 33, 17);
    float[] exact = setting.run(GROUPS).get(setting.y);
    float[] rounded = setting.run(BRAIN).get(setting.y);
    double difference = 0;
    for (int i = 0; i < exact.length; i++) {
      difference = Math.max(difference, Math.abs(exact[i] - rounded[i]));
    }
    assertThat(difference).isBetween(1e-3, 0.2);
  }

  private static void checkOnAllDevices(Setting setting) {
    Map<Value, float[]> results = setting.run(ONE);
    setting.check(results);
    for (CpuDevice device : List.of(TWO, FOUR, SCALAR)) {
      assertSame(device, setting.run(device), results);
    }
  }

  /// So many channels that weight gradients are summed in groups of offsets and that panels of
  /// different widths are padded differently.
  @Test
  void bitsDoNotDependOnThreadsOrVectors() {
    OctreeBatch octrees = octrees(1200);
    Relation relation = Relation.of(KernelShape.K333, 1, DEPTH, true);
    Setting setting = setting(octrees, relation, 256, 48);
    assertThat(setting.outRows).isGreaterThan(11 * 64);
    Map<Value, float[]> results = setting.run(ONE);
    for (CpuDevice device : List.of(TWO, FOUR, SCALAR)) {
      assertSame(device, setting.run(device), results);
    }
  }

  private static void assertSame(
      CpuDevice device, Map<Value, float[]> actual, Map<Value, float[]> expected) {
    expected.forEach(
        (value, result) ->
            assertThat(actual.get(value))
                .as("%s on %s", value.name(), device.description())
                .isEqualTo(result));
  }
}
