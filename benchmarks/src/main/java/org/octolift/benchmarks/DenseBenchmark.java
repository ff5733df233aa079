package org.octolift.benchmarks;

import java.util.concurrent.TimeUnit;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.Executable;
import org.octolift.engine.InputKey;
import org.octolift.engine.Op;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.ops.Activation;
import org.octolift.engine.ops.Attention;
import org.octolift.engine.ops.MatrixProduct;
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
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// The dense products of a Vision Transformer on an image of 640 × 480, and square ones, on all
/// cores: rows × in × out; attention as tokens × channels × heads.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class DenseBenchmark {
  /// What is measured.
  @Param({
    "product 2048x2048x2048",
    "product 1024x1024x1024",
    "product 1201x768x2304",
    "product 1201x3072x768",
    "gelu 1201x768x3072",
    "attention 1201x768x12"
  })
  public String work;

  private CpuDevice device;
  private Recorder recorder;
  private Value result;
  private Executable executable;
  private FloatArray values;

  private final BatchInputs inputs =
      new BatchInputs() {
        @Override
        public int rows(Rows rows) {
          return rows.value();
        }

        @Override
        public FloatArray floats(InputKey key) {
          return values;
        }

        @Override
        public IntArray ints(InputKey key) {
          throw new IllegalArgumentException("no input " + key);
        }
      };

  /// Records the op.
  @Setup
  public void record() {
    String kind = work.split(" ")[0];
    String[] sizes = work.split(" ")[1].split("x");
    Rows rows = Rows.fixed(Integer.parseInt(sizes[0]));
    int in = Integer.parseInt(sizes[1]);
    int last = Integer.parseInt(sizes[2]);
    boolean attention = kind.equals("attention");
    recorder = new Recorder();
    result = recorder.keep(recorder.temporary("y", rows, attention ? in : last));
    Value x = recorder.input(new InputKey.Named("x"), rows, attention ? 3 * in : in);
    Op op =
        attention
            ? new Attention(result, x, 1, last)
            : new MatrixProduct(
                result,
                x,
                recorder.input(new InputKey.Named("w"), Rows.fixed(in), last),
                null,
                kind.equals("gelu") ? Activation.GELU : Activation.NONE,
                false);
    recorder.add(op);
    values = new FloatArray(Math.max(rows.value() * x.channels(), in * last));
    for (int i = 0; i < values.getSize(); i++) {
      values.set(i, (i * 40_503 & 0xffff) / 32_768f - 1);
    }
    device = CpuDevice.ofAllCores();
    executable = device.load(recorder.program());
  }

  /// The op.
  @Benchmark
  public Executable run() {
    executable.run(inputs);
    return executable;
  }

  /// Compares with another number of threads, bit for bit.
  @TearDown
  public void check() {
    try (CpuDevice other = new CpuDevice(3);
        Executable expected = other.load(recorder.program())) {
      expected.run(inputs);
      if (expected.floats(result).getSegment().mismatch(executable.floats(result).getSegment())
          >= 0) {
        throw new IllegalStateException(work + " depends on the threads");
      }
    }
    executable.close();
    device.close();
  }
}
