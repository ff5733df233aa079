package uk.ac.manchester.tornado.api.enums;

/// What a backend generates code for. The one of this module is [#JAVA], which no backend of
/// TornadoVM's is: so programs can tell which of the two they run on.
public enum TornadoVMBackendType {
  /// OpenCL C.
  OPENCL,
  /// Apple's Metal.
  METAL,
  /// NVIDIA's PTX.
  PTX,
  /// CUDA C.
  CUDA,
  /// SPIR-V.
  SPIRV,
  /// None: kernels run on the JVM.
  JAVA,
  /// For a device that does not exist, to look at the code.
  VIRTUAL
}
