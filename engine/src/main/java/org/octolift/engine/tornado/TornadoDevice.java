package org.octolift.engine.tornado;

import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.InputException;
import org.octolift.engine.Op;
import org.octolift.engine.Program;

/// The device that TornadoVM has chosen: a GPU by CUDA or OpenCL, or a processor by OpenCL.
public final class TornadoDevice implements Device {
  private final TornadoRuntime runtime;

  private TornadoDevice(TornadoRuntime runtime) {
    this.runtime = runtime;
  }

  /// The default device of the TornadoVM that this program was started with.
  ///
  /// @throws InputException if it was started without, or TornadoVM finds no device
  public static TornadoDevice open() {
    return new TornadoDevice(TornadoRuntime.ofSdk());
  }

  /// A device of whatever implements TornadoVM's interface here: the SDK, or else our stand-in,
  /// which runs graphs slowly and exactly on the JVM. For tests.
  public static TornadoDevice ofTests() {
    return new TornadoDevice(
        TornadoRuntime.isSdk() ? TornadoRuntime.ofSdk() : TornadoRuntime.ofStandIn());
  }

  @Override
  public String description() {
    return runtime.description();
  }

  boolean capturesGraphs() {
    return runtime.isCuda();
  }

  /// Refuses what cannot fit before TornadoVM fails somewhere in the middle.
  void requireMemory(long bytes) {
    if (bytes > runtime.memoryLimit()) {
      throw new InputException(
          "the program needs %.2f GB on the device, TornadoVM may take %.2f GB: set"
                  .formatted(bytes * 1e-9, runtime.memoryLimit() * 1e-9)
              + " -Dtornado.device.memory=…GB to what the device has, or make batches smaller");
    }
  }

  @Override
  public Executable load(Program program) {
    for (Op op : program.ops()) {
      if (!(op instanceof DeviceOp)) {
        throw new InputException(
            "the op %s runs on the CPU only; choose the device cpu".formatted(op.name()));
      }
    }
    return new TornadoExecutable(this, program);
  }

  @Override
  public void close() {}
}
