package org.octolift.engine.tornado;

import java.util.List;
import java.util.Optional;

/// What is missing for a GPU, and what to do about it.
final class Missing {
  /// Set by the launcher, which starts without an SDK that does not fit.
  private static final String UNFIT_SDK = "octolift.unfitSdk";

  private static final String HOME = "TORNADOVM_HOME";

  private Missing() {}

  /// What is missing where these devices are there.
  static Optional<String> from(List<Accelerator> devices) {
    if (devices.stream().anyMatch(Accelerator::isStandIn)) {
      return Optional.of(sdk(System.getenv(HOME), System.getProperty(UNFIT_SDK)));
    }
    if (devices.stream().anyMatch(device -> device.kind().equals("gpu"))) {
      return Optional.empty();
    }
    return Optional.of(
        "TornadoVM sees no GPU through "
            + String.join(", ", devices.stream().map(Accelerator::platform).distinct().toList())
            + ": install the GPU's driver with its OpenCL part, or an SDK with the CUDA backend.");
  }

  /// Why `tornado-jvm` runs and not TornadoVM.
  ///
  /// @param home the variable `TORNADOVM_HOME`, or null
  /// @param unfit what is wrong with the SDK there, or null
  static String sdk(String home, String unfit) {
    if (unfit != null) {
      return unfit;
    }
    if (home == null || home.isEmpty()) {
      return "TORNADOVM_HOME is not set: install the TornadoVM SDK, 5.2 or newer for JDK 25, and"
          + " set TORNADOVM_HOME to its folder (README, section GPU).";
    }
    return "TORNADOVM_HOME is "
        + home
        + ", but this JVM was started without the SDK: start with ./octolift, or pass"
        + " @$TORNADOVM_HOME/tornado-argfile to java.";
  }

  /// Why TornadoVM did not start.
  static String from(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage()).replaceAll("\u001B\\[[0-9;]*m", "");
    if (message.contains("No OpenCL platforms")) {
      return "OpenCL has no platform: install the GPU's driver with its OpenCL part (NVIDIA:"
          + " libnvidia-opencl and /etc/OpenCL/vendors/nvidia.icd), or PoCL to run on the CPU"
          + " (Debian: pocl-opencl-icd).";
    }
    if (message.contains("OpenCL JNI Library not found")) {
      return "libtornado-opencl cannot be loaded: it needs libOpenCL.so.1 (Debian:"
          + " ocl-icd-libopencl1) and a C++ library no older than the SDK's.";
    }
    if (message.contains("CUDADriver JNI Library not found")) {
      return "libtornado-cuda cannot be loaded: it needs libcuda.so.1 (the NVIDIA driver) and the"
          + " libnvrtc of the CUDA toolkit that the SDK was built with, in LD_LIBRARY_PATH. Without"
          + " an NVIDIA GPU use an SDK without the CUDA backend.";
    }
    if (message.contains("CUDADriver")) {
      return "CUDA does not start: check nvidia-smi, and that the driver is no older than the CUDA"
          + " toolkit ("
          + message
          + ").";
    }
    return "TornadoVM does not start: %s: %s".formatted(cause.getClass().getSimpleName(), message);
  }
}
