package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.kernels.Transformers;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Attention by groups equals its loop form.
class FloatAttentionTest {
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "2, 31, 2", "1, 64, 1", "1, 65, 2", "2, 97, 1"})
  void equalsTheLoops(int images, int tokens, int heads) {
    int channels = heads * FloatAttention.SIZE;
    FloatArray qkv = Device.random(3 * images * tokens * channels, 1);
    for (int i = 0; i < qkv.getSize(); i++) {
      qkv.set(i, 4 * qkv.get(i));
    }
    FloatArray expected = new FloatArray(images * tokens * channels);
    Transformers.attention(expected, qkv, images, tokens, channels, heads);
    FloatArray y = new FloatArray(images * tokens * channels);
    y.init(Float.NaN);
    FloatArray totals = new FloatArray(images * heads * HalfHeads.padded(tokens));
    totals.init(1);
    attend(y, qkv, totals, images, tokens, channels, 1);
    assertThat(y.get(0)).as("a total that is trusted").isNaN();
    attend(y, qkv, totals, images, tokens, channels, 0);
    for (int i = 0; i < y.getSize(); i++) {
      assertThat(y.get(i)).as("element %d", i).isCloseTo(expected.get(i), within(1e-5f));
    }
  }

  private static void attend(
      FloatArray y,
      FloatArray qkv,
      FloatArray totals,
      int images,
      int tokens,
      int channels,
      int again) {
    LongArray half = new LongArray(1);
    LongArray unread = new LongArray(1);
    int blocks = Math.ceilDiv(tokens, FloatAttention.QUERIES);
    Device.run(
        Device.groups(FloatAttention.THREADS, blocks, channels / FloatAttention.SIZE, images),
        graph ->
            graph.task(
                "t",
                FloatAttention::attend,
                new KernelContext(),
                y,
                half,
                qkv,
                unread,
                totals,
                tokens,
                channels,
                HalfHeads.padded(tokens),
                0,
                0,
                1,
                0,
                again),
        y,
        half,
        qkv,
        unread,
        totals);
  }
}
