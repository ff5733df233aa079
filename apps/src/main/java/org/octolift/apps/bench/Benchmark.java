package org.octolift.apps.bench;

import java.util.ArrayList;
import java.util.List;
import org.octolift.engine.Device;
import org.octolift.engine.cpu.Workers;

/// One measurement of a workload.
///
/// @param workload what is measured
/// @param device that runs programs
/// @param deviceName for the result
/// @param workers that build octrees
/// @param scene what the networks run on; null for [Workload#GEMM]
/// @param repeat number of runs that count
/// @param byOp whether the details tell the time of each op
public record Benchmark(
    Workload workload,
    Device device,
    String deviceName,
    Workers workers,
    BenchScene scene,
    int repeat,
    boolean byOp) {
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
    Long memory = BenchResult.currentPeakResidentBytes();
    MachineLimits limits = MachineLimits.measure(workers);
    return new BenchResult(
        workload, deviceName, workers.threads(), timing, limits, memory, details);
  }
}
