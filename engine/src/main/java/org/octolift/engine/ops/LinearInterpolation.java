package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Interpolation;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// `y[r] = Σ_j weights[r, j] · x[corners[r, j]]` over the corners that exist; the weights are
/// taken as they are.
///
/// @param y written, (points, channels)
/// @param x not modified, (voxels, channels)
/// @param corners not modified, (points, 8) ints, -1 = none
/// @param weights not modified, (points, 8)
public record LinearInterpolation(Value y, Value x, Value corners, Value weights)
    implements DeviceOp {
  private static final String NAME = "linearInterpolation";

  /// Checks types and shapes.
  public LinearInterpolation {
    Checks.floats(NAME, x);
    Checks.floats(NAME, y, y.rows(), x.channels());
    Checks.ints(NAME, corners, y.rows(), Interpolation.CORNERS);
    Checks.floats(NAME, weights, y.rows(), Interpolation.CORNERS);
    Checks.distinct(NAME, List.of(y), List.of(x, weights));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(x, corners, weights);
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    FloatArray output = cpu.floats(y);
    FloatArray input = cpu.floats(x);
    IntArray voxels = cpu.ints(corners);
    FloatArray factors = cpu.floats(weights);
    int channels = y.channels();
    CpuLoops.rows(
        cpu,
        y,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            for (int channel = 0; channel < channels; channel++) {
              Interpolation.interpolateAt(output, input, voxels, factors, row, channel, channels);
            }
          }
        });
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Interpolation::interpolate,
            tasks.floats(y),
            tasks.floats(x),
            tasks.ints(corners),
            tasks.floats(weights),
            tasks.counts(),
            tasks.slot(y.rows()),
            y.channels(),
            tasks.capacity(y.rows()));
  }
}
