package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Set;
import org.octolift.engine.Grid;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Twin;
import org.octolift.kernels.GroupNormalisation;
import org.octolift.kernels.Normalisation;
import org.octolift.kernels.cpu.RowKernels;
import org.octolift.kernels.gpu.GroupSums;
import org.octolift.kernels.gpu.HalfPanels;
import org.octolift.kernels.gpu.ImageStrips;
import org.octolift.kernels.gpu.PanelStrips;
import org.octolift.kernels.gpu.PlainRows;
import org.octolift.kernels.gpu.RowStatistics;
import org.octolift.kernels.gpu.RowStrips;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Normalisation over the pixels and the neighbouring channels of a group, image by image (Wu and
/// He, 2018): `y = (x - mean) / √(variance + epsilon) · gamma + beta`, plus a residual, then ReLU.
///
/// @param y written, (pixels, channels)
/// @param x not modified
/// @param gamma not modified, (1, channels)
/// @param beta not modified, (1, channels)
/// @param residual not modified, (pixels, channels), or null
/// @param relu whether ReLU follows
/// @param grid the pixels
/// @param groups number of groups; divides the channels
/// @param epsilon positive
public record GroupNorm(
    Value y,
    Value x,
    Value gamma,
    Value beta,
    Value residual,
    boolean relu,
    Grid grid,
    int groups,
    float epsilon)
    implements DeviceOp {
  private static final String NAME = "groupNorm";

  /// Work-items that sum values: what fills a large GPU.
  private static final int PARTIAL_SUMS = 1 << 18;

  /// Pixels of a part at least.
  private static final int LEAST_PART = 16;

  /// Checks types and shapes.
  public GroupNorm {
    Checks.floats(NAME, x, grid.rows(), x.channels());
    Checks.like(NAME, y, x);
    Checks.vectors(NAME, x.channels(), gamma, beta);
    if (residual != null) {
      Checks.like(NAME, residual, x);
    }
    if (groups < 1 || x.channels() % groups != 0) {
      throw new IllegalArgumentException(
          "%s: %d groups must divide the channels of %s".formatted(NAME, groups, x));
    }
    BatchNorms.checkEpsilon(NAME, epsilon);
    Checks.distinct(NAME, List.of(y), Checks.present(x, gamma, beta, residual));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return Checks.present(x, gamma, beta, residual);
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    RowKernels kernels = cpu.rowKernels();
    int channels = y.channels();
    FloatArray scale = cpu.offHeapScratch(1, channels);
    FloatArray mean = cpu.offHeapScratch(2, channels);
    for (int image = 0; image < grid.images(); image++) {
      MemorySegment input = image(cpu.floats(x), image);
      MemorySegment output = image(cpu.floats(y), image);
      MemorySegment added = residual == null ? null : image(cpu.floats(residual), image);
      statistics(cpu, input, mean, scale);
      for (int channel = 0; channel < channels; channel++) {
        scale.set(channel, scale.get(channel) * cpu.floats(gamma).get(channel));
      }
      float[] affine = CpuLoops.heap(cpu, channels, mean, scale, cpu.floats(beta));
      cpu.workers()
          .parallel(
              grid.pixels(),
              Math.ceilDiv(1 << 14, channels),
              (from, to) ->
                  kernels.normalise(output, input, affine, added, relu, channels, from, to));
    }
  }

  private MemorySegment image(FloatArray values, int image) {
    long size = CpuLoops.bytes((long) grid.pixels() * y.channels());
    return values.getSegment().asSlice(image * size, size);
  }

  /// Each channel's mean and reciprocal deviation: those of its group.
  private void statistics(CpuRun cpu, MemorySegment input, FloatArray mean, FloatArray scale) {
    int channels = y.channels();
    moments(cpu, input, grid.pixels(), channels, mean, scale);
    int size = channels / groups;
    for (int first = 0; first < channels; first += size) {
      double centre = 0;
      for (int channel = first; channel < first + size; channel++) {
        centre += mean.get(channel);
      }
      centre /= size;
      double variance = 0;
      for (int channel = first; channel < first + size; channel++) {
        double difference = mean.get(channel) - centre;
        variance += scale.get(channel) + difference * difference;
      }
      float deviation = (float) (1 / Math.sqrt(variance / size + epsilon));
      for (int channel = first; channel < first + size; channel++) {
        mean.set(channel, (float) centre);
        scale.set(channel, deviation);
      }
    }
  }

  /// Mean and biased variance of each channel.
  ///
  /// @param mean written, (1, channels)
  /// @param variance written, (1, channels)
  static void moments(
      CpuRun cpu,
      MemorySegment input,
      int rows,
      int channels,
      FloatArray mean,
      FloatArray variance) {
    RowKernels kernels = cpu.rowKernels();
    FloatArray partials =
        CpuLoops.partials(
            cpu,
            rows,
            3 * channels,
            (sums, from, to) -> {
              long first = CpuLoops.bytes((long) from * channels);
              MemorySegment.copy(input, ValueLayout.JAVA_FLOAT, first, sums, 0, channels);
              kernels.moments(sums, input, channels, from, to);
            });
    for (int channel = 0; channel < channels; channel++) {
      Normalisation.finishMomentsAt(mean, variance, partials, rows, channel, channels);
    }
  }

  @Override
  public List<Twin> twinsRead(Set<Value> rounded, boolean library) {
    return library ? halves() : List.of();
  }

  /// The copies that it can read.
  private List<Twin> halves() {
    return x.channels() % PlainRows.MULTIPLE == 0
        ? Checks.present(x, residual).stream().distinct().map(Twin::plain).toList()
        : List.of();
  }

  /// The copy that it reads instead of a value; null if it reads floats.
  private LongArray half(Lowering tasks, Value value) {
    return value != null && halves().contains(Twin.plain(value))
        ? tasks.twin(Twin.plain(value))
        : null;
  }

  @Override
  public List<Twin> twinsWritten(Value value, List<Twin> wanted) {
    return DenseTwins.written(y, wanted);
  }

  @Override
  public void lower(Lowering tasks) {
    int channels = y.channels();
    int images = grid.images();
    int pixels = grid.pixels();
    int parts = Math.clamp(PARTIAL_SUMS / (images * channels), 1, Math.ceilDiv(pixels, LEAST_PART));
    FloatArray sums = tasks.scratch(0, 2 * images * parts * channels);
    FloatArray statistics = tasks.scratch(1, 2 * images * groups);
    LongArray half = half(tasks, x);
    if (half != null) {
      tasks
          .graph()
          .task(
              tasks.id("groupSums", Lowering.loop(images * parts * channels / 4)),
              GroupSums::partialSums,
              sums,
              half,
              images,
              pixels,
              channels,
              groups,
              parts);
    } else {
      tasks
          .graph()
          .task(
              tasks.id("groupSums", Lowering.loop(images * parts * channels)),
              GroupNormalisation::partialSums,
              sums,
              tasks.floats(x),
              images,
              pixels,
              channels,
              groups,
              parts);
    }
    if (tasks.prefersGroups()) {
      tasks
          .graph()
          .task(
              tasks.id(
                  "groupStatistics", Lowering.groups(RowStatistics.THREADS, groups, images, 1)),
              RowStatistics::groupNorm,
              new KernelContext(),
              statistics,
              sums,
              half == null ? tasks.floats(x) : tasks.unused(),
              half == null ? tasks.unusedLongs(0) : half,
              pixels,
              channels,
              groups,
              parts,
              half == null ? 0 : 1);
      normaliseByGroups(tasks, statistics);
    } else {
      tasks
          .graph()
          .task(
              tasks.id("groupStatistics", Lowering.loop(images * groups)),
              GroupNormalisation::statistics,
              statistics,
              sums,
              tasks.floats(x),
              images,
              pixels,
              channels,
              groups,
              parts);
      tasks
          .graph()
          .task(
              tasks.id(NAME, Lowering.loop(images * pixels * channels)),
              GroupNormalisation::apply,
              tasks.floats(y),
              tasks.floats(x),
              statistics,
              tasks.floats(gamma),
              tasks.floats(beta),
              tasks.floats(residual == null ? x : residual),
              images,
              pixels,
              channels,
              groups,
              epsilon,
              residual == null ? 0 : 1,
              relu ? 1 : 0);
    }
  }

  private void normaliseByGroups(Lowering tasks, FloatArray statistics) {
    int channels = y.channels();
    int images = grid.images();
    int pixels = grid.pixels();
    LongArray half = half(tasks, x);
    FloatArray input = half == null ? tasks.floats(x) : tasks.unused(0);
    LongArray inputHalf = half == null ? tasks.unusedLongs(0) : half;
    LongArray halfAdded = half(tasks, residual);
    boolean floatsAdded = residual != null && halfAdded == null;
    FloatArray added = floatsAdded ? tasks.floats(residual) : tasks.unused(1);
    LongArray addedHalf = halfAdded == null ? tasks.unusedLongs(1) : halfAdded;
    int rounded = (half == null ? 0 : 1) + (halfAdded == null ? 0 : 2);
    Twin twin = DenseTwins.of(tasks, y);
    if (twin != null) {
      boolean floats = tasks.isStored(y);
      tasks
          .graph()
          .task(
              tasks.id(NAME, Lowering.loop(PanelStrips.size(images, pixels, channels))),
              PanelStrips::groupNorm,
              floats ? tasks.floats(y) : tasks.unused(2),
              tasks.twin(twin),
              input,
              inputHalf,
              statistics,
              tasks.floats(gamma),
              tasks.floats(beta),
              added,
              addedHalf,
              images,
              pixels,
              channels,
              groups,
              HalfPanels.panelRows(tasks.capacity(y.rows())),
              DenseTwins.plain(twin),
              rounded,
              epsilon,
              floats ? 1 : 0,
              residual == null ? 0 : 1,
              relu ? 1 : 0);
      return;
    }
    int strips = RowStrips.strips(pixels);
    tasks
        .graph()
        .task(
            tasks.id(NAME, Lowering.loop(images * strips * channels)),
            ImageStrips::groupNorm,
            tasks.floats(y),
            input,
            inputHalf,
            statistics,
            tasks.floats(gamma),
            tasks.floats(beta),
            added,
            addedHalf,
            images,
            pixels,
            channels,
            groups,
            strips,
            rounded,
            epsilon,
            residual == null ? 0 : 1,
            relu ? 1 : 0);
  }
}
