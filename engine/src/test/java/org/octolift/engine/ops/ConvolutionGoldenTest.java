package org.octolift.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.octolift.engine.Executable;
import org.octolift.engine.InputKey;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.io.TestFiles;
import org.octolift.engine.octree.KernelShape;
import org.octolift.engine.octree.OctreeBatch;
import org.octolift.engine.octree.OctreeFile;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.octree.Relation;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Convolutions of the original library on its own octree: a 3×3×3 one with both gradients, a
/// 2×2×2 one down and one up. Its planes of channels and its weight matrices are transposed here.
///
/// Reached: 2.3e-7 of the largest value for the weight gradient, below 2e-7 for the others.
class ConvolutionGoldenTest {
  private static final double TOLERANCE = 5e-7;

  private final Recorder recorder = new Recorder();
  private CpuDevice device;
  private OctreeInputs batch;

  @BeforeEach
  void load() throws IOException {
    device = new CpuDevice(2);
    var octree = OctreeFile.read(TestFiles.shared("golden/gen/batch_d9.octree"));
    batch = new OctreeInputs(OctreeBatch.of(octree, device.workers()), new float[0], new int[0]);
  }

  @AfterEach
  void close() {
    device.close();
  }

  @Test
  void convolutionWithBothGradients() throws IOException {
    Relation relation = Relation.of(KernelShape.K333, 1, 6, true);
    Relation back = relation.transpose();
    Value x = rows("conv333_d6_x", relation.inputRows(), 3);
    Value dy = rows("conv333_d6_gy", relation.outputRows(), 5);
    Value weights = input("weights", Rows.fixed(81), 5, convolutionWeights("conv333_d6_w", 27, 3));
    Value table = table(relation);
    Value y = output(relation.outputRows(), 5);
    Value dx = output(relation.inputRows(), 3);
    Value dWeights = output(Rows.fixed(81), 5);
    recorder.add(new Convolution(y, x, weights, null, table, relation, false));
    recorder.add(new Convolution(dx, dy, weights, null, table(back), back, true));
    recorder.add(new ConvolutionWeightGradient(dWeights, x, dy, table, relation));
    try (Executable executable = device.load(recorder.program())) {
      executable.run(batch);
      assertClose(executable.floats(y), transposed(floats("conv333_d6_y"), 5));
      assertClose(executable.floats(dx), transposed(floats("conv333_d6_gx"), 3));
      assertClose(executable.floats(dWeights), convolutionWeights("conv333_d6_gw", 27, 3));
    }
  }

  @Test
  void convolutionToTheNextCoarserDepth() throws IOException {
    Relation relation = Relation.of(KernelShape.K222, 2, 6, true);
    Value x = rows("down222_d6_x", relation.inputRows(), 3);
    Value weights = input("weights", Rows.fixed(24), 4, convolutionWeights("down222_d6_w", 8, 3));
    checkForward(relation, x, weights, "down222_d6_y");
  }

  @Test
  void deconvolutionToTheNextFinerDepth() throws IOException {
    Relation relation = Relation.of(KernelShape.K222, 2, 6, true).transpose();
    Value x = rows("up222_d5_x", relation.inputRows(), 4);
    // (Ci, Co·K) with column c·K + k becomes (K·Ci, Co) with row k·Ci + c.
    float[] reference = floats("up222_d5_w");
    float[] ours = new float[reference.length];
    for (int i = 0; i < ours.length; i++) {
      int k = i / 12;
      int in = i / 3 % 4;
      int out = i % 3;
      ours[i] = reference[(in * 3 + out) * 8 + k];
    }
    checkForward(relation, x, input("weights", Rows.fixed(32), 3, ours), "up222_d5_y");
  }

  private void checkForward(Relation relation, Value x, Value weights, String expected)
      throws IOException {
    Value y = output(relation.outputRows(), weights.channels());
    recorder.add(new Convolution(y, x, weights, null, table(relation), relation, false));
    try (Executable executable = device.load(recorder.program())) {
      executable.run(batch);
      assertClose(executable.floats(y), transposed(floats(expected), weights.channels()));
    }
  }

  /// (Co, Ci·K) with column c·K + k becomes (K·Ci, Co) with row k·Ci + c.
  private static float[] convolutionWeights(String name, int kernels, int in) throws IOException {
    float[] reference = floats(name);
    int out = reference.length / (kernels * in);
    float[] ours = new float[reference.length];
    for (int i = 0; i < ours.length; i++) {
      int k = i / (in * out);
      int c = i / out % in;
      ours[i] = reference[(i % out * in + c) * kernels + k];
    }
    return ours;
  }

  private Value rows(String name, Rows rows, int channels) throws IOException {
    return input(name, rows, channels, transposed(floats(name), channels));
  }

  private Value input(String name, Rows rows, int channels, float[] values) {
    assertThat(values).as(name).hasSize(batch.rows(rows) * channels);
    batch.set(name, FloatArray.fromArray(values));
    return recorder.input(new InputKey.Named(name), rows, channels);
  }

  private Value output(Rows rows, int channels) {
    return recorder.keep(recorder.temporary("output", rows, channels));
  }

  private Value table(Relation relation) {
    Relation table = relation.table();
    return recorder.inputInts(new InputKey.Table(table), table.outputRows(), table.shape().size());
  }

  /// (channels, rows) becomes (rows, channels).
  private static float[] transposed(float[] planes, int channels) {
    int rows = planes.length / channels;
    float[] result = new float[planes.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = planes[i % channels * rows + i / channels];
    }
    return result;
  }

  private static float[] floats(String name) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(TestFiles.shared("golden/gen/" + name + ".f32")))
            .order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  private static void assertClose(FloatArray actual, float[] expected) {
    double range = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      range = Math.max(range, Math.abs(expected[i]));
      worst = Math.max(worst, Math.abs(expected[i] - (double) actual.get(i)));
    }
    assertThat(worst / range).isLessThan(TOLERANCE);
  }
}
