package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.kernels.Transformers;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Attention on tensor cores is close to its loop form.
class HalfAttentionTest {
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "2, 31, 2", "1, 130, 2"})
  void isCloseToTheLoops(int images, int tokens, int heads) {
    int channels = heads * HalfAttention.SIZE;
    int products = images * heads;
    int padded = HalfAttention.padded(tokens);
    int width = HalfAttention.scores(tokens);
    int tiles = Math.ceilDiv(tokens, TileLists.ROWS);
    int longs = padded * HalfAttention.SIZE / 4;
    FloatArray qkv = Device.random(3 * images * tokens * channels, 1);
    LongArray queries = new LongArray(products * longs);
    LongArray keys = new LongArray(products * longs);
    LongArray values = new LongArray(products * longs);
    HalfAttention.pack(queries, keys, values, qkv, images, tokens, heads, padded);
    FloatArray scores = new FloatArray(products * tokens * width);
    IntArray rows = IntArray.fromElements(tokens);
    IntArray none = new IntArray(1);
    Device.run(
        Device.groups(HalfAttention.KEYS, tiles, padded / HalfAttention.KEYS, products),
        graph ->
            graph.task(
                "t",
                HalfProduct::multiply,
                new KernelContext(),
                scores,
                queries,
                keys,
                none,
                rows,
                0,
                0,
                padded,
                HalfAttention.SIZE,
                width,
                HalfAttention.KEYS,
                1,
                0,
                1,
                tokens * width,
                0,
                width,
                longs,
                longs),
        scores,
        queries,
        keys,
        none,
        rows);
    LongArray shares = new LongArray(scores.getSize() / 4);
    shares.init(0x7F7F7F7F7F7FL);
    Device.run(
        Device.groups(HalfAttention.THREADS, tokens, products, 1),
        graph ->
            graph.task(
                "t", HalfAttention::softmax, new KernelContext(), shares, scores, tokens, width),
        shares,
        scores);
    FloatArray y = new FloatArray(images * tokens * channels);
    y.init(Float.NaN);
    Device.run(
        Device.groups(HalfAttention.SIZE, tiles, 1, products),
        graph ->
            graph.task(
                "t",
                HalfProduct::multiply,
                new KernelContext(),
                y,
                shares,
                values,
                none,
                rows,
                0,
                0,
                tokens,
                width,
                HalfAttention.SIZE,
                HalfAttention.SIZE,
                1,
                0,
                heads,
                tokens * channels,
                HalfAttention.SIZE,
                channels,
                tokens * width / 4,
                longs),
        y,
        shares,
        values,
        none,
        rows);
    FloatArray expected = new FloatArray(y.getSize());
    Transformers.attention(expected, qkv, images, tokens, channels, heads);
    for (int i = 0; i < y.getSize(); i++) {
      assertThat(y.get(i)).as("element %d", i).isCloseTo(expected.get(i), within(0.02f));
    }
  }
}
