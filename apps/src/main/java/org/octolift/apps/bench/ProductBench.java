package org.octolift.apps.bench;

import java.util.List;
import java.util.Set;
import org.octolift.apps.profile.OpCosts;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.Executable;
import org.octolift.engine.InputKey;
import org.octolift.engine.Program;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.ops.Activation;
import org.octolift.engine.ops.MatrixProduct;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// A square matrix product.
final class ProductBench {
  private static final int SIZE = 2048;

  private ProductBench() {}

  static Timing measure(Benchmark benchmark) {
    FloatArray values = LayerBench.wave(SIZE, SIZE);
    BatchInputs inputs =
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
    Recorder recorder = new Recorder();
    Rows rows = Rows.fixed(SIZE);
    Value x = recorder.input(new InputKey.Named("x"), rows, SIZE);
    Value w = recorder.input(new InputKey.Named("w"), rows, SIZE);
    Value y = recorder.temporary("y", rows, SIZE);
    MatrixProduct product = new MatrixProduct(y, x, w, null, Activation.NONE, false);
    Program program = new Program(recorder.values(), List.of(product), Set.of());
    try (Executable executable = benchmark.device().load(program)) {
      return Timing.of(
          benchmark.repeat(),
          new OpCosts(inputs).gflop(product),
          () -> {},
          () -> executable.run(inputs));
    }
  }
}
