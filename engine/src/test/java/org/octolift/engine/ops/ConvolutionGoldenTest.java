package org.octolift.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
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
import org.octolift.kernels.cpu.ScalarDenseKernels;
import org.octolift.kernels.cpu.ScalarPairKernels;
import org.octolift.kernels.cpu.ScalarRowKernels;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Convolutions and a deconvolution on two merged octrees against the original library, on vectors
/// and without. Its tensors are planar, its weights (Co, Ci·K), those of a deconvolution
/// (Ci, Co·K), with the offset fastest.
final class ConvolutionGoldenTest {
  private static final double TOLERANCE = 1e-6;

  @Test
  void neighboursAtOneDepth() throws IOException {
    Relation relation = Relation.of(KernelShape.K333, 1, 6, true);
    float[] weights = convolutionWeights(floats("conv333_d6_w"), 27, 3, 5);
    check(product(relation, "conv333_d6_x", weights, 3, 5, false), "conv333_d6_y", 5);
  }

  @Test
  void gradientToTheInput() throws IOException {
    Relation relation = Relation.of(KernelShape.K333, 1, 6, true).transpose();
    float[] weights = convolutionWeights(floats("conv333_d6_w"), 27, 3, 5);
    check(product(relation, "conv333_d6_gy", weights, 5, 3, true), "conv333_d6_gx", 3);
  }

  @Test
  void gradientToTheWeights() throws IOException {
    Relation relation = Relation.of(KernelShape.K333, 1, 6, true);
    float[] expected = convolutionWeights(floats("conv333_d6_gw"), 27, 3, 5);
    for (CpuDevice device : devices()) {
      Recorder recorder = new Recorder();
      Value x = recorder.input(new InputKey.Named("x"), relation.inputRows(), 3);
      Value dy = recorder.input(new InputKey.Named("dy"), relation.outputRows(), 5);
      Value dw = recorder.temporary("dw", Rows.fixed(81), 5);
      recorder.add(new ConvolutionWeightGradient(dw, x, dy, table(recorder, relation), relation));
      recorder.keep(dw);
      OctreeInputs batch =
          batch(device)
              .set("x", rows(floats("conv333_d6_x"), 3))
              .set("dy", rows(floats("conv333_d6_gy"), 5));
      try (device;
          Executable executable = device.load(recorder.program())) {
        executable.run(batch);
        assertClose(executable.floats(dw), expected);
      }
    }
  }

  @Test
  void toTheDepthAbove() throws IOException {
    Relation relation = Relation.of(KernelShape.K222, 2, 6, true);
    float[] weights = convolutionWeights(floats("down222_d6_w"), 8, 3, 4);
    check(product(relation, "down222_d6_x", weights, 3, 4, false), "down222_d6_y", 4);
  }

  @Test
  void backToTheDepthBelow() throws IOException {
    Relation relation = Relation.of(KernelShape.K222, 2, 6, true).transpose();
    float[] original = floats("up222_d5_w");
    float[] weights = new float[original.length];
    for (int k = 0; k < 8; k++) {
      for (int in = 0; in < 4; in++) {
        for (int out = 0; out < 3; out++) {
          weights[(k * 4 + in) * 3 + out] = original[(in * 3 + out) * 8 + k];
        }
      }
    }
    check(product(relation, "up222_d5_x", weights, 4, 3, false), "up222_d5_y", 3);
  }

  /// One result a device, as rows.
  private static List<FloatArray> product(
      Relation relation, String input, float[] weights, int in, int out, boolean transposed)
      throws IOException {
    Recorder recorder = new Recorder();
    Value x = recorder.input(new InputKey.Named("x"), relation.inputRows(), in);
    int kernels = relation.shape().size();
    Value w =
        recorder.input(
            new InputKey.Named("w"),
            Rows.fixed(kernels * (transposed ? out : in)),
            transposed ? in : out);
    Value y = recorder.temporary("y", relation.outputRows(), out);
    recorder.add(new Convolution(y, x, w, null, table(recorder, relation), relation, transposed));
    recorder.keep(y);
    List<FloatArray> results = new ArrayList<>();
    for (CpuDevice device : devices()) {
      OctreeInputs batch =
          batch(device).set("x", rows(floats(input), in)).set("w", FloatArray.fromArray(weights));
      try (device;
          Executable executable = device.load(recorder.program())) {
        executable.run(batch);
        results.add(executable.floats(y).slice(0, executable.rows(y) * out));
      }
    }
    return results;
  }

  private static List<CpuDevice> devices() {
    return List.of(
        new CpuDevice(1),
        new CpuDevice(3),
        new CpuDevice(
            2, new ScalarPairKernels(), new ScalarRowKernels(), new ScalarDenseKernels()));
  }

  private static OctreeInputs batch(CpuDevice device) throws IOException {
    OctreeBatch batch =
        OctreeBatch.of(
            OctreeFile.read(TestFiles.shared("golden/gen/batch_d9.octree")), device.workers());
    return new OctreeInputs(batch, new float[0], new int[0]);
  }

  private static Value table(Recorder recorder, Relation relation) {
    Relation table = relation.table();
    return recorder.inputInts(new InputKey.Table(table), table.outputRows(), table.shape().size());
  }

  private static void check(List<FloatArray> results, String golden, int channels)
      throws IOException {
    float[] expected = rows(floats(golden), channels).toHeapArray();
    for (FloatArray result : results) {
      assertThat(result.getSize()).isEqualTo(expected.length);
      assertClose(result, expected);
    }
  }

  /// The largest difference in units of the largest value.
  private static void assertClose(FloatArray actual, float[] expected) {
    double most = 0;
    double range = 0;
    for (int i = 0; i < expected.length; i++) {
      most = Math.max(most, Math.abs(actual.get(i) - expected[i]));
      range = Math.max(range, Math.abs(expected[i]));
    }
    assertThat(most / range).isLessThan(TOLERANCE);
  }

  /// From (Co, Ci·K) to (K·Ci, Co).
  private static float[] convolutionWeights(float[] original, int kernels, int in, int out) {
    float[] weights = new float[original.length];
    for (int k = 0; k < kernels; k++) {
      for (int c = 0; c < in; c++) {
        for (int o = 0; o < out; o++) {
          weights[(k * in + c) * out + o] = original[(o * in + c) * kernels + k];
        }
      }
    }
    return weights;
  }

  /// From (channels, rows) to (rows, channels).
  private static FloatArray rows(float[] planes, int channels) {
    int count = planes.length / channels;
    FloatArray rows = new FloatArray(planes.length);
    for (int row = 0; row < count; row++) {
      for (int c = 0; c < channels; c++) {
        rows.set(row * channels + c, planes[c * count + row]);
      }
    }
    return rows;
  }

  private static float[] floats(String name) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(TestFiles.shared("golden/gen/" + name + ".f32")))
            .order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }
}
