package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.cpu.InverseIndex;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Interpolation;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Gradient of [LinearInterpolation] to the voxels: `dx[i] = Σ weights[r, j] · dy[r]` over all
/// (r, j) with `corners[r, j] = i`.
///
/// @param dx written, (voxels, channels)
/// @param dy not modified, (points, channels)
/// @param corners not modified, (points, 8) ints, -1 = none
/// @param weights not modified, (points, 8)
public record LinearInterpolationGradient(Value dx, Value dy, Value corners, Value weights)
    implements DeviceOp {
  private static final String NAME = "linearInterpolationGradient";

  /// Checks types and shapes.
  public LinearInterpolationGradient {
    Checks.floats(NAME, dy);
    Checks.floats(NAME, dx, dx.rows(), dy.channels());
    Checks.ints(NAME, corners, dy.rows(), Interpolation.CORNERS);
    Checks.floats(NAME, weights, dy.rows(), Interpolation.CORNERS);
    Checks.distinct(NAME, List.of(dx), List.of(dy, weights));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(dy, corners, weights);
  }

  @Override
  public List<Value> writes() {
    return List.of(dx);
  }

  @Override
  public void run(CpuRun cpu) {
    InverseIndex inverse = cpu.inverse(corners, cpu.rows(dx));
    FloatArray target = cpu.floats(dx);
    FloatArray source = cpu.floats(dy);
    FloatArray factors = cpu.floats(weights);
    int channels = dx.channels();
    CpuLoops.rows(
        cpu,
        dx,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            for (int channel = 0; channel < channels; channel++) {
              Interpolation.interpolateGradientAt(
                  target,
                  source,
                  factors,
                  inverse.starts(),
                  inverse.entries(),
                  row,
                  channel,
                  channels);
            }
          }
        });
  }

  @Override
  public void lower(Lowering tasks) {
    InverseIndex inverse = tasks.inverse(corners, dx.rows());
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Interpolation::interpolateGradient,
            tasks.floats(dx),
            tasks.floats(dy),
            tasks.floats(weights),
            inverse.starts(),
            inverse.entries(),
            tasks.counts(),
            tasks.slot(dx.rows()),
            dx.channels(),
            tasks.capacity(dx.rows()));
  }
}
