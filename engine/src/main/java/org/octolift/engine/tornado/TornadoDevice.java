package org.octolift.engine.tornado;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.InputException;
import org.octolift.engine.Op;
import org.octolift.engine.Program;
import org.octolift.engine.Recomputation;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.cublas.Cublas;

/// The device that TornadoVM runs kernels on: a GPU by CUDA or OpenCL, or a processor by OpenCL.
public final class TornadoDevice implements Device {
  private static final String MEMORY = "tornado.device.memory";
  private static final String BAILOUT = "tornado.recover.bailout";

  /// A kernel that does not compile must not run as Java instead; the default number of events
  /// costs 50 µs a task; our graphs are long; no kernel has TornadoVM's reductions, for which it
  /// would search every task.
  private static final Map<String, String> SETTINGS =
      Map.of(
          BAILOUT,
          "false",
          "tornado.max.events",
          "64",
          "tornado.experimental.reduce",
          "false",
          "tornado.tvm.maxbytecodesize",
          "4194304");

  /// Threads that copy a batch: memory has no use for more.
  private static final int COPIERS = 8;

  private final Accelerator accelerator;
  private final KernelStyle style;
  private final Workers workers =
      new Workers(Math.min(COPIERS, Runtime.getRuntime().availableProcessors()));
  private int executables;
  private boolean failed;

  /// @param groups whether to use kernels for groups of work-items
  /// @param library whether to leave dense products to cuBLAS
  TornadoDevice(Accelerator accelerator, boolean groups, Precision precision, boolean library) {
    this.accelerator = accelerator;
    this.style = KernelStyle.of(accelerator, groups, precision, library);
  }

  /// The device of the TornadoVM that this JVM was started with, computing in FP32.
  ///
  /// @throws InputException if there is none: what is missing, and the remedy
  public static TornadoDevice open() {
    return open(Precision.FP32);
  }

  /// As [#open()], with products in {@code precision}.
  ///
  /// @throws InputException also if the device has no tensor cores that TornadoVM could use
  public static TornadoDevice open(Precision precision) {
    applySettings();
    Accelerator accelerator = Accelerators.find().require();
    if (precision != Precision.FP32 && !accelerator.backend().equals("cuda")) {
      throw new InputException(
          "%s needs tensor cores, by TornadoVM's CUDA backend; this is %s (%s): choose fp32"
              .formatted(
                  precision.name().toLowerCase(Locale.ROOT),
                  accelerator.model(),
                  accelerator.backend()));
    }
    boolean gpu = accelerator.kind().equals("gpu");
    return new TornadoDevice(accelerator, gpu, precision, gpu && hasCublas(accelerator));
  }

  /// As [#open], but without TornadoVM the device of `tornado-jvm`, which is exact and slow. For
  /// tests.
  ///
  /// @param groups whether to use kernels for groups of work-items, as on GPUs, instead of loops
  public static TornadoDevice openForTests(boolean groups) {
    applySettings();
    return new TornadoDevice(Accelerators.find().device(), groups, Precision.FP32, false);
  }

  /// As [#openForTests(boolean)] with kernels for groups, and products in {@code precision} if the
  /// device can form them.
  public static TornadoDevice openForTests(Precision precision) {
    applySettings();
    Accelerator accelerator = Accelerators.find().device();
    boolean able = accelerator.isStandIn() || accelerator.backend().equals("cuda");
    return new TornadoDevice(accelerator, true, able ? precision : Precision.FP32, false);
  }

  /// As [#openForTests(Precision)], with dense products by cuBLAS; empty if the device has none.
  /// `tornado-jvm` computes them as cuBLAS would.
  public static Optional<TornadoDevice> openForTestsOfCublas(Precision precision) {
    applySettings();
    Accelerator accelerator = Accelerators.find().device();
    return accelerator.isStandIn() || hasCublas(accelerator)
        ? Optional.of(new TornadoDevice(accelerator, true, precision, true))
        : Optional.empty();
  }

  private static boolean hasCublas(Accelerator accelerator) {
    return accelerator.backend().equals("cuda") && Cublas.isThere();
  }

  /// As [#openForTests(boolean)], with the kernels that suit the device.
  public static TornadoDevice openForTests() {
    return Accelerators.find().areStandIn() ? openForTests(false) : open();
  }

  /// TornadoVM reads its settings when it starts, at the first look for devices.
  private static void applySettings() {
    SETTINGS.forEach(
        (key, value) -> {
          String given = System.getProperty(key);
          if (given == null) {
            System.setProperty(key, value);
          } else if (key.equals(BAILOUT) && !given.equals(value)) {
            throw new InputException(
                "%s: expected false, got %s: kernels that do not compile would run as Java"
                    .formatted(key, given));
          }
        });
  }

  @Override
  public String description() {
    return "%s, TornadoVM (%s%s)"
        .formatted(
            accelerator.model(),
            accelerator.backend(),
            style.precision() == Precision.FP32 ? "" : ", " + style.precision().name());
  }

  /// Threads that copy batches.
  Workers workers() {
    return workers;
  }

  KernelStyle style() {
    return style;
  }

  /// Which arrays need memory on the host.
  DeviceArrays.Mirrors mirrors() {
    return accelerator.isStandIn() ? DeviceArrays.Mirrors.ALL : DeviceArrays.Mirrors.USED;
  }

  /// Whether kernels can be compiled before the plan that needs them.
  boolean compilesAhead() {
    return accelerator.backend().equals("cuda");
  }

  /// Whether launches are captured as CUDA graphs: as long as the device has one program. A
  /// captured graph of TornadoVM 5.2 no longer starts once graphs of another program have run.
  boolean capturesGraphs() {
    return executables == 1 && !failed && accelerator.backend().equals("cuda");
  }

  /// Notes that graphs did not run. TornadoVM 5.2 keeps what it wanted to write for a captured
  /// graph that CUDA refused, and stumbles over it when it captures the next one.
  void graphsFailed() {
    failed = true;
  }

  /// Whether TornadoVM may take so much.
  boolean hasMemory(long bytes) {
    return accelerator.isStandIn() || bytes <= memory();
  }

  /// Refuses what cannot fit, before TornadoVM fails in the middle.
  ///
  /// @param needed bytes by what they are for
  void requireMemory(Map<String, Long> needed) {
    long bytes = needed.values().stream().mapToLong(Long::longValue).sum();
    if (!hasMemory(bytes)) {
      throw new InputException(
          "the program needs %.2f GiB on the device (%s), TornadoVM may take %.2f GiB: set"
                  .formatted(bytes * 0x1p-30, gibibytes(needed), memory() * 0x1p-30)
              + " -D%s=…GB, up to the device's %.2f GiB, or make the batch smaller"
                  .formatted(MEMORY, accelerator.memory() * 0x1p-30));
    }
  }

  private static String gibibytes(Map<String, Long> bytes) {
    return bytes.entrySet().stream()
        .map(part -> "%s %.2f".formatted(part.getKey(), part.getValue() * 0x1p-30))
        .collect(Collectors.joining(", "));
  }

  /// As TornadoVM reads its flag: a number and MB or GB, 4 GB without.
  private static long memory() {
    String limit = System.getProperty(MEMORY, "4GB").toUpperCase(Locale.ROOT);
    long unit = limit.endsWith("MB") ? 1L << 20 : 1L << 30;
    return Long.parseLong(limit.replaceAll("[^0-9]", "")) * unit;
  }

  @Override
  public Executable load(Program program) {
    for (Op op : program.ops()) {
      if (!(op instanceof DeviceOp)) {
        throw new InputException(
            "the op %s runs on the CPU only: choose the device cpu".formatted(op.name()));
      }
    }
    executables++;
    return new TornadoExecutable(this, program, new Twins(program, style));
  }

  void unload() {
    executables--;
  }

  @Override
  public boolean buildsOctrees() {
    return true;
  }

  /// With [Twins] a residual takes half the memory, and less than what it would be made of.
  @Override
  public Recomputation recomputation() {
    return style.precision() == Precision.BF16
        ? Recomputation.PROJECTIONS
        : Recomputation.RESIDUALS;
  }

  @Override
  public void close() {
    workers.close();
  }
}
