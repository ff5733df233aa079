package org.octolift.engine.cublas;

/// A function of cuBLASLt that failed: which, on what, with which status, and the remedy.
public final class CublasException extends RuntimeException {
  private static final long serialVersionUID = 1;

  CublasException(String message) {
    super(message);
  }

  CublasException(String message, Throwable cause) {
    super(message, cause);
  }
}
