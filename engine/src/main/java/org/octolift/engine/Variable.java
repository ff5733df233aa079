package org.octolift.engine;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// A tensor that outlives programs: a parameter, a running statistic, optimiser state. Several
/// programs may use the same variable. Its array is the host's copy; on the CPU device it is the
/// only one.
///
/// Equality is identity.
public final class Variable {
  private final String name;
  private final int rows;
  private final int channels;
  private final FloatArray data;

  /// A variable of zeros, (rows, channels) row-major.
  public Variable(String name, int rows, int channels) {
    this.name = name;
    this.rows = rows;
    this.channels = channels;
    this.data = new FloatArray(Math.multiplyExact(rows, channels));
  }

  /// Its unique name.
  public String name() {
    return name;
  }

  /// Number of rows.
  public int rows() {
    return rows;
  }

  /// Number of channels.
  public int channels() {
    return channels;
  }

  /// Number of elements.
  public int size() {
    return rows * channels;
  }

  /// The values, (rows, channels) row-major.
  public FloatArray data() {
    return data;
  }

  @Override
  public String toString() {
    return "%s (%d, %d)".formatted(name, rows, channels);
  }
}
