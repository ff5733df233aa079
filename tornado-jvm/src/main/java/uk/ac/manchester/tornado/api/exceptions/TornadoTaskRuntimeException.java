package uk.ac.manchester.tornado.api.exceptions;

/// A task that cannot run, or that failed.
public class TornadoTaskRuntimeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// An exception of the given message.
  public TornadoTaskRuntimeException(String message) {
    super(message);
  }

  /// An exception of the given message and cause.
  public TornadoTaskRuntimeException(String message, Exception cause) {
    super(message, cause);
  }
}
