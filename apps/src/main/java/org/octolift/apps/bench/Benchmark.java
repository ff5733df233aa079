package org.octolift.apps.bench;

import java.util.ArrayList;
import java.util.List;
import org.octolift.engine.Device;
import org.octolift.engine.cpu.Workers;
import org.octolift.nn.models.dpt.DptBackbone;

/// One measurement of a workload.
///
/// @param workload what is measured
/// @param device that runs programs
/// @param deviceName for the result
/// @param workers that build octrees
/// @param scene what the networks run on; null for workloads without
/// @param images what networks of images run on at a time; 0 for workloads without
/// @param repeat number of runs that count
/// @param byOp whether the details tell the time of each op
public record Benchmark(
    Workload workload,
    Device device,
    String deviceName,
    Workers workers,
    BenchScene scene,
    int images,
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
          case DPT -> new ImageBench(this, details).measure(DptBackbone.HYBRID);
          case DPT_LARGE -> new ImageBench(this, details).measure(DptBackbone.LARGE);
        };
    Long memory = BenchResult.currentPeakResidentBytes();
    MachineLimits limits = MachineLimits.measure(workers);
    return new BenchResult(
        workload, deviceName, workers.threads(), images, timing, limits, memory, details);
  }
}
