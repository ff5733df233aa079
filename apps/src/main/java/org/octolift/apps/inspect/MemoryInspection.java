package org.octolift.apps.inspect;

import java.util.Collections;
import org.octolift.apps.config.DataConfig;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.data.Augmentation;
import org.octolift.apps.data.Scan;
import org.octolift.apps.rooms.RoomGenerator;
import org.octolift.apps.rooms.RoomOptions;
import org.octolift.apps.train.Networks;
import org.octolift.apps.train.SegmentationPrograms;
import org.octolift.apps.train.Target;
import org.octolift.engine.Program;
import org.octolift.engine.RandomSource;
import org.octolift.engine.Recomputation;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.memory.Capacity;
import org.octolift.engine.memory.MemoryPlan;
import org.octolift.engine.octree.Octree;
import org.octolift.engine.octree.OctreeBatch;
import org.octolift.engine.octree.OctreeBuilder;
import org.octolift.engine.octree.Points;
import org.octolift.nn.models.Model;

/// The memory that the programs of a configuration take for batches of a given scan, as planned
/// before the first step: nothing is run.
public final class MemoryInspection {
  private static final double MEBIBYTE = 1 << 20;
  private static final double CUBE_METRES = 10.24;

  /// Values that are shown of those that are in memory at once.
  private static final int ALIVE = 24;

  private final RunConfig config;
  private final DataConfig data;

  /// @param config whose network and data sections count; a run that trains uses the training
  /// section for both programs
  public MemoryInspection(RunConfig config) {
    this.config = config;
    this.data = config.usesTraining() ? config.train() : config.test();
  }

  /// A furnished room with a point for about every voxel of the configured depth.
  public Scan room() {
    double voxel = Math.clamp(CUBE_METRES / (1 << data.octree().depth()), 0.01, 0.5);
    int points = (int) (60 / (voxel * voxel));
    return RoomGenerator.generate(1, RoomOptions.realistic().withResolution(voxel, points)).scan();
  }

  /// Rows, plans and totals as text.
  ///
  /// @throws org.octolift.engine.InputException when the scan does not suit the data section
  public String describe(Scan scan) {
    Points points = new Augmentation(data).apply(scan, RandomSource.of(0)).points();
    Octree octree;
    OctreeBatch single;
    OctreeBatch batch;
    int copies = config.usesTraining() ? config.train().batchSize() : 1;
    try (Workers workers = new Workers(Runtime.getRuntime().availableProcessors())) {
      octree = OctreeBuilder.build(points, data.octree().options(), workers);
      single = OctreeBatch.of(octree, workers);
      batch = OctreeBatch.merge(Collections.nCopies(copies, octree), workers);
    }
    Model model = Networks.create(config.model(), RandomSource.of(0));
    Target target = Target.of(config.loss());
    SegmentationPrograms.Training training =
        SegmentationPrograms.training(
            model, target, config.loss().mask(), config.solver(), Recomputation.PASSES);
    MemoryPlan trainPlan = plan(training.program(), batch, copies * points.size());
    SegmentationPrograms.Testing testing =
        SegmentationPrograms.testing(model, target, config.loss().mask());
    MemoryPlan testPlan = plan(testing.program(), single, points.size());
    long parameters = model.parameters().all().stream().mapToLong(p -> 4L * p.size()).sum();
    long state = training.optimiser().state().values().stream().mapToLong(v -> 4L * v.size()).sum();

    StringBuilder text = new StringBuilder();
    text.append("%s: %,d points in the cube%n%n".formatted(scan.source(), points.size()));
    appendRows(text, octree);
    text.append("%nTraining, %d scans a batch: ".formatted(copies)).append(trainPlan);
    trainPlan.peak().ifPresent(peak -> appendPeak(text, peak, trainPlan));
    text.append("\nTesting, one scan: ").append(testPlan);
    text.append("\nMiB\n");
    appendBytes(text, "activations and gradients, training", trainPlan.temporaryBytes());
    appendBytes(text, "activations, testing", testPlan.temporaryBytes());
    appendBytes(text, "parameters and statistics", parameters);
    appendBytes(text, "optimiser", state);
    appendBytes(
        text, "all", trainPlan.temporaryBytes() + testPlan.temporaryBytes() + parameters + state);
    return text.toString();
  }

  private static MemoryPlan plan(Program program, OctreeBatch batch, int points) {
    return MemoryPlan.of(
        program,
        rows ->
            switch (rows.kind()) {
              case FIXED -> rows.value();
              case POINTS -> Capacity.bucket(points);
              case NODES, NON_EMPTY, BATCH -> Capacity.bucket(batch.rows(rows));
            });
  }

  private static void appendRows(StringBuilder text, Octree octree) {
    text.append("depth %12s %12s%n".formatted("nodes", "non-empty"));
    for (int depth = octree.fullDepth(); depth <= octree.depth(); depth++) {
      text.append(
          "%5d %,12d %,12d%n".formatted(depth, octree.nodes(depth), octree.nonEmpty(depth)));
    }
  }

  private static void appendPeak(StringBuilder text, MemoryPlan.Peak peak, MemoryPlan plan) {
    text.append(
        "%nMost at once, in %s: %.1f MiB%n".formatted(peak.op().name(), peak.bytes() / MEBIBYTE));
    int shown = Math.min(ALIVE, peak.values().size());
    for (Value value : peak.values().subList(0, shown)) {
      long size = 4L * plan.capacities().get(value.rows()) * value.channels();
      text.append("%14.2f MiB  %s%n".formatted(size / MEBIBYTE, value));
    }
    if (shown < peak.values().size()) {
      text.append("%18s  and %d more%n".formatted("", peak.values().size() - shown));
    }
  }

  private static void appendBytes(StringBuilder text, String what, long bytes) {
    text.append("%,10.1f  %s%n".formatted(bytes / MEBIBYTE, what));
  }
}
