package org.octolift.engine;

import java.nio.file.Path;

/// The user's input is at fault: a file, a configuration key, an option. The message names the
/// thing, says what was expected and what to do. Commands print it without a stack trace and exit
/// with 2.
public final class InputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// @param message names the thing, what was expected, what to do
  public InputException(String message) {
    super(message);
  }

  /// @param message names the thing, what was expected, what to do
  /// @param cause what was caught
  public InputException(String message, Throwable cause) {
    super(message, cause);
  }

  /// The input file {@code file} is at fault: "file: problem".
  public static InputException in(Path file, String problem) {
    return new InputException(file + ": " + problem);
  }
}
