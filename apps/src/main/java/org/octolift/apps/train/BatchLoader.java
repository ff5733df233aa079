package org.octolift.apps.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.octolift.apps.config.DataConfig;
import org.octolift.apps.data.Augmentation;
import org.octolift.apps.data.Dataset;
import org.octolift.apps.data.Prefetcher;
import org.octolift.apps.data.Sampler;
import org.octolift.apps.data.Scan;
import org.octolift.apps.profile.Trace;
import org.octolift.engine.InputException;
import org.octolift.engine.RandomSource;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.octree.Octree;
import org.octolift.engine.octree.OctreeBatch;
import org.octolift.engine.octree.OctreeBuilder;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.octree.PointTransform.Clipped;
import org.octolift.engine.octree.Points;

/// Prepares the batches of a data section on other threads: reads scans, augments them, builds and
/// merges octrees, computes the tables that the program will ask for. What a batch holds depends on
/// the seed and its position in the endless sequence alone.
final class BatchLoader implements AutoCloseable {
  private final Dataset dataset;
  private final DataConfig config;
  private final Augmentation augmentation;
  private final Sampler sampler;
  private final RandomSource random;
  private final BatchFormat format;
  private final Optional<Trace> trace;
  private final Prefetcher<SegmentationBatch> prefetcher;

  /// Begins to prepare batches.
  ///
  /// @param random of the run; order and augmentation are split off
  /// @param first number of the first batch, counted from 0 over all epochs
  BatchLoader(
      DataConfig config, Dataset dataset, BatchFormat format, RandomSource random, long first) {
    this(config, dataset, format, random, first, Optional.empty());
  }

  /// As above.
  ///
  /// @param trace is told what the loader's threads do when
  BatchLoader(
      DataConfig config,
      Dataset dataset,
      BatchFormat format,
      RandomSource random,
      long first,
      Optional<Trace> trace) {
    this.trace = trace;
    this.config = config;
    this.dataset = dataset;
    this.format = format;
    this.augmentation = new Augmentation(config);
    this.random = random;
    this.sampler = new Sampler(dataset.size(), config.shuffle(), random);
    int processors = Runtime.getRuntime().availableProcessors();
    int threads = format.targets().threads(Math.min(config.workers(), processors));
    this.prefetcher = new Prefetcher<>(this::prepare, first, threads, threads + 1);
  }

  /// Batches in an epoch.
  int batches() {
    return sampler.batches(config.batchSize());
  }

  /// The next batch.
  ///
  /// @throws InputException when a scan is at fault
  SegmentationBatch next() throws InterruptedException {
    return prefetcher.next();
  }

  @Override
  public void close() {
    prefetcher.close();
  }

  private SegmentationBatch prepare(long batch) {
    long begin = System.nanoTime();
    SegmentationBatch prepared = make(batch);
    span("batch " + batch, begin);
    return prepared;
  }

  private void span(String name, long begin) {
    trace.ifPresent(
        to -> to.span(Thread.currentThread().getName(), name, begin, System.nanoTime(), Map.of()));
  }

  private SegmentationBatch make(long batch) {
    List<SegmentationBatch.Item> items = new ArrayList<>();
    List<Targets.Item> scans = new ArrayList<>();
    List<Octree> octrees = new ArrayList<>();
    try (Workers workers = new Workers(1)) {
      for (int i = 0; i < config.batchSize(); i++) {
        long position = batch * config.batchSize() + i;
        int item = item(position);
        long begin = System.nanoTime();
        Scan scan = dataset.scan(item);
        span("read", begin);
        begin = System.nanoTime();
        Clipped clipped = augmentation.apply(scan, random.split("augment", position));
        span("augment", begin);
        begin = System.nanoTime();
        items.add(new SegmentationBatch.Item(dataset.entry(item).name(), clipped.mask()));
        scans.add(new Targets.Item(item, scan, clipped));
        Octree octree = OctreeBuilder.build(clipped.points(), config.octree().options(), workers);
        requireChannels(scan, octree.channels());
        octrees.add(octree);
        span("octree", begin);
      }
      long begin = System.nanoTime();
      OctreeBatch merged = OctreeBatch.merge(octrees, workers);
      OctreeInputs inputs = inputs(merged, scans);
      span("merge", begin);
      begin = System.nanoTime();
      int[] labels = format.targets().set(inputs, scans, format.model());
      span("targets", begin);
      begin = System.nanoTime();
      inputs.prepare(format.program());
      span("tables", begin);
      return new SegmentationBatch(inputs, labels, items);
    }
  }

  private synchronized int item(long position) {
    return sampler.item(position);
  }

  private void requireChannels(Scan scan, int found) {
    int channels = format.model().channels();
    if (found != channels) {
      throw new InputException(
          "%s: gives %d input channels (normals %s, colours %s, %s.node_dis %s), but MODEL.channel is %d"
              .formatted(
                  scan.source(),
                  found,
                  scan.normals() == null ? "no" : "yes",
                  scan.colours() == null ? "no" : "yes",
                  config.section(),
                  config.octree().options().nodeDisplacement() ? "True" : "False",
                  channels));
    }
  }

  private static OctreeInputs inputs(OctreeBatch merged, List<Targets.Item> scans) {
    int count = scans.stream().mapToInt(scan -> scan.clipped().points().size()).sum();
    float[] xyz = new float[3 * count];
    int[] trees = new int[count];
    int at = 0;
    for (int tree = 0; tree < scans.size(); tree++) {
      Points points = scans.get(tree).clipped().points();
      System.arraycopy(points.xyz(), 0, xyz, 3 * at, 3 * points.size());
      Arrays.fill(trees, at, at + points.size(), tree);
      at += points.size();
    }
    return new OctreeInputs(merged, xyz, trees);
  }
}
