package uk.ac.manchester.tornado.api.exceptions;

/// Closing a plan failed.
public class TornadoExecutionPlanException extends Exception {
  private static final long serialVersionUID = 1L;

  /// An exception of the given message.
  public TornadoExecutionPlanException(String message) {
    super(message);
  }
}
