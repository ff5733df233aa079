package org.octolift.engine.ops;

import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Precision;
import org.octolift.kernels.Transformers;
import org.octolift.kernels.gpu.FloatAttention;
import org.octolift.kernels.gpu.FloatConvolution;
import org.octolift.kernels.gpu.HalfAttention;
import org.octolift.kernels.gpu.HalfProduct;
import org.octolift.kernels.gpu.TileLists;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Attention as tasks of TornadoVM: where kernels are chosen.
final class AttentionTasks {
  /// Two groups a multiprocessor of an H100.
  private static final int GROUPS = 264;

  private static final int MOST_PARTS = 4;

  /// Keys of a part at least.
  private static final int LEAST_DEPTH = 128;

  private static final int QUERIES = 0;
  private static final int KEYS = 1;
  private static final int VALUES = 2;
  private static final int SHARES = 3;
  private static final int SCORES = 0;
  private static final int PARTIAL = 1;

  private AttentionTasks() {}

  static void lower(Lowering tasks, Attention op) {
    int size = op.y().channels() / op.heads();
    if (tasks.prefersGroups()
        && size == HalfAttention.SIZE
        && tasks.precision() == Precision.BF16) {
      attendOnTensorCores(tasks, op);
    } else if (tasks.prefersGroups() && size == FloatAttention.SIZE) {
      int blocks = Math.ceilDiv(op.tokens(), FloatAttention.QUERIES);
      tasks
          .graph()
          .task(
              tasks.id(
                  op.name(),
                  Lowering.groups(FloatAttention.THREADS, blocks, op.heads(), op.images())),
              FloatAttention::attend,
              new KernelContext(),
              tasks.floats(op.y()),
              tasks.floats(op.qkv()),
              op.tokens(),
              op.y().channels());
    } else {
      tasks
          .graph()
          .task(
              tasks.id(op.name(), Lowering.loop(op.images() * op.tokens() * op.heads())),
              Transformers::attention,
              tasks.floats(op.y()),
              tasks.floats(op.qkv()),
              op.images(),
              op.tokens(),
              op.y().channels(),
              op.heads());
    }
  }

  private static void attendOnTensorCores(Lowering tasks, Attention op) {
    int tokens = op.tokens();
    int channels = op.y().channels();
    int products = op.images() * op.heads();
    int padded = HalfAttention.padded(tokens);
    int width = HalfAttention.scores(tokens);
    int tiles = Math.ceilDiv(tokens, TileLists.ROWS);
    int longs = padded * HalfAttention.SIZE / 4;
    LongArray queries = tasks.scratchLongs(QUERIES, Math.multiplyExact(products, longs));
    LongArray keys = tasks.scratchLongs(KEYS, Math.multiplyExact(products, longs));
    LongArray values = tasks.scratchLongs(VALUES, Math.multiplyExact(products, longs));
    int scoreCount = Math.multiplyExact(products * tokens, width);
    FloatArray scores = tasks.scratch(SCORES, scoreCount);
    LongArray shares = tasks.scratchLongs(SHARES, scoreCount / 4);
    IntArray rows = tasks.constants(tokens);
    int wanted = Math.min(Math.ceilDiv(GROUPS, products * tiles), width / LEAST_DEPTH);
    int parts = Math.clamp(wanted, 1, MOST_PARTS);
    int size = Math.multiplyExact(tasks.capacity(op.y().rows()), channels);
    FloatArray y =
        parts == 1 ? tasks.floats(op.y()) : tasks.scratch(PARTIAL, Math.multiplyExact(parts, size));
    tasks
        .graph()
        .task(
            tasks.id("packHeads", Lowering.loop(products * padded * HalfAttention.SIZE / 4)),
            HalfAttention::pack,
            queries,
            keys,
            values,
            tasks.floats(op.qkv()),
            op.images(),
            tokens,
            op.heads(),
            padded)
        .task(
            tasks.id(
                "scores",
                Lowering.groups(
                    HalfProduct.threads(HalfAttention.KEYS),
                    tiles,
                    padded / HalfAttention.KEYS,
                    products)),
            HalfProduct::multiply,
            new KernelContext(),
            scores,
            queries,
            keys,
            tasks.counts(),
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
            longs)
        .task(
            tasks.id("shares", Lowering.groups(HalfAttention.THREADS, tokens, products, 1)),
            HalfAttention::softmax,
            new KernelContext(),
            shares,
            scores,
            tokens,
            width)
        .task(
            tasks.id(
                op.name(),
                Lowering.groups(
                    HalfProduct.threads(HalfAttention.SIZE), tiles, 1, products * parts)),
            HalfProduct::multiply,
            new KernelContext(),
            y,
            shares,
            values,
            tasks.counts(),
            rows,
            0,
            0,
            tokens,
            width,
            HalfAttention.SIZE,
            HalfAttention.SIZE,
            parts,
            size,
            op.heads(),
            tokens * channels,
            HalfAttention.SIZE,
            channels,
            tokens * width / 4,
            longs);
    if (parts > 1) {
      tasks
          .graph()
          .task(
              tasks.id("addParts", Lowering.loop(size)),
              FloatConvolution::addParts,
              tasks.floats(op.y()),
              y,
              tasks.counts(),
              tasks.slot(op.y().rows()),
              tasks.capacity(op.y().rows()),
              channels,
              parts);
    }
  }
}
