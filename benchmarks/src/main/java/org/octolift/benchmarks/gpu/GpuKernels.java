package org.octolift.benchmarks.gpu;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.octolift.kernels.Normalisation;
import org.octolift.kernels.Reductions;
import org.octolift.kernels.gpu.ChunkSums;
import org.octolift.kernels.gpu.RadixSort;
import org.octolift.kernels.gpu.Scan;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Times the GPU kernels: convolutions of sphere shells, sums over rows, a sort. Arguments:
/// layers as {@code depth x channels}, 8x64 9x32 if none; formats, {@code fp16}, {@code bf16},
/// {@code split}, {@code fp32}, all if none; {@code sort=N}, the keys to sort, 0 for no sort;
/// {@code nograph} to launch without CUDA graphs. Prints a line a measurement.
public final class GpuKernels {
  private static final float MOMENTUM = 0.1f;

  private GpuKernels() {}

  /// Runs all.
  public static void main(String[] arguments) {
    List<String> layers = List.of(arguments).stream().filter(a -> a.contains("x")).toList();
    List<String> formats =
        List.of(arguments).stream()
            .filter(List.of("fp16", "bf16", "split", "fp32")::contains)
            .toList();
    int keys =
        List.of(arguments).stream()
            .filter(a -> a.startsWith("sort="))
            .mapToInt(a -> Integer.parseInt(a.substring(5)))
            .findFirst()
            .orElse(1_000_000);
    Stopwatch stopwatch = new Stopwatch(!List.of(arguments).contains("nograph"));
    print("launch of one task and 64 bytes back: %.3f ms, subtracted below", stopwatch.launch());
    for (String layer : layers.isEmpty() ? List.of("8x64", "9x32") : layers) {
      Shell shell = Shell.of(Integer.parseInt(layer.split("x")[0]));
      int channels = Integer.parseInt(layer.split("x")[1]);
      print(
          "layer %s: %d rows, %d channels, %.2f neighbours a row, %.1f GFLOP of existing pairs",
          layer,
          shell.rows(),
          channels,
          (double) shell.pairs() / shell.rows(),
          2e-9 * shell.pairs() * channels * channels);
      new Layer(stopwatch, shell, channels).run(formats);
      attempt("sums", () -> sums(stopwatch, shell.rows(), channels));
    }
    if (keys > 0) {
      attempt("sort", () -> sort(stopwatch, keys));
    }
  }

  /// Prints a line.
  static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
    System.out.flush();
  }

  /// Runs a measurement; a failure is printed and does not end the others.
  static void attempt(String name, Runnable measurement) {
    try {
      measurement.run();
    } catch (RuntimeException failure) {
      print("%-44s FAILED: %s", name, failure);
      failure.printStackTrace(System.out);
    }
  }

  private static void sums(Stopwatch stopwatch, int rows, int channels) {
    FloatArray x = Shell.wave(rows * channels, 1);
    FloatArray y = Shell.wave(rows * channels, 2);
    FloatArray dy = Shell.wave(rows * channels, 3);
    FloatArray partials = new FloatArray(3 * Reductions.CHUNKS * channels);
    FloatArray mean = new FloatArray(channels);
    FloatArray variance = new FloatArray(channels);
    FloatArray runningMean = new FloatArray(channels);
    FloatArray runningVariance = new FloatArray(channels);
    IntArray counts = IntArray.fromElements(rows);
    IntArray shape = IntArray.fromElements(0, channels, rows);
    double bytes = 4e-9 * rows * channels;
    WorkerGrid all =
        Stopwatch.groups(ChunkSums.THREADS, Reductions.CHUNKS, ChunkSums.slabs(channels), 1);
    WorkerGrid last = Stopwatch.groups(ChunkSums.THREADS, ChunkSums.slabs(channels), 1, 1);
    double loops =
        stopwatch.time(
            graph ->
                graph
                    .task("moments", Normalisation::moments, partials, x, counts, 0, channels)
                    .task(
                        "finish",
                        Normalisation::finishMoments,
                        mean,
                        variance,
                        runningMean,
                        runningVariance,
                        partials,
                        counts,
                        0,
                        channels,
                        MOMENTUM),
            Map.of(),
            new Object[] {x, counts},
            partials,
            mean,
            variance,
            runningMean,
            runningVariance);
    float loopMean = mean.get(0);
    float loopVariance = variance.get(0);
    double groups =
        stopwatch.time(
            graph ->
                graph
                    .task(
                        "moments",
                        ChunkSums::moments,
                        new KernelContext(),
                        partials,
                        x,
                        counts,
                        shape)
                    .task(
                        "finish",
                        ChunkSums::finishMoments,
                        new KernelContext(),
                        mean,
                        variance,
                        runningMean,
                        runningVariance,
                        partials,
                        counts,
                        shape,
                        MOMENTUM),
            Map.of("moments", all, "finish", last),
            new Object[] {x, counts, shape},
            partials,
            mean,
            variance,
            runningMean,
            runningVariance);
    print(
        "%-44s %8.3f ms %8.1f GB/s   loops %8.3f ms   differences %.1e %.1e",
        "moments",
        groups,
        bytes / groups * 1e3,
        loops,
        Math.abs(mean.get(0) - loopMean),
        Math.abs(variance.get(0) - loopVariance));
    LongArray unread = new LongArray(1);
    double gradients =
        stopwatch.time(
            graph ->
                graph.task(
                    "sums",
                    ChunkSums::gradientSums,
                    new KernelContext(),
                    partials,
                    dy,
                    y,
                    unread,
                    x,
                    mean,
                    counts,
                    shape,
                    1),
            Map.of("sums", all),
            new Object[] {x, y, unread, dy, mean, counts, shape},
            partials);
    print("%-44s %8.3f ms %8.1f GB/s", "gradient sums", gradients, 3 * bytes / gradients * 1e3);
  }

  /// Copies what a sort will overwrite.
  static void copy(LongArray keys, IntArray values, LongArray from, int size) {
    for (@Parallel int i = 0; i < size; i++) {
      keys.set(i, from.get(i));
      values.set(i, i);
    }
  }

  private static void sort(Stopwatch stopwatch, int size) {
    int bits = 48;
    int tiles = RadixSort.tiles(size);
    int counters = RadixSort.counts(size);
    Random random = new Random(1);
    LongArray from = new LongArray(size);
    for (int i = 0; i < size; i++) {
      from.set(i, random.nextLong() >>> (Long.SIZE - bits));
    }
    LongArray keys = new LongArray(size);
    LongArray tileKeys = new LongArray(size);
    IntArray values = new IntArray(size);
    IntArray tileValues = new IntArray(size);
    IntArray digits = new IntArray(counters);
    IntArray places = new IntArray(counters);
    IntArray starts = new IntArray(counters);
    IntArray sums = new IntArray(Scan.tiles(counters) + 1);
    IntArray counts = IntArray.fromElements(size);
    IntArray sizes = IntArray.fromElements(counters, Scan.tiles(counters));
    List<IntArray> passes = new ArrayList<>();
    WorkerGrid sorting = Stopwatch.groups(RadixSort.THREADS, tiles, 1, 1);
    WorkerGrid scanning = Stopwatch.groups(Scan.THREADS, Scan.tiles(counters), 1, 1);
    WorkerGrid one = Stopwatch.groups(Scan.THREADS, 1, 1, 1);
    Map<String, WorkerGrid> grids = new HashMap<>();
    for (int shift = 0; shift < bits; shift += RadixSort.BITS) {
      grids.put("sort" + shift, sorting);
      grids.put("sums" + shift, scanning);
      grids.put("starts" + shift, one);
      grids.put("scan" + shift, scanning);
      grids.put("scatter" + shift, sorting);
      passes.add(IntArray.fromElements(0, tiles, shift));
    }
    List<Object> inputs =
        new ArrayList<>(
            List.of(from, tileKeys, tileValues, digits, places, starts, sums, counts, sizes));
    inputs.addAll(passes);
    double time =
        stopwatch.time(
            graph -> {
              graph.task("copy", GpuKernels::copy, keys, values, from, size);
              for (int shift = 0; shift < bits; shift += RadixSort.BITS) {
                graph
                    .task(
                        "sort" + shift,
                        RadixSort::sortTiles,
                        new KernelContext(),
                        tileKeys,
                        tileValues,
                        digits,
                        starts,
                        keys,
                        values,
                        counts,
                        passes.get(shift / RadixSort.BITS))
                    .task("sums" + shift, Scan::tileSums, new KernelContext(), sums, digits, sizes)
                    .task("starts" + shift, Scan::tileStarts, new KernelContext(), sums, sizes)
                    .task(
                        "scan" + shift,
                        Scan::prefixSums,
                        new KernelContext(),
                        places,
                        digits,
                        sums,
                        sizes)
                    .task(
                        "scatter" + shift,
                        RadixSort::scatter,
                        new KernelContext(),
                        keys,
                        values,
                        tileKeys,
                        tileValues,
                        places,
                        starts,
                        counts,
                        passes.get(shift / RadixSort.BITS));
              }
              return graph;
            },
            grids,
            inputs.toArray(),
            keys,
            values);
    long wrong = 0;
    for (int i = 0; i < size; i++) {
      boolean right = keys.get(i) == from.get(values.get(i));
      if (i > 0) {
        right &= keys.get(i - 1) < keys.get(i) || values.get(i - 1) < values.get(i);
        right &= keys.get(i - 1) <= keys.get(i);
      }
      wrong += right ? 0 : 1;
    }
    print(
        "%-44s %8.3f ms %8.1f M keys/s, %d wrong",
        "sort of %d keys of %d bits".formatted(size, bits), time, size / time * 1e-3, wrong);
  }
}
