package org.octolift.engine.ops;

import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Precision;
import org.octolift.kernels.Transformers;
import org.octolift.kernels.gpu.FloatAttention;
import org.octolift.kernels.gpu.HalfAttention;
import org.octolift.kernels.gpu.HalfHeads;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Attention as tasks of TornadoVM: where kernels are chosen.
final class AttentionTasks {
  private static final int QUERIES = 0;
  private static final int KEYS = 1;
  private static final int VALUES = 2;
  private static final int SCORES = 0;

  private AttentionTasks() {}

  static void lower(Lowering tasks, Attention op) {
    int size = op.y().channels() / op.heads();
    if (tasks.prefersGroups() && size == HalfHeads.SIZE && tasks.precision() == Precision.BF16) {
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
    int products = op.images() * op.heads();
    int padded = HalfHeads.padded(tokens);
    int tiles = Math.ceilDiv(tokens, HalfAttention.QUERIES);
    int longs = Math.multiplyExact(products, padded * HalfHeads.SIZE / 4);
    LongArray queries = tasks.scratchLongs(QUERIES, longs);
    LongArray keys = tasks.scratchLongs(KEYS, longs);
    LongArray values = tasks.scratchLongs(VALUES, longs);
    FloatArray scratch =
        tasks.scratch(SCORES, Math.multiplyExact(products * tiles, HalfAttention.SCRATCH));
    tasks
        .graph()
        .task(
            tasks.id("packHeads", Lowering.loop(longs)),
            HalfHeads::pack,
            queries,
            keys,
            values,
            tasks.floats(op.qkv()),
            op.images(),
            tokens,
            op.heads(),
            padded);
    for (int again = 0; again < 2; again++) {
      tasks
          .graph()
          .task(
              tasks.id(op.name(), Lowering.groups(HalfAttention.QUERIES, tiles, products, 1)),
              HalfAttention::attend,
              new KernelContext(),
              tasks.floats(op.y()),
              scratch,
              queries,
              keys,
              values,
              tokens,
              padded,
              op.heads(),
              again);
    }
  }
}
