package org.octolift.kernels.gpu;

/// How [HalfWeightGradient] divides a gradient among groups: blocks of channels, which
/// [FloatWeightGradient] shares, and chunks of the rows. It depends on shapes alone, as the order
/// of additions must.
public final class WeightGradientBlocks {
  /// Chunks to launch, about: ten times what an H100 has multiprocessors.
  static final int GROUPS = 1300;

  private WeightGradientBlocks() {}

  /// Width of the blocks of input channels that a group computes: 32, 64, 96 or 128, the widest of
  /// those that need the least padding.
  public static int blockIn(int channels) {
    int block = channels <= 64 ? (channels <= 32 ? 32 : 64) : 128;
    return channels > 64 && (channels + 95) / 96 * 96 < (channels + 127) / 128 * 128 ? 96 : block;
  }

  /// As [#blockIn], of output channels: 32, 64 or 96. With 128 the registers would suffice for one
  /// group a multiprocessor.
  public static int blockOut(int channels) {
    int block = channels <= 32 ? 32 : 64;
    return channels > 64 && (channels + 95) / 96 * 96 <= (channels + 63) / 64 * 64 ? 96 : block;
  }

  private static int blocksIn(int channels) {
    return Math.ceilDiv(channels, blockIn(channels));
  }

  private static int blocksOut(int channels) {
    return Math.ceilDiv(channels, blockOut(channels));
  }

  /// Work-items of a group.
  public static int threads(int ci, int co) {
    return 32 * warps(ci, co) * split(ci, co);
  }

  /// Blocks of dW: groups along the second dimension of the grid.
  public static int parts(int ci, int co) {
    return blocksIn(ci) * blocksOut(co);
  }

  /// Chunks of a term that there may be: groups along the first dimension of the grid, times the
  /// terms.
  public static int chunks(int offsets, int ci, int co) {
    return share(ci, co) + offsets;
  }

  /// Chunks that the work is cut into, but for each offset's last.
  private static int share(int ci, int co) {
    return GROUPS / parts(ci, co);
  }

  private static int warps(int ci, int co) {
    return (blockIn(ci) > 32 ? 2 : 1) * (blockOut(co) / 32);
  }

  private static int split(int ci, int co) {
    return warps(ci, co) < 3 ? 4 / warps(ci, co) : 1;
  }

  /// Floats of the partial sums.
  public static int partials(int offsets, int ci, int co, int format) {
    int sums = chunks(offsets, ci, co) * HalfOperands.terms(format) * split(ci, co);
    return Math.multiplyExact(
        sums, Math.multiplyExact(blockIn(ci) * blocksIn(ci), blockOut(co) * blocksOut(co)));
  }
}
