package uk.ac.manchester.tornado.api.common;

/// What a task does with an argument.
public enum Access {
  /// Not told.
  NONE,
  /// Reads it.
  READ_ONLY,
  /// Writes it, all of it.
  WRITE_ONLY,
  /// Both.
  READ_WRITE
}
