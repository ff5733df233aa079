package uk.ac.manchester.tornado.api.exceptions;

/// A graph or a plan that cannot run as it was built.
public class TornadoRuntimeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// An exception of the given message.
  public TornadoRuntimeException(String message) {
    super(message);
  }
}
