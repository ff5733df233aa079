package org.octolift.benchmarks;

import java.util.List;
import org.octolift.apps.data.Augmentation;
import org.octolift.apps.rooms.RoomGenerator;
import org.octolift.apps.rooms.RoomOptions;
import org.octolift.engine.RandomSource;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.octree.OctreeBatch;
import org.octolift.engine.octree.OctreeBuilder;
import org.octolift.engine.octree.OctreeOptions;
import org.octolift.engine.octree.Points;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// A generated room of about 150 000 points, 2 cm apart, and a device.
@State(Scope.Benchmark)
public class SceneState {
  /// Number of threads.
  @Param({"1", "2"})
  public int threads;

  CpuDevice device;
  Points points;

  /// Generates the room.
  @Setup
  public void generate() {
    device = new CpuDevice(threads);
    points =
        Augmentation.none()
            .apply(RoomGenerator.generate(1, RoomOptions.realistic()).scan(), RandomSource.of(0))
            .points();
  }

  /// Ends the threads.
  @TearDown
  public void close() {
    device.close();
  }

  OctreeBatch build() {
    return OctreeBatch.merge(
        List.of(OctreeBuilder.build(points, OctreeOptions.reference(), device.workers())),
        device.workers());
  }
}
