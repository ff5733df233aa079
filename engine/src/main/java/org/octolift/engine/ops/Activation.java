package org.octolift.engine.ops;

import org.octolift.kernels.DenseProducts;

/// What is applied to each result of a dense product.
public enum Activation {
  /// Nothing.
  NONE(DenseProducts.NONE),
  /// `max(x, 0)`.
  RELU(DenseProducts.RELU),
  /// `x · Φ(x)` with the normal distribution's Φ.
  GELU(DenseProducts.GELU);

  private final int code;

  Activation(int code) {
    this.code = code;
  }

  /// Its number for kernels.
  int code() {
    return code;
  }
}
