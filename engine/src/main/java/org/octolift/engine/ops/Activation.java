package org.octolift.engine.ops;

/// What an op applies to its result.
public enum Activation {
  /// Nothing.
  NONE,
  /// `max(x, 0)`.
  RELU,
  /// `x · Φ(x)` with the normal distribution's Φ, the exact form by the error function.
  GELU
}
