package org.octolift.engine.ops;

import java.util.ArrayList;
import java.util.List;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;

/// Checks of ops' values. Messages name the op, what was expected and what came.
final class Checks {
  private Checks() {}

  /// Requires a matrix of floats.
  static void floats(String op, Value value) {
    type(op, value, Value.Type.FLOAT);
  }

  /// Requires a matrix of ints.
  static void ints(String op, Value value) {
    type(op, value, Value.Type.INT);
  }

  /// Requires floats of (rows, channels).
  static void floats(String op, Value value, Rows rows, int channels) {
    floats(op, value);
    shape(op, value, rows, channels);
  }

  /// Requires ints of (rows, channels).
  static void ints(String op, Value value, Rows rows, int channels) {
    ints(op, value);
    shape(op, value, rows, channels);
  }

  /// Requires floats of the shape of another value.
  static void like(String op, Value value, Value other) {
    floats(op, value, other.rows(), other.channels());
  }

  /// Requires one row of floats for each of several values.
  static void vectors(String op, int channels, Value... values) {
    for (Value value : values) {
      floats(op, value, Rows.fixed(1), channels);
    }
  }

  /// Requires that no value is written twice, or both written and read.
  static void distinct(String op, List<Value> writes, List<Value> reads) {
    List<Value> seen = new ArrayList<>(reads);
    for (Value value : writes) {
      if (seen.contains(value)) {
        throw new IllegalArgumentException(
            "%s: %s is written and must differ from its other values".formatted(op, value));
      }
      seen.add(value);
    }
  }

  /// Requires that many · times rows can equal those of few.
  static void groups(String op, Value many, Value few, int times) {
    if (times < 1) {
      throw new IllegalArgumentException("%s: times must be positive, is %d".formatted(op, times));
    }
    boolean fixed = many.rows().kind() == Rows.Kind.FIXED && few.rows().kind() == Rows.Kind.FIXED;
    boolean possible =
        fixed
            ? many.rows().value() == (long) few.rows().value() * times
            : times == 1 || !many.rows().equals(few.rows());
    if (!possible) {
      throw new IllegalArgumentException(
          "%s: %s must have %d rows for each row of %s".formatted(op, many, times, few));
    }
  }

  /// Requires at run time that {@code many = few · times}.
  static void groupCounts(String op, Value many, int manyRows, Value few, int fewRows, int times) {
    if (manyRows != (long) fewRows * times) {
      throw new IllegalArgumentException(
          "%s: %s must have %d rows for each row of %s; they have %d and %d"
              .formatted(op, many, times, few, manyRows, fewRows));
    }
  }

  /// The values that are not null.
  static List<Value> present(Value... values) {
    List<Value> present = new ArrayList<>();
    for (Value value : values) {
      if (value != null) {
        present.add(value);
      }
    }
    return List.copyOf(present);
  }

  private static void type(String op, Value value, Value.Type type) {
    if (value.type() != type) {
      throw new IllegalArgumentException(
          "%s: %s must be of type %s, is %s".formatted(op, value, type, value.type()));
    }
  }

  private static void shape(String op, Value value, Rows rows, int channels) {
    if (!value.rows().equals(rows) || value.channels() != channels) {
      throw new IllegalArgumentException(
          "%s: %s must have shape (%s, %d)".formatted(op, value, rows, channels));
    }
  }
}
