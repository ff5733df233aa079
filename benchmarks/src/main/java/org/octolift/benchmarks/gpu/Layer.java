package org.octolift.benchmarks.gpu;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.octolift.kernels.gpu.FloatConvolution;
import org.octolift.kernels.gpu.FloatWeightGradient;
import org.octolift.kernels.gpu.HalfConvolution;
import org.octolift.kernels.gpu.HalfOperands;
import org.octolift.kernels.gpu.HalfWeightGradient;
import org.octolift.kernels.gpu.RowLists;
import org.octolift.kernels.gpu.Scan;
import org.octolift.kernels.gpu.TileLists;
import org.octolift.kernels.gpu.WeightGradientBlocks;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// One 3×3×3 convolution with as many output channels as input channels: forward, gradient to the
/// input, gradient to the weights, in every form.
final class Layer {
  private static final String[] FORMATS = {"FP16", "BF16", "split"};
  private static final int OFFSETS = 27;
  private static final int SAMPLES = 100;

  private final Stopwatch stopwatch;
  private final Shell shell;
  private final int channels;
  private final int padded;
  private final FloatArray x;
  private final FloatArray dy;
  private final FloatArray weights;
  private final IntArray counts;
  private final IntArray none = new IntArray(1);
  private final FloatArray noBias = new FloatArray(1);

  Layer(Stopwatch stopwatch, Shell shell, int channels) {
    this.stopwatch = stopwatch;
    this.shell = shell;
    this.channels = channels;
    this.padded = HalfOperands.padded(channels);
    this.x = Shell.wave(shell.rows() * channels, 1);
    this.dy = Shell.wave(shell.rows() * channels, 2);
    this.weights = Shell.wave(OFFSETS * channels * channels, 3);
    this.counts = IntArray.fromElements(shell.rows());
  }

  /// @param formats names of those to measure, all if none
  void run(Collection<String> formats) {
    Tiles plain = Tiles.of(stopwatch, shell, false, none);
    Tiles sorted = Tiles.of(stopwatch, shell, false, shell.order());
    Tiles mirrored = Tiles.of(stopwatch, shell, true, none);
    for (int format = 0; format < FORMATS.length; format++) {
      int f = format;
      if (formats.isEmpty() || formats.contains(FORMATS[f].toLowerCase(Locale.ROOT))) {
        GpuKernels.attempt("layer in " + FORMATS[f], () -> run(f, plain, sorted, mirrored));
      }
    }
    if (formats.isEmpty() || formats.contains("fp32")) {
      GpuKernels.attempt("FP32", () -> floatForward(plain));
      GpuKernels.attempt("FP32", () -> floatForward(sorted));
      GpuKernels.attempt("FP32", () -> floatWeightGradient(plain));
    }
  }

  private void run(int format, Tiles plain, Tiles sorted, Tiles mirrored) {
    int columns = HalfConvolution.tileColumns(shell.tiles(), channels);
    LongArray halfX = rows(format);
    LongArray halfW = pack(format, columns, false);
    forward(format, plain, halfX, halfW, columns);
    forward(format, sorted, halfX, halfW, columns);
    if (format == HalfOperands.BF16) {
      inputGradient(format, mirrored, pack(format, columns, true), columns);
      for (int other = 32; other <= 128; other += 32) {
        if (other != columns && other <= channels) {
          forward(format, sorted, halfX, pack(format, other, false), other);
        }
      }
    }
    weightGradient(format, plain, halfX);
    weightGradient(format, sorted, halfX);
  }

  private static String suffix(Tiles tiles) {
    return tiles.ordered() == 1 ? ", sorted" : "";
  }

  private WorkerGrid sums() {
    int size = OFFSETS * channels * channels;
    return Stopwatch.loop(size);
  }

  private void report(String name, double milliseconds, double error, double rounding) {
    double flops = 2.0 * shell.pairs() * channels * channels;
    GpuKernels.print(
        "%-44s %8.3f ms %8.1f TFLOP/s   error %.1e, against FP32 %.1e",
        name, milliseconds, flops / milliseconds * 1e-9, error, rounding);
  }

  private LongArray rows(int format) {
    LongArray half = new LongArray(HalfOperands.rowLongs(shell.rows(), channels, format));
    double time =
        stopwatch.time(
            graph ->
                graph.task(
                    "rows",
                    HalfOperands::rows,
                    half,
                    x,
                    counts,
                    0,
                    channels,
                    padded,
                    shell.rows(),
                    format),
            Map.of("rows", Stopwatch.loop(half.getSize())),
            new Object[] {x, counts},
            half);
    LongArray expected = new LongArray(half.getSize());
    HalfOperands.rows(expected, x, counts, 0, channels, padded, shell.rows(), format);
    convertedAt(FORMATS[format] + " rows", time, half, expected);
    return half;
  }

  private LongArray columns(int format, Tiles tiles) {
    LongArray half = new LongArray(HalfOperands.columnLongs(shell.rows(), channels, format));
    int blocks = HalfOperands.blocks(shell.rows());
    double time =
        stopwatch.time(
            graph ->
                graph.task(
                    "columns",
                    HalfOperands::columns,
                    half,
                    dy,
                    tiles.order(),
                    counts,
                    0,
                    channels,
                    padded,
                    blocks,
                    tiles.ordered(),
                    format),
            Map.of("columns", Stopwatch.loop(half.getSize())),
            new Object[] {dy, tiles.order(), counts},
            half);
    LongArray expected = new LongArray(half.getSize());
    HalfOperands.columns(
        expected, dy, tiles.order(), counts, 0, channels, padded, blocks, tiles.ordered(), format);
    convertedAt(FORMATS[format] + " columns" + suffix(tiles), time, half, expected);
    return half;
  }

  private void convertedAt(String name, double time, LongArray actual, LongArray expected) {
    double bytes = 4.0 * shell.rows() * channels;
    GpuKernels.print(
        "%-44s %8.3f ms %8.1f GB/s read, %s",
        name, time, bytes / time * 1e-6, differences(actual, expected));
  }

  /// How the device's 16-bit numbers differ from the host's.
  private static String differences(LongArray actual, LongArray expected) {
    int different = 0;
    String first = "";
    for (int i = 0; i < actual.getSize(); i++) {
      for (int shift = 0; shift < Long.SIZE; shift += Short.SIZE) {
        int a = (int) (actual.get(i) >> shift) & 0xFFFF;
        int b = (int) (expected.get(i) >> shift) & 0xFFFF;
        if (a != b) {
          different++;
          first = first.isEmpty() ? ", the first in %d: %04x for %04x".formatted(i, a, b) : first;
        }
      }
    }
    return different + " numbers differ from the host's" + first;
  }

  private LongArray pack(int format, int columns, boolean transposed) {
    LongArray half =
        new LongArray(HalfOperands.weightLongs(OFFSETS, channels, channels, columns, 0, format));
    IntArray sizes =
        IntArray.fromElements(OFFSETS, channels, channels, padded, transposed ? 1 : 0, 0);
    double time =
        stopwatch.time(
            graph ->
                graph.task(
                    "weights",
                    HalfOperands::weights,
                    half,
                    weights,
                    noBias,
                    sizes,
                    columns,
                    format),
            Map.of("weights", Stopwatch.loop(half.getSize())),
            new Object[] {weights, noBias, sizes},
            half);
    LongArray expected = new LongArray(half.getSize());
    HalfOperands.weights(expected, weights, noBias, sizes, columns, format);
    GpuKernels.print(
        "%-44s %8.3f ms, %s", FORMATS[format] + " weights", time, differences(half, expected));
    return half;
  }

  private void forward(int format, Tiles tiles, LongArray halfX, LongArray halfW, int columns) {
    String name = "%s forward, %d columns%s".formatted(FORMATS[format], columns, suffix(tiles));
    FloatArray y = new FloatArray(shell.rows() * channels);
    double time = convolve(format, tiles, halfX, halfW, columns, y);
    report(name, time, error(y, tiles, false, format), error(y, tiles, false, -1));
  }

  private void inputGradient(int format, Tiles tiles, LongArray halfW, int columns) {
    FloatArray dx = new FloatArray(shell.rows() * channels);
    double time = convolve(format, tiles, rows(format), halfW, columns, dx);
    report(
        FORMATS[format] + " input gradient",
        time,
        error(dx, tiles, true, format),
        error(dx, tiles, true, -1));
  }

  private double convolve(
      int format, Tiles tiles, LongArray halfX, LongArray halfW, int columns, FloatArray y) {
    WorkerGrid grid =
        Stopwatch.groups(2 * columns, shell.tiles(), Math.ceilDiv(channels, columns), 1);
    UnaryOperator<TaskGraph> task =
        graph ->
            graph.task(
                "convolve",
                HalfConvolution::convolve,
                new KernelContext(),
                y,
                halfX,
                halfW,
                shell.table(),
                tiles.columns(),
                tiles.lists(),
                tiles.order(),
                counts,
                0,
                OFFSETS,
                OFFSETS,
                shell.rows(),
                padded,
                channels,
                columns,
                0,
                tiles.ordered(),
                1,
                format);
    Object[] inputs = {
      halfX, halfW, shell.table(), tiles.columns(), tiles.lists(), tiles.order(), counts
    };
    return stopwatch.time(task, Map.of("convolve", grid), inputs, y);
  }

  private void floatForward(Tiles tiles) {
    FloatArray y = new FloatArray(shell.rows() * channels);
    int columns = FloatConvolution.tileColumns(channels);
    WorkerGrid grid =
        Stopwatch.groups(
            FloatConvolution.threads(columns), shell.tiles(), Math.ceilDiv(channels, columns), 1);
    UnaryOperator<TaskGraph> task =
        graph ->
            graph.task(
                "convolve",
                FloatConvolution::convolve,
                new KernelContext(),
                y,
                x,
                weights,
                noBias,
                shell.table(),
                tiles.columns(),
                tiles.lists(),
                tiles.order(),
                counts,
                0,
                OFFSETS,
                channels,
                channels,
                columns,
                0,
                0,
                tiles.ordered(),
                1,
                0);
    Object[] inputs = {
      x, weights, noBias, shell.table(), tiles.columns(), tiles.lists(), tiles.order(), counts
    };
    double time = stopwatch.time(task, Map.of("convolve", grid), inputs, y);
    double error = error(y, tiles, false, -1);
    report("FP32 forward" + suffix(tiles), time, error, error);
  }

  private void weightGradient(int format, Tiles tiles, LongArray halfX) {
    LongArray halfDy = columns(format, tiles);
    int chunks = WeightGradientBlocks.chunks(OFFSETS, channels, channels);
    FloatArray partials =
        new FloatArray(WeightGradientBlocks.partials(OFFSETS, channels, channels, format));
    IntArray starts = new IntArray(OFFSETS + 1);
    IntArray sizes = IntArray.fromElements(OFFSETS, channels, channels);
    FloatArray dWeights = new FloatArray(OFFSETS * channels * channels);
    WorkerGrid grid =
        Stopwatch.groups(
            WeightGradientBlocks.threads(channels, channels),
            chunks * HalfOperands.terms(format),
            WeightGradientBlocks.parts(channels, channels),
            1);
    UnaryOperator<TaskGraph> task =
        graph ->
            graph
                .task(
                    "partials",
                    HalfWeightGradient::partialSums,
                    new KernelContext(),
                    partials,
                    starts,
                    halfDy,
                    halfX,
                    shell.table(),
                    tiles.columns(),
                    tiles.blocks(),
                    tiles.order(),
                    counts,
                    0,
                    OFFSETS,
                    OFFSETS,
                    shell.rows(),
                    padded,
                    padded,
                    tiles.pitch(),
                    tiles.ordered(),
                    format)
                .task("sum", HalfWeightGradient::sum, dWeights, partials, starts, sizes, format);
    Object[] inputs = {
      partials,
      starts,
      sizes,
      halfDy,
      halfX,
      shell.table(),
      tiles.columns(),
      tiles.blocks(),
      tiles.order(),
      counts
    };
    double time = stopwatch.time(task, Map.of("partials", grid, "sum", sums()), inputs, dWeights);
    report(
        FORMATS[format] + " weight gradient" + suffix(tiles),
        time,
        weightError(dWeights, format),
        weightError(dWeights, -1));
  }

  private void floatWeightGradient(Tiles tiles) {
    int chunks = FloatWeightGradient.chunks(OFFSETS, channels, channels);
    int segments = RowLists.segments(shell.rows());
    IntArray masks = new IntArray(shell.rows());
    IntArray shape = shell.shape();
    IntArray starts = new IntArray(segments * OFFSETS + 1);
    IntArray sizes = IntArray.fromElements(shell.rows(), segments * OFFSETS);
    IntArray list = new IntArray(shell.rows() * OFFSETS);
    IntArray deals = new IntArray(FloatWeightGradient.deals(OFFSETS, chunks));
    FloatArray partials = new FloatArray(FloatWeightGradient.partials(OFFSETS, channels, channels));
    FloatArray dWeights = new FloatArray(OFFSETS * channels * channels);
    WorkerGrid rows = Stopwatch.groups(RowLists.THREADS, segments, OFFSETS, 1);
    UnaryOperator<TaskGraph> lists =
        graph ->
            graph
                .task("masks", TileLists::masks, masks, shell.table(), counts, shape, OFFSETS)
                .task("count", RowLists::count, new KernelContext(), starts, masks, shape)
                .task("starts", Scan::tileStarts, new KernelContext(), starts, sizes)
                .task("fill", RowLists::fill, new KernelContext(), list, masks, starts, shape);
    double listing =
        stopwatch.time(
            lists,
            Map.of("count", rows, "starts", Stopwatch.groups(Scan.THREADS, 1, 1, 1), "fill", rows),
            new Object[] {shell.table(), counts, masks, shape},
            starts,
            list);
    GpuKernels.print("%-44s %8.3f ms", "row lists", listing);
    UnaryOperator<TaskGraph> task =
        graph ->
            graph
                .task(
                    "deal",
                    FloatWeightGradient::deal,
                    deals,
                    starts,
                    tiles.columns(),
                    counts,
                    0,
                    OFFSETS,
                    OFFSETS,
                    segments,
                    chunks)
                .task(
                    "partials",
                    FloatWeightGradient::partialSums,
                    new KernelContext(),
                    partials,
                    dy,
                    x,
                    shell.table(),
                    tiles.columns(),
                    list,
                    deals,
                    OFFSETS,
                    OFFSETS,
                    channels,
                    channels)
                .task(
                    "sum",
                    FloatWeightGradient::sum,
                    dWeights,
                    partials,
                    deals,
                    OFFSETS,
                    channels,
                    channels);
    WorkerGrid grid =
        Stopwatch.groups(
            WeightGradientBlocks.blockIn(channels),
            chunks,
            WeightGradientBlocks.parts(channels, channels),
            1);
    Object[] inputs = {
      deals, partials, dy, x, shell.table(), tiles.columns(), list, starts, counts
    };
    double time = stopwatch.time(task, Map.of("partials", grid, "sum", sums()), inputs, dWeights);
    double error = weightError(dWeights, -1);
    report("FP32 weight gradient", time, error, error);
  }

  /// The largest difference to the convolution in double precision on some rows, against the root
  /// mean square of those rows. Operands rounded as the format says, or not at all if it is -1.
  private double error(FloatArray y, Tiles tiles, boolean transposed, int format) {
    Random random = new Random(4);
    double worst = 0;
    double squares = 0;
    for (int sample = 0; sample < SAMPLES; sample++) {
      int row = sample == 0 ? shell.rows() - 1 : random.nextInt(shell.rows());
      for (int j = 0; j < channels; j++) {
        double sum = 0;
        for (int k = 0; k < OFFSETS; k++) {
          int from = shell.table().get(row * OFFSETS + tiles.columns().get(k));
          for (int c = 0; from >= 0 && c < channels; c++) {
            float w =
                transposed
                    ? weights.get((k * channels + j) * channels + c)
                    : weights.get((k * channels + c) * channels + j);
            sum += Rounding.product(x.get(from * channels + c), w, format);
          }
        }
        squares += sum * sum;
        worst = Math.max(worst, Math.abs(sum - y.get(row * channels + j)));
      }
    }
    return worst / Math.sqrt(squares / SAMPLES / channels);
  }

  private double weightError(FloatArray dWeights, int format) {
    Random random = new Random(5);
    double worst = 0;
    double squares = 0;
    int samples = SAMPLES / 4;
    for (int sample = 0; sample < samples; sample++) {
      int at = random.nextInt(dWeights.getSize());
      int k = at / (channels * channels);
      double sum = 0;
      for (int row = 0; row < shell.rows(); row++) {
        int from = shell.table().get(row * OFFSETS + k);
        if (from >= 0) {
          sum +=
              Rounding.product(
                  x.get(from * channels + at / channels % channels),
                  dy.get(row * channels + at % channels),
                  format);
        }
      }
      squares += sum * sum;
      worst = Math.max(worst, Math.abs(sum - dWeights.get(at)));
    }
    return worst / Math.sqrt(squares / samples);
  }
}
