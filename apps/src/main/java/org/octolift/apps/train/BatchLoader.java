package org.octolift.apps.train;

import java.util.ArrayList;
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
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.octree.OctreeOptions;
import org.octolift.engine.octree.PointTransform.Clipped;
import org.octolift.engine.octree.Points;
import org.octolift.engine.octree.SignalLayout;

/// Prepares the batches of a data section on other threads: reads scans, augments them and, if the
/// device does not, builds and merges octrees and computes the tables that the program will ask
/// for. What a batch holds depends on
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
    OctreeOptions options = config.octree().options();
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
        items.add(new SegmentationBatch.Item(dataset.entry(item).name(), clipped.mask()));
        scans.add(new Targets.Item(item, scan, clipped));
        requireChannels(scan, SignalLayout.of(clipped.points(), options).channels());
      }
      List<Points> points = scans.stream().map(item -> item.clipped().points()).toList();
      OctreeInputs inputs = new OctreeInputs(points, options, workers);
      long begin = System.nanoTime();
      if (format.octrees()) {
        inputs.octrees();
        span("octrees", begin);
        begin = System.nanoTime();
      }
      int[] labels = format.targets().set(inputs, scans, format.model());
      span("targets", begin);
      if (format.octrees()) {
        begin = System.nanoTime();
        inputs.prepare(format.program());
        span("tables", begin);
      }
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
}
