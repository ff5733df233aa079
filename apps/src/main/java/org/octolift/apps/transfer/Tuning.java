package org.octolift.apps.transfer;

import java.util.Locale;

/// A fine-tuning.
///
/// @param start what it begins with
/// @param points labelled points a room
/// @param epochs passes over the rooms
public record Tuning(Start start, int points, int epochs) {
  /// What fine-tuning begins with.
  public enum Start {
    /// Random weights.
    SCRATCH("from scratch"),
    /// The pre-trained trunk.
    PRETRAINED("pre-trained");

    private final String title;

    Start(String title) {
      this.title = title;
    }

    /// The name in tables.
    public String title() {
      return title;
    }
  }

  /// The same from another start.
  public Tuning from(Start other) {
    return new Tuning(other, points, epochs);
  }

  /// The name of folders: `scratch-20-8`.
  @Override
  public String toString() {
    return "%s-%d-%d".formatted(start.name().toLowerCase(Locale.ROOT), points, epochs);
  }
}
