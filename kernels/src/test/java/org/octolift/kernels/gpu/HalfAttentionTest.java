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

/// Attention on tensor cores, and what repeats it in floats, are close to the loop form.
class HalfAttentionTest {
  @ParameterizedTest
  @CsvSource({
    // images, tokens, heads, score, plain, rounded
    "1, 1, 1, 0, 0, 0",
    "2, 31, 2, 0, 1, 1",
    "1, 130, 2, 0, 0, 0",
    "1, 70, 2, 96, 1, 1",
    "1, 70, 1, -200, 0, 0"
  })
  void isCloseToTheLoops(int images, int tokens, int heads, float score, int plain, int rounded) {
    int channels = heads * HalfHeads.SIZE;
    int products = images * heads;
    int padded = HalfHeads.padded(tokens);
    int panelRows = HalfPanels.panelRows(images * tokens);
    FloatArray qkv = Device.random(3 * images * tokens * channels, 1);
    // A number that all scores of the last queries have in addition, exact in BF16.
    for (int token = images * tokens / 2; score != 0 && token < images * tokens; token++) {
      qkv.set(3 * token * channels, 64);
    }
    for (int token = 0; score != 0 && token < images * tokens; token++) {
      qkv.set((3 * token + 1) * channels, score / 8);
    }
    LongArray qkvHalf = new LongArray(PlainRows.longs(images * tokens, 3 * channels));
    PlainRows.rows(
        qkvHalf,
        qkv,
        IntArray.fromElements(images * tokens),
        0,
        3 * channels,
        HalfPanels.panelRows(images * tokens));
    FloatArray unread = new FloatArray(1);
    LongArray queries = new LongArray(products * padded * HalfHeads.SIZE / 4);
    LongArray keys = new LongArray(queries.getSize());
    LongArray values = new LongArray(queries.getSize());
    HalfHeads.pack(
        queries,
        keys,
        values,
        rounded == 1 ? unread : qkv,
        qkvHalf,
        images,
        tokens,
        heads,
        padded,
        plain,
        rounded);
    FloatArray y = new FloatArray(images * tokens * channels);
    y.init(Float.NaN);
    LongArray half = new LongArray(HalfPanels.longs(images * tokens, channels));
    half.init(-1);
    FloatArray totals = new FloatArray(products * padded);
    Device.run(
        Device.groups(
            HalfAttention.QUERIES, Math.ceilDiv(tokens, HalfAttention.QUERIES), products, 1),
        graph ->
            graph.task(
                "t",
                HalfAttention::attend,
                new KernelContext(),
                y,
                half,
                totals,
                queries,
                keys,
                values,
                images,
                tokens,
                padded,
                heads,
                panelRows,
                plain,
                1),
        y,
        half,
        totals,
        queries,
        keys,
        values);
    Device.run(
        Device.groups(
            FloatAttention.THREADS, Math.ceilDiv(tokens, FloatAttention.QUERIES), heads, images),
        graph ->
            graph.task(
                "t",
                FloatAttention::attend,
                new KernelContext(),
                y,
                half,
                rounded == 1 ? unread : qkv,
                qkvHalf,
                totals,
                tokens,
                channels,
                padded,
                panelRows,
                plain,
                1,
                rounded,
                1),
        y,
        half,
        qkv,
        qkvHalf,
        unread,
        totals);
    FloatArray expected = new FloatArray(y.getSize());
    Transformers.attention(expected, qkv, images, tokens, channels, heads);
    for (int i = 0; i < y.getSize(); i++) {
      assertThat(y.get(i)).as("element %d", i).isCloseTo(expected.get(i), within(0.02f));
    }
    LongArray panels = new LongArray(half.getSize());
    IntArray counts = IntArray.fromElements(images * tokens);
    if (plain == 1) {
      PlainRows.rows(panels, y, counts, 0, channels, panelRows);
    } else {
      HalfPanels.rows(panels, y, counts, 0, channels, channels, panelRows);
    }
    for (int i = 0; i < half.getSize(); i++) {
      assertThat(half.get(i)).as("long %d", i).isEqualTo(panels.get(i));
    }
  }
}
