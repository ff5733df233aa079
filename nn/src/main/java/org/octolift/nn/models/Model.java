package org.octolift.nn.models;

import org.octolift.engine.Value;
import org.octolift.nn.ParameterSet;
import org.octolift.nn.autograd.Tape;

/// A network that labels the leaves of an octree, or points.
public interface Model {
  /// Its parameters, under the reference's names.
  ParameterSet parameters();

  /// Records the network.
  ///
  /// @param atPoints whether the output has one row a point of the batch, or one row a leaf
  /// @return logits, (rows, classes)
  Value record(Tape tape, boolean atPoints);
}
