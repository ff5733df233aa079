package org.octolift.engine.ops;

import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Precision;
import org.octolift.engine.tornado.Twin;
import org.octolift.kernels.Transformers;
import org.octolift.kernels.gpu.FloatAttention;
import org.octolift.kernels.gpu.HalfAttention;
import org.octolift.kernels.gpu.HalfHeads;
import org.octolift.kernels.gpu.HalfPanels;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Attention as tasks of TornadoVM: where kernels are chosen.
final class AttentionTasks {
  private static final int QUERIES = 0;
  private static final int KEYS = 1;
  private static final int VALUES = 2;
  private static final int TOTALS = 0;

  /// The place of what stands for Q, K and V where they are not read so.
  private static final int INPUT = 2;

  private AttentionTasks() {}

  static void lower(Lowering tasks, Attention op) {
    int size = op.y().channels() / op.heads();
    if (tasks.prefersGroups() && size == HalfHeads.SIZE && tasks.precision() == Precision.BF16) {
      attendOnTensorCores(tasks, op);
    } else if (tasks.prefersGroups() && size == FloatAttention.SIZE) {
      attendInFloats(tasks, op, tasks.unused(), 0);
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
    FloatArray totals = tasks.scratch(TOTALS, Math.multiplyExact(products, padded));
    tasks
        .graph()
        .task(
            tasks.id("packHeads", Lowering.loop(longs)),
            HalfHeads::pack,
            queries,
            keys,
            values,
            input(tasks, op),
            halfInput(tasks, op),
            op.images(),
            tokens,
            op.heads(),
            padded,
            DenseTwins.plain(DenseTwins.of(tasks, op.y())),
            isRounded(tasks, op) ? 1 : 0);
    tasks
        .graph()
        .task(
            tasks.id(op.name(), Lowering.groups(HalfAttention.QUERIES, tiles, products, 1)),
            HalfAttention::attend,
            new KernelContext(),
            floats(tasks, op),
            half(tasks, op),
            totals,
            queries,
            keys,
            values,
            op.images(),
            tokens,
            padded,
            op.heads(),
            panelRows(tasks, op),
            DenseTwins.plain(DenseTwins.of(tasks, op.y())),
            tasks.isStored(op.y()) ? 1 : 0);
    attendInFloats(tasks, op, totals, 1);
  }

  private static void attendInFloats(Lowering tasks, Attention op, FloatArray totals, int again) {
    int blocks = Math.ceilDiv(op.tokens(), FloatAttention.QUERIES);
    tasks
        .graph()
        .task(
            tasks.id(
                op.name() + (again == 1 ? "Again" : ""),
                Lowering.groups(FloatAttention.THREADS, blocks, op.heads(), op.images())),
            FloatAttention::attend,
            new KernelContext(),
            floats(tasks, op),
            half(tasks, op),
            input(tasks, op),
            halfInput(tasks, op),
            totals,
            op.tokens(),
            op.y().channels(),
            HalfHeads.padded(op.tokens()),
            panelRows(tasks, op),
            DenseTwins.plain(DenseTwins.of(tasks, op.y())),
            tasks.isStored(op.y()) ? 1 : 0,
            isRounded(tasks, op) ? 1 : 0,
            again);
  }

  /// Whether Q, K and V are read in BF16, as a library wrote them.
  private static boolean isRounded(Lowering tasks, Attention op) {
    return tasks.twin(Twin.plain(op.qkv())) != null;
  }

  private static FloatArray input(Lowering tasks, Attention op) {
    return isRounded(tasks, op) ? tasks.unused(INPUT) : tasks.floats(op.qkv());
  }

  private static LongArray halfInput(Lowering tasks, Attention op) {
    return isRounded(tasks, op) ? tasks.twin(Twin.plain(op.qkv())) : tasks.unusedLongs(INPUT);
  }

  private static FloatArray floats(Lowering tasks, Attention op) {
    return tasks.isStored(op.y()) ? tasks.floats(op.y()) : tasks.unused();
  }

  private static LongArray half(Lowering tasks, Attention op) {
    Twin twin = DenseTwins.of(tasks, op.y());
    return twin == null ? tasks.unusedLongs(0) : tasks.twin(twin);
  }

  private static int panelRows(Lowering tasks, Attention op) {
    boolean twin = DenseTwins.of(tasks, op.y()) != null;
    return twin ? HalfPanels.panelRows(op.y().rows().value()) : 0;
  }
}
