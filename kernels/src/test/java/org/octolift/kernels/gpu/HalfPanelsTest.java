package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.kernels.ImageConvolutions;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Windows have the bits of the matrix that is gathered as floats, rounded.
class HalfPanelsTest {
  @ParameterizedTest
  @CsvSource({
    // images, height, width, channels, size, stride, top, left
    "1, 1, 1, 1, 1, 1, 0, 0",
    "2, 5, 7, 3, 7, 2, 2, 3",
    "1, 6, 4, 3, 3, 2, 0, 1",
    "3, 4, 9, 2, 2, 1, 0, 0",
    "1, 8, 8, 5, 4, 4, 0, 0",
  })
  void windows(int images, int height, int width, int in, int size, int stride, int top, int left) {
    int outHeight = Math.ceilDiv(height, stride);
    int outWidth = Math.ceilDiv(width, stride);
    int rows = images * outHeight * outWidth;
    int depth = size * size * in;
    int padded = HalfOperands.padded(depth);
    int panelRows = HalfPanels.panelRows(rows);
    FloatArray x = Device.random(images * height * width * in, 1);
    FloatArray matrix = new FloatArray(rows * depth);
    ImageConvolutions.gather(
        matrix, x, images, height, width, in, outHeight, outWidth, size, stride, top, left);
    LongArray expected = new LongArray(HalfPanels.longs(rows, depth));
    IntArray counts = Device.counts(rows);
    HalfPanels.rows(expected, matrix, counts, 1, depth, padded, panelRows);
    LongArray half = new LongArray(expected.getSize());
    half.init(-1);
    Device.run(
        Device.groups(1, half.getSize()),
        graph ->
            graph.task(
                "t",
                HalfPanels::windows,
                half,
                x,
                images,
                height,
                width,
                in,
                outHeight,
                outWidth,
                size,
                stride,
                top,
                left,
                panelRows),
        half,
        x);
    assertThat(half.toHeapArray()).isEqualTo(expected.toHeapArray());
  }
}
