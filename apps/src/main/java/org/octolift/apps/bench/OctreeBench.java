package org.octolift.apps.bench;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.octolift.engine.Executable;
import org.octolift.engine.InputKey;
import org.octolift.engine.Program;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.octree.KernelShape;
import org.octolift.engine.octree.OctreeBatch;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.octree.Relation;
import org.octolift.engine.octree.SignalLayout;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// From points to the tables that the U-Net reads: octrees, merge, neighbours. A GPU builds the
/// octrees of all copies, from points on the host to tables on the device; the CPU builds one.
final class OctreeBench {
  /// Levels of the default U-Net.
  private static final int LEVELS = 5;

  /// Of features: the displacement is what is left of coordinates up to 2^depth, and OpenCL divides
  /// with an error of some last places.
  private static final float TOLERANCE = 1e-3f;

  private final Benchmark benchmark;
  private final List<String> details;
  private OctreeBatch octrees;

  OctreeBench(Benchmark benchmark, List<String> details) {
    this.benchmark = benchmark;
    this.details = details;
  }

  Timing measure() {
    return benchmark.device().buildsOctrees() ? onDevice() : onCpu();
  }

  private Timing onDevice() {
    Recorder recorder = new Recorder();
    BenchScene scene = benchmark.scene();
    int depth = scene.options().depth();
    List<Relation> relations = relations(depth);
    for (Relation relation : relations) {
      int columns = relation.table().shape().size();
      recorder.inputInts(new InputKey.Table(relation), relation.outputRows(), columns);
    }
    int channels = SignalLayout.of(scene.points(), scene.options()).channels();
    recorder.input(new InputKey.Feature(depth, true), Rows.nonEmpty(depth), channels);
    Value voxels = recorder.inputInts(new InputKey.PointVoxels(depth, true), Rows.points(), 1);
    Program program = recorder.program();
    try (Executable executable = benchmark.device().load(program)) {
      Timing timing =
          Timing.of(
              benchmark.repeat(),
              0,
              () -> {},
              () -> executable.run(scene.scans(benchmark.workers())));
      OctreeInputs expected = scene.scans(benchmark.workers());
      program.values().forEach(value -> requireEqual(executable, value, expected));
      details.add(
          "%s, %d points, depth %d, %d non-empty leaves, %d tables, equal to the host's"
              .formatted(
                  scene.source(),
                  executable.rows(voxels),
                  depth,
                  expected.rows(Rows.nonEmpty(depth)),
                  relations.size()));
      details.add("median %.2f ms".formatted(1e3 * timing.median()));
      return timing;
    }
  }

  /// What the last run has made must be what the CPU makes: integers exactly.
  private static void requireEqual(Executable executable, Value value, OctreeInputs expected) {
    InputKey key = ((Value.Source.Input) value.source()).key();
    int rows = expected.rows(value.rows());
    int size = rows * value.channels();
    boolean equal = executable.rows(value) == rows;
    if (equal && value.type() == Value.Type.INT) {
      long bytes = (long) Integer.BYTES * size;
      MemorySegment found = executable.ints(value).getSegment().asSlice(0, bytes);
      equal = found.mismatch(expected.ints(key).getSegment().asSlice(0, bytes)) < 0;
    } else if (equal) {
      FloatArray found = executable.floats(value);
      FloatArray wanted = expected.floats(key);
      for (int i = 0; i < size; i++) {
        equal &= Math.abs(found.get(i) - wanted.get(i)) < TOLERANCE;
      }
    }
    if (!equal) {
      throw new IllegalStateException("the device's %s differs from the host's".formatted(value));
    }
  }

  private Timing onCpu() {
    Workers workers = benchmark.workers();
    BenchScene scene = benchmark.scene();
    Timing build = Timing.of(benchmark.repeat(), 0, () -> {}, () -> octrees = scene.build(workers));
    Timing tables =
        Timing.of(
            benchmark.repeat(), 0, () -> octrees = scene.build(workers), () -> prepare(octrees));
    details.add(
        "octrees: median %.1f ms; tables of neighbours: median %.1f ms"
            .formatted(1e3 * build.median(), 1e3 * tables.median()));
    return Timing.of(
        benchmark.repeat(),
        0,
        () -> {},
        () -> {
          octrees = scene.build(workers);
          prepare(octrees);
        });
  }

  private static void prepare(OctreeBatch octrees) {
    octrees.prepare(relations(octrees.depth()));
  }

  private static List<Relation> relations(int finest) {
    List<Relation> relations = new ArrayList<>();
    for (int depth = finest - LEVELS + 1; depth <= finest; depth++) {
      relations.add(Relation.of(KernelShape.K333, 1, depth, true));
      if (depth > finest - LEVELS + 1) {
        Relation down = Relation.of(KernelShape.K222, 2, depth, true);
        relations.add(down);
        relations.add(down.transpose());
      }
    }
    return relations;
  }
}
