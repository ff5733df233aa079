package org.octolift.apps.bench;

import java.util.List;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.octree.KernelShape;
import org.octolift.engine.octree.OctreeBatch;
import org.octolift.engine.octree.Relation;

/// From points to the tables that the U-Net reads: octrees, merge, neighbours.
final class OctreeBench {
  /// Levels of the default U-Net.
  private static final int LEVELS = 5;

  private final Benchmark benchmark;
  private final List<String> details;
  private OctreeBatch octrees;

  OctreeBench(Benchmark benchmark, List<String> details) {
    this.benchmark = benchmark;
    this.details = details;
  }

  Timing measure() {
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
    for (int depth = octrees.depth() - LEVELS + 1; depth <= octrees.depth(); depth++) {
      octrees.table(Relation.of(KernelShape.K333, 1, depth, true));
      if (depth > octrees.depth() - LEVELS + 1) {
        Relation down = Relation.of(KernelShape.K222, 2, depth, true);
        octrees.table(down);
        octrees.table(down.transpose());
      }
    }
  }
}
