package org.octolift.apps.transfer;

import java.util.Locale;

/// A fine-tuning.
///
/// @param start what it begins with
/// @param points labelled points a room
public record Tuning(Start start, int points) {
  /// What fine-tuning begins with.
  public enum Start {
    /// Random weights.
    SCRATCH("from scratch"),
    /// Random weights, and as many steps as pre-training and fine-tuning take together.
    LONGER("from scratch, longer"),
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

  /// The name of folders: `scratch-20`.
  @Override
  public String toString() {
    return "%s-%d".formatted(start.name().toLowerCase(Locale.ROOT), points);
  }
}
