package org.octolift.apps.bench;

import java.util.ArrayList;
import java.util.List;
import org.octolift.engine.cpu.CpuDevice;

/// One measurement of a workload on the CPU.
///
/// @param workload what is measured
/// @param device with its threads
/// @param scene what the networks run on; null for [Workload#GEMM]
/// @param repeat number of runs that count
/// @param byOp whether the details tell the time of each op
public record Benchmark(
    Workload workload, CpuDevice device, BenchScene scene, int repeat, boolean byOp) {
  /// Measures.
  public BenchResult run() {
    List<String> details = new ArrayList<>();
    Timing timing =
        switch (workload) {
          case UNET_TRAIN, UNET_INFER -> new NetworkBench(this, details).measure();
          case CONV -> new LayerBench(this, details).measure();
          case OCTREE -> new OctreeBench(this, details).measure();
          case GEMM -> ProductBench.measure(this);
        };
    MachineLimits limits = MachineLimits.measure(device.workers());
    return new BenchResult(workload, "cpu", device.workers().threads(), timing, limits, details);
  }
}
