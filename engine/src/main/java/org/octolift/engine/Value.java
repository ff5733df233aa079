package org.octolift.engine;

import java.util.Objects;

/// A handle to a tensor of a program, (rows, channels) row-major. It owns no memory.
///
/// @param id unique within the program
/// @param name for messages and printed plans
/// @param type of the elements
/// @param rows number of rows, as a symbol
/// @param channels number of channels
/// @param source where its memory comes from
public record Value(int id, String name, Type type, Rows rows, int channels, Source source) {
  /// Element types.
  public enum Type {
    /// 32-bit floating point.
    FLOAT,
    /// 32-bit integer.
    INT,
    /// Four 16-bit floating-point numbers: what a device keeps of a float value for products. Ops
    /// have no values of this type.
    FOURS;

    /// Bytes of an element.
    public int bytes() {
      return this == FOURS ? Long.BYTES : Integer.BYTES;
    }
  }

  /// Where a value's memory comes from.
  public sealed interface Source {
    /// The batch supplies it; programs must not write to it.
    record Input(InputKey key) implements Source {}

    /// A variable that outlives the program.
    record Persistent(Variable variable) implements Source {}

    /// Planned by the program: written by one op before anyone reads it.
    record Temporary() implements Source {}
  }

  /// Checks the channels.
  public Value {
    Objects.requireNonNull(name, "name");
    if (channels < 1) {
      throw new IllegalArgumentException(
          "%s: channels must be positive, is %d".formatted(name, channels));
    }
  }

  /// Whether the program plans its memory.
  public boolean isTemporary() {
    return source instanceof Source.Temporary;
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return id;
  }

  @Override
  public String toString() {
    return "%s (%s, %d)".formatted(name, rows, channels);
  }
}
