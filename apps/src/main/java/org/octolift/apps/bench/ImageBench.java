package org.octolift.apps.bench;

import java.util.List;
import org.octolift.apps.profile.OpCosts;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.Executable;
import org.octolift.engine.Grid;
import org.octolift.engine.InputKey;
import org.octolift.engine.Program;
import org.octolift.engine.RandomSource;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.nn.Parameter;
import org.octolift.nn.models.dpt.Dpt;
import org.octolift.nn.models.dpt.DptBackbone;
import org.octolift.nn.models.dpt.DptInput;
import org.octolift.nn.models.dpt.DptTask;
import org.octolift.nn.models.dpt.Image;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// DPT with random weights, as many images at a time as wanted: from the prepared images to the
/// logits of their pixels, which stay on the device.
final class ImageBench {
  private static final int CLASSES = 150;
  private static final int SEED = 1;

  private final Benchmark benchmark;
  private final List<String> details;

  ImageBench(Benchmark benchmark, List<String> details) {
    this.benchmark = benchmark;
    this.details = details;
  }

  Timing measure(DptBackbone backbone) {
    Dpt network = new Dpt(backbone, new DptTask.Segmentation(CLASSES));
    List<Parameter> parameters = List.copyOf(network.parameters().all());
    benchmark
        .workers()
        .parallel(
            parameters.size(),
            1,
            (from, to) -> parameters.subList(from, to).forEach(ImageBench::fill));
    Grid one = DptInput.REFERENCE;
    Grid grid = new Grid(benchmark.images(), one.height(), one.width());
    Recorder recorder = new Recorder();
    Value input = recorder.input(new InputKey.Named("image"), grid.rows(), 3);
    recorder.keep(network.record(recorder, new Image(input, grid)).value());
    Program program = recorder.program();
    Images images = new Images(LayerBench.wave(grid.size(), 3));
    OpCosts costs = new OpCosts(images);
    try (Executable executable = benchmark.device().load(program)) {
      Timing timing =
          Timing.of(
              benchmark.repeat(), costs.gflop(program), () -> {}, () -> executable.run(images));
      details.add("%s pixels, %d ops".formatted(grid, program.ops().size()));
      details.add(executable.plan().toString().lines().findFirst().orElseThrow());
      if (benchmark.byOp()) {
        details.addAll(
            OpTimes.measure(
                benchmark.repeat(), program, costs, () -> {}, () -> executable.profile(images)));
      }
      return timing;
    }
  }

  /// Numbers that keep activations of order 1.
  private static void fill(Parameter parameter) {
    int[] shape = parameter.shape();
    boolean vector = shape.length == 1;
    boolean positive = parameter.name().endsWith("weight") || parameter.name().endsWith("var");
    float offset = vector && positive ? 1 : 0;
    float scale = vector ? 0.1f : (float) Math.sqrt(3.0 * shape[0] / parameter.size());
    RandomSource random = RandomSource.of(SEED).split(parameter.name());
    float[] values = new float[parameter.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = offset + scale * (2 * random.nextFloat() - 1);
    }
    parameter.fromReference(values);
  }

  private record Images(FloatArray pixels) implements BatchInputs {
    @Override
    public int rows(Rows rows) {
      return rows.value();
    }

    @Override
    public FloatArray floats(InputKey key) {
      return pixels;
    }

    @Override
    public IntArray ints(InputKey key) {
      throw new IllegalArgumentException("no input " + key);
    }
  }
}
