package org.octolift.engine;

/// Something that runs programs: all CPU cores, or a GPU.
public interface Device extends AutoCloseable {
  /// A line for people: kind, cores or model.
  String description();

  /// Prepares a program. Memory is planned at the first run, when the batch's counts are known.
  Executable load(Program program);

  /// Whether it builds the octrees of a batch of scans by itself, so that nobody else need do it:
  /// see [org.octolift.engine.octree.OctreeInputs].
  default boolean buildsOctrees() {
    return false;
  }

  /// What training steps are to compute again, for their memory to suffice here.
  default Recomputation recomputation() {
    return Recomputation.PASSES;
  }

  @Override
  void close();
}
