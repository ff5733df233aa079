package org.octolift.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Batch normalisation over rows (Ioffe and Szegedy, 2015), its running statistics and gradients.
/// `rstd = 1 / √(variance + epsilon)`.
public final class Normalisation {
  private Normalisation() {}

  /// First step of the statistics. For each chunk of rows: its first row, which all values of the
  /// chunk are measured from so that a large mean costs no digits, and the sums of the
  /// differences and of their squares.
  ///
  /// @param partials written, ([Reductions#CHUNKS], 3, channels)
  /// @param x not modified, (capacity, channels)
  public static void moments(
      FloatArray partials, FloatArray x, IntArray counts, int slot, int channels) {
    for (@Parallel int i = 0; i < Reductions.CHUNKS * channels; i++) {
      int chunk = i / channels;
      int channel = i % channels;
      int rows = counts.get(slot);
      if (chunk < Reductions.chunks(rows)) {
        int first = chunk * Reductions.chunkRows(rows);
        int end = Reductions.chunkEnd(rows, chunk);
        float shift = x.get(first * channels + channel);
        float sum = 0;
        float squares = 0;
        for (int row = first; row < end; row++) {
          float difference = x.get(row * channels + channel) - shift;
          sum += difference;
          squares += difference * difference;
        }
        int at = chunk * 3 * channels + channel;
        partials.set(at, shift);
        partials.set(at + channels, sum);
        partials.set(at + 2 * channels, squares);
      }
    }
  }

  /// Second step: mean and biased variance of all rows, zeros if there are none, and the running
  /// ones with them ([#updateRunningAt]).
  ///
  /// @param mean written, (1, channels)
  /// @param variance written, (1, channels)
  /// @param runningMean updated, (1, channels)
  /// @param runningVariance updated, (1, channels)
  /// @param partials not modified
  /// @param momentum share of the batch in the running statistics
  public static void finishMoments(
      FloatArray mean,
      FloatArray variance,
      FloatArray runningMean,
      FloatArray runningVariance,
      FloatArray partials,
      IntArray counts,
      int slot,
      int channels,
      float momentum) {
    for (@Parallel int channel = 0; channel < (channels & Bounds.LITERAL); channel++) {
      finishMomentsAt(mean, variance, partials, counts.get(slot), channel, channels);
      updateRunningAt(
          runningMean, runningVariance, mean, variance, counts.get(slot), channel, momentum);
    }
  }

  /// One channel of [#finishMoments]; chunks are joined as Chan, Golub and LeVeque (1983) do.
  public static void finishMomentsAt(
      FloatArray mean,
      FloatArray variance,
      FloatArray partials,
      int rows,
      int channel,
      int channels) {
    double centre = 0;
    double squares = 0;
    double joined = 0;
    int chunks = Reductions.chunks(rows);
    for (int chunk = 0; chunk < chunks; chunk++) {
      int at = chunk * 3 * channels + channel;
      double size = Reductions.chunkEnd(rows, chunk) - (double) chunk * Reductions.chunkRows(rows);
      double sum = partials.get(at + channels);
      double difference = partials.get(at) + sum / size - centre;
      double share = size / (joined + size);
      centre += difference * share;
      squares += partials.get(at + 2 * channels) - sum * sum / size;
      squares += difference * difference * joined * share;
      joined += size;
    }
    mean.set(channel, (float) centre);
    variance.set(channel, squares < 0 || rows == 0 ? 0 : (float) (squares / joined));
  }

  /// One channel of `running = (1 - momentum) · running + momentum · batch`, the variance of the
  /// batch taken unbiased. A batch of one row leaves the variance, one of none leaves both.
  ///
  /// @param runningMean updated, (1, channels)
  /// @param runningVariance updated, (1, channels)
  /// @param mean not modified, (1, channels)
  /// @param variance not modified, (1, channels): biased
  public static void updateRunningAt(
      FloatArray runningMean,
      FloatArray runningVariance,
      FloatArray mean,
      FloatArray variance,
      int rows,
      int channel,
      float momentum) {
    if (rows > 0) {
      runningMean.set(
          channel, (1 - momentum) * runningMean.get(channel) + momentum * mean.get(channel));
    }
    if (rows > 1) {
      float unbiased = (float) (variance.get(channel) * ((double) rows / (rows - 1)));
      runningVariance.set(
          channel, (1 - momentum) * runningVariance.get(channel) + momentum * unbiased);
    }
  }

  /// `scale = gamma · rstd`.
  ///
  /// @param scale written, (1, channels)
  /// @param variance not modified, (1, channels)
  /// @param gamma not modified, (1, channels)
  public static void scale(
      FloatArray scale, FloatArray variance, FloatArray gamma, int channels, float epsilon) {
    for (@Parallel int channel = 0; channel < (channels & Bounds.LITERAL); channel++) {
      scaleAt(scale, variance, gamma, channel, epsilon);
    }
  }

  /// One channel of [#scale].
  public static void scaleAt(
      FloatArray scale, FloatArray variance, FloatArray gamma, int channel, float epsilon) {
    scale.set(
        channel,
        (float) (gamma.get(channel) / Math.sqrt((double) variance.get(channel) + epsilon)));
  }

  /// `y = (x - mean) · scale + beta`, plus the residual if {@code residuals} is 1, then ReLU if
  /// {@code relu} is 1.
  ///
  /// @param y written, (capacity, channels)
  /// @param x not modified
  /// @param mean not modified, (1, channels)
  /// @param scale not modified, (1, channels): from [#scale]
  /// @param beta not modified, (1, channels)
  /// @param residual not modified, (capacity, channels); anything if {@code residuals} is 0
  public static void normalise(
      FloatArray y,
      FloatArray x,
      FloatArray mean,
      FloatArray scale,
      FloatArray beta,
      FloatArray residual,
      IntArray counts,
      int slot,
      int channels,
      int capacity,
      int residuals,
      int relu) {
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      int row = i / channels;
      if (row < counts.get(slot)) {
        int channel = i % channels;
        float value = (x.get(i) - mean.get(channel)) * scale.get(channel) + beta.get(channel);
        if (residuals == 1) {
          value += residual.get(i);
        }
        if (relu == 1 && value < 0) {
          value = 0;
        }
        y.set(i, value);
      }
    }
  }

  /// First step of the parameters' gradients: `Σ dz` and `Σ dz · (x - mean)` of each chunk, where
  /// `dz = dy`, or 0 where y ≤ 0 if {@code masked} is 1.
  ///
  /// @param partials written, ([Reductions#CHUNKS], 2, channels)
  /// @param dy not modified, (capacity, channels)
  /// @param y not modified, (capacity, channels); anything if {@code masked} is 0
  /// @param x not modified, (capacity, channels)
  /// @param mean not modified, (1, channels)
  public static void gradientSums(
      FloatArray partials,
      FloatArray dy,
      FloatArray y,
      FloatArray x,
      FloatArray mean,
      IntArray counts,
      int slot,
      int channels,
      int masked) {
    for (@Parallel int i = 0; i < Reductions.CHUNKS * channels; i++) {
      int chunk = i / channels;
      int channel = i % channels;
      int rows = counts.get(slot);
      if (chunk < Reductions.chunks(rows)) {
        float sum = 0;
        float products = 0;
        int end = Reductions.chunkEnd(rows, chunk);
        for (int row = chunk * Reductions.chunkRows(rows); row < end; row++) {
          int at = row * channels + channel;
          if (masked == 0 || y.get(at) > 0) {
            sum += dy.get(at);
            products += dy.get(at) * (x.get(at) - mean.get(channel));
          }
        }
        partials.set(chunk * 2 * channels + channel, sum);
        partials.set(chunk * 2 * channels + channels + channel, products);
      }
    }
  }

  /// Second step: `dBeta = Σ dz`, `dGamma = rstd · Σ dz · (x - mean)`.
  ///
  /// @param dGamma written, (1, channels)
  /// @param dBeta written, (1, channels)
  /// @param partials not modified
  /// @param variance not modified, (1, channels)
  public static void finishGradientSums(
      FloatArray dGamma,
      FloatArray dBeta,
      FloatArray partials,
      FloatArray variance,
      IntArray counts,
      int slot,
      int channels,
      float epsilon) {
    for (@Parallel int channel = 0; channel < (channels & Bounds.LITERAL); channel++) {
      finishGradientSumsAt(
          dGamma, dBeta, partials, variance, counts.get(slot), channel, channels, epsilon);
    }
  }

  /// One channel of [#finishGradientSums].
  public static void finishGradientSumsAt(
      FloatArray dGamma,
      FloatArray dBeta,
      FloatArray partials,
      FloatArray variance,
      int rows,
      int channel,
      int channels,
      float epsilon) {
    double sum = 0;
    double products = 0;
    int chunks = Reductions.chunks(rows);
    for (int chunk = 0; chunk < chunks; chunk++) {
      int at = chunk * 2 * channels + channel;
      sum += partials.get(at);
      products += partials.get(at + channels);
    }
    dBeta.set(channel, (float) sum);
    dGamma.set(channel, (float) (products / Math.sqrt((double) variance.get(channel) + epsilon)));
  }

  /// The coefficients a, b, d of `dx = a · dz + b · (x - mean) + d` with the statistics' own
  /// gradient in it: `a = gamma · rstd`, `b = -a · rstd · dGamma / rows`, `d = -a · dBeta / rows`.
  ///
  /// @param coefficients written, (3, channels)
  /// @param variance not modified, (1, channels)
  /// @param gamma not modified, (1, channels)
  /// @param dGamma not modified, (1, channels)
  /// @param dBeta not modified, (1, channels)
  public static void gradientCoefficients(
      FloatArray coefficients,
      FloatArray variance,
      FloatArray gamma,
      FloatArray dGamma,
      FloatArray dBeta,
      IntArray counts,
      int slot,
      int channels,
      float epsilon) {
    for (@Parallel int channel = 0; channel < (channels & Bounds.LITERAL); channel++) {
      gradientCoefficientsAt(
          coefficients,
          variance,
          gamma,
          dGamma,
          dBeta,
          counts.get(slot),
          channel,
          channels,
          epsilon);
    }
  }

  /// One channel of [#gradientCoefficients].
  public static void gradientCoefficientsAt(
      FloatArray coefficients,
      FloatArray variance,
      FloatArray gamma,
      FloatArray dGamma,
      FloatArray dBeta,
      int rows,
      int channel,
      int channels,
      float epsilon) {
    double share = rows > 0 ? 1.0 / rows : 0;
    double rstd = 1 / Math.sqrt((double) variance.get(channel) + epsilon);
    double a = gamma.get(channel) * rstd;
    coefficients.set(channel, (float) a);
    coefficients.set(channels + channel, (float) (-a * rstd * dGamma.get(channel) * share));
    coefficients.set(2 * channels + channel, (float) (-a * dBeta.get(channel) * share));
  }

  /// `dx = a · dz + b · (x - mean) + d` and, if {@code residuals} is 1, `dResidual = dz`; dz as in
  /// [#gradientSums].
  ///
  /// @param dx written, (capacity, channels); if {@code inPlace} is 1 it holds dy before
  /// @param dResidual written, (capacity, channels); anything if {@code residuals} is 0
  /// @param dy not modified; anything if {@code inPlace} is 1
  /// @param y not modified; anything if {@code masked} is 0
  /// @param x not modified
  /// @param mean not modified, (1, channels)
  /// @param coefficients not modified, (3, channels)
  public static void gradient(
      FloatArray dx,
      FloatArray dResidual,
      FloatArray dy,
      FloatArray y,
      FloatArray x,
      FloatArray mean,
      FloatArray coefficients,
      IntArray counts,
      int slot,
      int channels,
      int capacity,
      int masked,
      int residuals,
      int inPlace) {
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      int row = i / channels;
      if (row < counts.get(slot)) {
        int channel = i % channels;
        float above = inPlace == 1 ? dx.get(i) : dy.get(i);
        float dz = masked == 0 || y.get(i) > 0 ? above : 0;
        dx.set(
            i,
            coefficients.get(channel) * dz
                + (coefficients.get(channels + channel) * (x.get(i) - mean.get(channel))
                    + coefficients.get(2 * channels + channel)));
        if (residuals == 1) {
          dResidual.set(i, dz);
        }
      }
    }
  }

  /// `dx = scale · dz` and, if {@code residuals} is 1, `dResidual = dz`: the gradient when the
  /// statistics are constants; dz as in [#gradientSums].
  ///
  /// @param dx written, (capacity, channels)
  /// @param dResidual written, (capacity, channels); anything if {@code residuals} is 0
  /// @param dy not modified
  /// @param y not modified; anything if {@code masked} is 0
  /// @param scale not modified, (1, channels): from [#scale]
  public static void inferenceGradient(
      FloatArray dx,
      FloatArray dResidual,
      FloatArray dy,
      FloatArray y,
      FloatArray scale,
      IntArray counts,
      int slot,
      int channels,
      int capacity,
      int masked,
      int residuals) {
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      int row = i / channels;
      if (row < counts.get(slot)) {
        int channel = i % channels;
        float dz = masked == 0 || y.get(i) > 0 ? dy.get(i) : 0;
        dx.set(i, scale.get(channel) * dz);
        if (residuals == 1) {
          dResidual.set(i, dz);
        }
      }
    }
  }
}
