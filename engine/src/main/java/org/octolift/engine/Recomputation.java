package org.octolift.engine;

/// Which values of the forward pass a training step computes again on the way back instead of
/// keeping them: time for memory. Each kind includes those above it. A value has the same bits
/// however often it is computed, so training does not depend on the choice.
public enum Recomputation {
  /// Those that take one pass over memory: normalised values, concatenations, gathered rows.
  PASSES,

  /// Also 1×1 convolutions of such values.
  PROJECTIONS,

  /// Also every other sum of a residual and what is added to it, from the residual before it.
  RESIDUALS;

  /// Whether values of a kind are computed again.
  public boolean includes(Recomputation kind) {
    return compareTo(kind) >= 0;
  }
}
