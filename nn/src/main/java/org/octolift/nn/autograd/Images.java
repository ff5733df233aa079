package org.octolift.nn.autograd;

import java.util.List;
import org.octolift.engine.Grid;
import org.octolift.engine.Value;
import org.octolift.engine.ops.Activation;
import org.octolift.engine.ops.ColumnSum;
import org.octolift.engine.ops.ImageConvolution;
import org.octolift.engine.ops.ImageConvolutionInputGradient;
import org.octolift.engine.ops.ImageConvolutionWeightGradient;
import org.octolift.engine.ops.ImageResize;
import org.octolift.engine.ops.ImageResizeGradient;
import org.octolift.engine.ops.Resampler;
import org.octolift.engine.ops.Window;
import org.octolift.nn.Parameter;

/// Records operations on images, each beside the rule of its derivative. The rows of an image's
/// value are its pixels; what treats rows alike (BatchNorm, ReLU, losses) is the tape's own.
public final class Images {
  private Images() {}

  /// Convolution `y[i, j] = Σ_k x[pixel k of window (i, j)] · W[k] + b`.
  ///
  /// @param x (pixels of the window's input, in)
  /// @param weights of layout [Parameter.Layout#IMAGE_CONVOLUTION]
  /// @param bias (1, out), or null
  /// @return (pixels of the window's output, out)
  public static Value convolution(
      Tape tape, Value x, Parameter weights, Parameter bias, Window window) {
    Value w = tape.parameter(weights);
    Value b = bias == null ? null : tape.parameter(bias);
    Value y = tape.recorder().temporary(weights.name(), window.out().rows(), weights.out());
    tape.recorder().add(new ImageConvolution(y, x, w, b, window, Activation.NONE));
    tape.record(
        y,
        bias == null ? List.of(weights) : List.of(weights, bias),
        g -> {
          Value dy = g.of(y);
          Value dw = g.like(w);
          g.recorder().add(new ImageConvolutionWeightGradient(dw, g.forward(x), dy, window));
          g.add(w, dw);
          if (b != null) {
            Value db = g.like(b);
            g.recorder().add(new ColumnSum(db, dy));
            g.add(b, db);
          }
          if (g.wanted(x)) {
            Value dx = g.like(x);
            g.recorder().add(new ImageConvolutionInputGradient(dx, dy, w, window));
            g.add(x, dx);
          }
        },
        x,
        w,
        b);
    return y;
  }

  /// Interpolation to another size.
  ///
  /// @param x (pixels of {@code in}, channels)
  /// @return (pixels of {@code out}, channels)
  public static Value resize(Tape tape, Value x, Grid in, Grid out, Resampler resampler) {
    Value y = tape.recorder().temporary("resize", out.rows(), x.channels());
    tape.recorder().add(new ImageResize(y, x, in, out, resampler));
    tape.record(
        y,
        List.of(),
        g -> {
          Value dx = g.like(x);
          g.recorder().add(new ImageResizeGradient(dx, g.of(y), in, out, resampler));
          g.add(x, dx);
        },
        x);
    return y;
  }
}
