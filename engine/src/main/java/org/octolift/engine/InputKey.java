package org.octolift.engine;

import org.octolift.engine.octree.Relation;

/// Names an array that a batch supplies to a program.
public sealed interface InputKey {
  /// The table of a relation that is its own [Relation#table()]: int, (output rows, columns), -1
  /// = none.
  record Table(Relation relation) implements InputKey {}

  /// Child index of each node at {@code depth}: int, (nodes), -1 = empty.
  record Children(int depth) implements InputKey {}

  /// Node index of each non-empty node at {@code depth}: int, (nonEmpty).
  record NonEmptyNodes(int depth) implements InputKey {}

  /// The row of the voxel at {@code depth} that holds each point: int, (points), -1 = none. Rows
  /// are non-empty nodes if {@code nonEmpty}, else all nodes.
  record PointVoxels(int depth, boolean nonEmpty) implements InputKey {}

  /// The eight rows that trilinear interpolation reads for each point: int, (points, 8), -1 = none.
  record CornerVoxels(int depth, boolean nonEmpty) implements InputKey {}

  /// The weights that go with [CornerVoxels]: float, (points, 8); a point's found weights sum to 1.
  record CornerWeights(int depth, boolean nonEmpty) implements InputKey {}

  /// The input signal of the leaves at {@code depth}: float, (rows, channels).
  record Feature(int depth, boolean nonEmpty) implements InputKey {}

  /// Anything else, by name: labels, soft labels, the learning rate.
  record Named(String name) implements InputKey {}
}
