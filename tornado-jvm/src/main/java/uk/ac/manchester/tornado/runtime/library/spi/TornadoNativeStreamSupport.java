package uk.ac.manchester.tornado.runtime.library.spi;

/// A device that runs a plan on a CUDA stream. The one here is none.
public interface TornadoNativeStreamSupport {
  /// The plan's stream.
  long getNativeStream(long executionPlanId);

  /// The stream's CUDA context.
  long getNativeContext(long executionPlanId);
}
