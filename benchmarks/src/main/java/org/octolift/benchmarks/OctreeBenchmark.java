package org.octolift.benchmarks;

import java.util.concurrent.TimeUnit;
import org.octolift.engine.octree.KernelShape;
import org.octolift.engine.octree.OctreeBatch;
import org.octolift.engine.octree.Relation;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// From points to octrees to tables of neighbours.
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class OctreeBenchmark {
  /// A new octree for every call: tables are kept once they are computed.
  @State(Scope.Benchmark)
  public static class Fresh {
    OctreeBatch batch;

    /// Builds it, not timed.
    @Setup(Level.Invocation)
    public void build(SceneState scene) {
      batch = scene.build();
    }
  }

  /// The octree of a room.
  @Benchmark
  public OctreeBatch build(SceneState scene) {
    OctreeBatch batch = scene.build();
    if (batch.octree().nonEmpty(0) != 1) {
      throw new IllegalStateException("one room must have one root");
    }
    return batch;
  }

  /// The 27 neighbours of all non-empty nodes down to depth 9.
  @Benchmark
  public IntArray neighbours(Fresh fresh) {
    IntArray table = fresh.batch.table(Relation.of(KernelShape.K333, 1, 9, true));
    int last = fresh.batch.octree().nonEmpty(9) - 1;
    if (table.get(27 * last + 13) != last) {
      throw new IllegalStateException("a node must be its own neighbour 13");
    }
    return table;
  }
}
