package org.octolift.kernels.cpu;

/// [PairKernels] without the Vector API: the specification of the order of additions.
public final class ScalarPairKernels implements PairKernels {
  private static final int WIDTH = 16;

  @Override
  public int panelWidth() {
    return WIDTH;
  }

  @Override
  public int tileSize() {
    return 0;
  }

  @Override
  public void multiply(
      float[] y,
      int yOffset,
      int yStride,
      int[] out,
      float[] x,
      int xStride,
      int[] in,
      int begin,
      int end,
      float[] weights,
      int offset,
      int channels,
      int panels,
      float[] tile) {
    for (int panel = 0; panel < panels; panel++) {
      int from = offset + panel * channels * WIDTH;
      for (int p = begin; p < end; p++) {
        int xRow = in[p] * xStride;
        int yRow = yOffset + out[p] * yStride + panel * WIDTH;
        for (int column = 0; column < WIDTH; column++) {
          float sum = 0;
          for (int c = 0; c < channels; c++) {
            sum = Math.fma(x[xRow + c], weights[from + c * WIDTH + column], sum);
          }
          y[yRow + column] += sum;
        }
      }
    }
  }

  @Override
  public void outerProduct(
      float[] dw,
      int dwOffset,
      float[] x,
      int xOffset,
      float[] dy,
      int dyOffset,
      int pairs,
      int channels) {
    for (int c = 0; c < channels; c++) {
      for (int column = 0; column < WIDTH; column++) {
        int at = dwOffset + c * WIDTH + column;
        float sum = dw[at];
        for (int p = 0; p < pairs; p++) {
          sum = Math.fma(x[xOffset + p * WIDTH + c], dy[dyOffset + p * WIDTH + column], sum);
        }
        dw[at] = sum;
      }
    }
  }

  @Override
  public void gather(
      float[] to,
      int toOffset,
      int row,
      int blockSize,
      float[] from,
      int fromOffset,
      int[] rows,
      int begin,
      int end,
      int channels) {
    for (int p = begin; p < end; p++) {
      for (int c = 0; c < channels; c++) {
        to[toOffset + c / WIDTH * blockSize + (row + p - begin) * WIDTH + c % WIDTH] =
            from[fromOffset + rows[p] * channels + c];
      }
    }
  }
}
