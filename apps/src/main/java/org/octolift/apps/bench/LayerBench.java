package org.octolift.apps.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.octolift.apps.profile.OpCosts;
import org.octolift.engine.Executable;
import org.octolift.engine.InputKey;
import org.octolift.engine.Op;
import org.octolift.engine.Program;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.octree.KernelShape;
import org.octolift.engine.octree.OctreeBatch;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.octree.Relation;
import org.octolift.engine.ops.Convolution;
import org.octolift.engine.ops.ConvolutionWeightGradient;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Single convolutions: the different 3×3×3 layers of the default U-Net.
final class LayerBench {
  /// A 3×3×3 layer, {@code above} levels above the leaves.
  private record Layer(int above, int in, int out) {}

  private static final List<Layer> LAYERS =
      List.of(
          new Layer(0, 7, 32),
          new Layer(0, 128, 96),
          new Layer(0, 96, 96),
          new Layer(1, 32, 32),
          new Layer(1, 128, 96),
          new Layer(1, 96, 96),
          new Layer(2, 64, 64),
          new Layer(2, 192, 128),
          new Layer(2, 128, 128),
          new Layer(3, 128, 128),
          new Layer(3, 384, 256),
          new Layer(3, 256, 256),
          new Layer(4, 256, 256));

  private final Benchmark benchmark;
  private final List<String> details;

  LayerBench(Benchmark benchmark, List<String> details) {
    this.benchmark = benchmark;
    this.details = details;
  }

  /// Times every layer; the sum stands for all.
  Timing measure() {
    BenchScene scene = benchmark.scene();
    OctreeBatch octrees = scene.build(benchmark.workers());
    OctreeInputs inputs = scene.inputs(octrees);
    details.add(
        "%-5s %-9s %9s | %19s | %19s | %19s"
            .formatted(
                "depth", "channels", "GFLOP", "forward", "backward-data", "backward-weight"));
    List<Timing> all = new ArrayList<>();
    for (Layer layer : LAYERS) {
      List<Timing> timings = layer(octrees.depth() - layer.above, layer, inputs);
      StringBuilder line = new StringBuilder();
      line.append(
          "%-5d %-9s %9.2f"
              .formatted(
                  octrees.depth() - layer.above,
                  layer.in + ">" + layer.out,
                  timings.getFirst().gflop()));
      for (Timing timing : timings) {
        line.append(" | %8.2f ms %7.1f".formatted(1e3 * timing.median(), timing.gflops()));
      }
      details.add(line.toString());
      all.addAll(timings);
    }
    double[] seconds = new double[benchmark.repeat()];
    double first = 0;
    double gflop = 0;
    for (Timing timing : all) {
      first += timing.first();
      gflop += timing.gflop();
      for (int i = 0; i < seconds.length; i++) {
        seconds[i] += timing.seconds()[i];
      }
    }
    return new Timing(first, all.getFirst().untilSecond(), seconds, gflop);
  }

  private List<Timing> layer(int depth, Layer layer, OctreeInputs inputs) {
    Relation relation = Relation.of(KernelShape.K333, 1, depth, true);
    Rows rows = Rows.nonEmpty(depth);
    int count = inputs.rows(rows);
    inputs.set("x", wave(count, layer.in)).set("dy", wave(count, layer.out));
    inputs.set("w", wave(27 * layer.in, layer.out));
    Recorder recorder = new Recorder();
    Value table = recorder.inputInts(new InputKey.Table(relation.table()), rows, 27);
    Value x = recorder.input(new InputKey.Named("x"), rows, layer.in);
    Value dy = recorder.input(new InputKey.Named("dy"), rows, layer.out);
    Value w = recorder.input(new InputKey.Named("w"), Rows.fixed(27 * layer.in), layer.out);
    Value y = recorder.temporary("y", rows, layer.out);
    Value dx = recorder.temporary("dx", rows, layer.in);
    Value dw = recorder.temporary("dw", Rows.fixed(27 * layer.in), layer.out);
    return List.of(
        time(new Convolution(y, x, w, null, table, relation, false), recorder.values(), inputs),
        time(
            new Convolution(dx, dy, w, null, table, relation.transpose(), true),
            recorder.values(),
            inputs),
        time(new ConvolutionWeightGradient(dw, x, dy, table, relation), recorder.values(), inputs));
  }

  private Timing time(Op op, List<Value> values, OctreeInputs inputs) {
    Program program = new Program(values, List.of(op), Set.of());
    try (Executable executable = benchmark.device().load(program)) {
      return Timing.of(
          benchmark.repeat(),
          new OpCosts(inputs).gflop(op),
          () -> {},
          () -> executable.run(inputs));
    }
  }

  /// Values in -1..1 that do not repeat soon.
  static FloatArray wave(int rows, int channels) {
    FloatArray values = new FloatArray(Math.multiplyExact(rows, channels));
    for (int i = 0; i < values.getSize(); i++) {
      values.set(i, (i * 40_503 & 0xffff) / 32_768f - 1);
    }
    return values;
  }
}
