package org.octolift.engine;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// A tensor that outlives programs: a parameter, a running statistic, optimiser state. Several
/// programs may use the same variable. Its array is the host's copy. On the CPU device it is the
/// only one; other devices have copies of their own, and [#data] and [#values] fetch what was last
/// written there.
///
/// Equality is identity. Not safe for several threads at once.
public final class Variable {
  /// A program on a device that may hold newer values than the host.
  public interface Holder {
    /// Copies the values of {@code variable} to [Variable#host].
    void fetch(Variable variable);
  }

  private final String name;
  private final int rows;
  private final int channels;
  private final FloatArray data;
  private Holder newer;
  private long version;

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

  /// The values, (rows, channels) row-major, for reading and writing until a program runs that
  /// uses this variable. Devices copy them anew before the next run.
  public FloatArray data() {
    version++;
    return values();
  }

  /// As [#data], but only for reading: copies on devices stay valid.
  public FloatArray values() {
    if (newer != null) {
      Holder holder = newer;
      newer = null;
      holder.fetch(this);
    }
    return data;
  }

  /// The host's array, be it current or not: for devices.
  public FloatArray host() {
    return data;
  }

  /// Changes with every write: tells devices whether their copies are current.
  public long version() {
    return version;
  }

  /// Notes that {@code holder} has written newer values than the host's; returns the new version.
  public long writtenBy(Holder holder) {
    newer = holder;
    return ++version;
  }

  /// Whether {@code holder} has newer values than the host.
  public boolean isNewerOn(Holder holder) {
    return newer == holder;
  }

  @Override
  public String toString() {
    return "%s (%d, %d)".formatted(name, rows, channels);
  }
}
