package org.octolift.benchmarks;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.octolift.engine.Executable;
import org.octolift.engine.InputKey;
import org.octolift.engine.Op;
import org.octolift.engine.Program;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.octree.KernelShape;
import org.octolift.engine.octree.OctreeBatch;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.octree.Relation;
import org.octolift.engine.ops.Convolution;
import org.octolift.engine.ops.ConvolutionWeightGradient;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Whole 3×3×3 layers of the U-Net on a generated room: forward and both gradients.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ConvolutionBenchmark {
  /// Depth and channels, the same on both sides.
  @Param({"9x96", "8x96", "8x32", "7x128", "6x256", "5x256"})
  public String layer;

  private OctreeInputs inputs;
  private List<Op> ops;
  private List<Value> values;
  private List<Executable> executables;

  /// Records the three ops.
  @Setup
  public void record(SceneState scene) {
    int depth = Integer.parseInt(layer.split("x")[0]);
    int channels = Integer.parseInt(layer.split("x")[1]);
    OctreeBatch octrees = scene.build();
    inputs = new OctreeInputs(octrees, new float[0], new int[0]);
    Relation relation = Relation.of(KernelShape.K333, 1, depth, true);
    Rows rows = Rows.nonEmpty(depth);
    inputs.set("x", wave(inputs.rows(rows) * channels));
    inputs.set("w", wave(27 * channels * channels));
    Recorder recorder = new Recorder();
    Value table = recorder.inputInts(new InputKey.Table(relation.table()), rows, 27);
    Value x = recorder.input(new InputKey.Named("x"), rows, channels);
    Value w = recorder.input(new InputKey.Named("w"), Rows.fixed(27 * channels), channels);
    Value y = recorder.temporary("y", rows, channels);
    Value dx = recorder.temporary("dx", rows, channels);
    Value dw = recorder.temporary("dw", Rows.fixed(27 * channels), channels);
    ops =
        List.of(
            new Convolution(y, x, w, null, table, relation, false),
            new Convolution(dx, x, w, null, table, relation.transpose(), true),
            new ConvolutionWeightGradient(dw, x, x, table, relation));
    values = recorder.values();
    executables = ops.stream().map(op -> load(scene.device, op)).toList();
  }

  private static FloatArray wave(int size) {
    FloatArray array = new FloatArray(size);
    for (int i = 0; i < size; i++) {
      array.set(i, (i * 40_503 & 0xffff) / 32_768f - 1);
    }
    return array;
  }

  private Executable load(CpuDevice device, Op op) {
    return device.load(new Program(values, List.of(op), Set.copyOf(op.writes())));
  }

  /// The layer.
  @Benchmark
  public Executable forward() {
    return run(0);
  }

  /// The gradient to its input.
  @Benchmark
  public Executable backwardData() {
    return run(1);
  }

  /// The gradient to its weights.
  @Benchmark
  public Executable backwardWeight() {
    return run(2);
  }

  private Executable run(int op) {
    executables.get(op).run(inputs);
    return executables.get(op);
  }

  /// Compares with another number of threads, bit for bit.
  @TearDown
  public void check() {
    try (CpuDevice other = new CpuDevice(3)) {
      for (int i = 0; i < ops.size(); i++) {
        Value result = ops.get(i).writes().getFirst();
        Executable expected = load(other, ops.get(i));
        expected.run(inputs);
        long bytes = 4L * expected.rows(result) * result.channels();
        if (expected
                .floats(result)
                .getSegment()
                .asSlice(0, bytes)
                .mismatch(run(i).floats(result).getSegment().asSlice(0, bytes))
            >= 0) {
          throw new IllegalStateException(ops.get(i).name() + " depends on the threads");
        }
      }
    }
  }
}
