package org.octolift.engine;

/// A symbol for a number of rows. Octrees differ in every batch, so a recorded program knows its
/// values' rows only as symbols; the batch supplies the numbers.
///
/// @param kind what is counted
/// @param value the depth for nodes, the number itself when fixed, 0 otherwise
public record Rows(Kind kind, int value) {
  /// What a symbol counts.
  public enum Kind {
    /// All nodes at a depth.
    NODES,
    /// The non-empty nodes at a depth.
    NON_EMPTY,
    /// The points of the batch that lie in the octree's cube.
    POINTS,
    /// The trees of the batch.
    BATCH,
    /// A constant.
    FIXED
  }

  /// Checks the range of {@code value}.
  public Rows {
    boolean valid =
        switch (kind) {
          case NODES, NON_EMPTY -> value >= 0 && value <= 16;
          case POINTS, BATCH -> value == 0;
          case FIXED -> value >= 0;
        };
    if (!valid) {
      throw new IllegalArgumentException("rows %s(%d)".formatted(kind, value));
    }
  }

  /// All nodes at {@code depth}.
  public static Rows nodes(int depth) {
    return new Rows(Kind.NODES, depth);
  }

  /// The non-empty nodes at {@code depth}.
  public static Rows nonEmpty(int depth) {
    return new Rows(Kind.NON_EMPTY, depth);
  }

  /// The points of the batch.
  public static Rows points() {
    return new Rows(Kind.POINTS, 0);
  }

  /// The trees of the batch.
  public static Rows batch() {
    return new Rows(Kind.BATCH, 0);
  }

  /// Always {@code count} rows.
  public static Rows fixed(int count) {
    return new Rows(Kind.FIXED, count);
  }

  @Override
  public String toString() {
    return switch (kind) {
      case NODES -> "nodes(" + value + ")";
      case NON_EMPTY -> "nonEmpty(" + value + ")";
      case POINTS -> "points";
      case BATCH -> "batch";
      case FIXED -> Integer.toString(value);
    };
  }
}
