package org.octolift.apps.train;

/// A run failed for a reason that is not in its input: a loss that is no number, say. Commands
/// print the message without a stack trace and exit with 1.
public final class TrainingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// @param message what happened and what to try
  public TrainingException(String message) {
    super(message);
  }
}
