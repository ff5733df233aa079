package org.octolift.nn.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.octree.KernelShape;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.octree.Relation;
import org.octolift.nn.Parameter;
import org.octolift.nn.RandomScenes;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// The gradients of everything that a tape records, alone and combined, against differences of the
/// loss: on two trees, and on a tree of one point.
final class TapeGradientTest {
  private static final int DEPTH = 4;
  private static final Rows LEAVES = Rows.nonEmpty(DEPTH);
  private static final Rows NODES = Rows.nodes(DEPTH);
  private static final CpuDevice DEVICE = new CpuDevice(2);

  /// A small network and its loss.
  private record Net(String name, Function<GradientCheck, Value> loss) {
    @Override
    public String toString() {
      return name;
    }
  }

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  static List<Net> nets() {
    List<Net> nets = new ArrayList<>();
    nets.addAll(convolutions());
    nets.addAll(rowNets());
    nets.addAll(sums());
    nets.addAll(octreeNets());
    nets.addAll(losses());
    return nets;
  }

  private static List<Net> convolutions() {
    List<Net> nets = new ArrayList<>();
    for (KernelShape shape : KernelShape.values()) {
      for (int stride = 1; stride <= 2; stride++) {
        for (boolean nonEmpty : new boolean[] {true, false}) {
          Relation forward = Relation.of(shape, stride, DEPTH, nonEmpty);
          for (Relation relation : List.of(forward, forward.transpose())) {
            nets.add(
                new Net(
                    relation.toString(),
                    c -> {
                      Value x = c.signal(relation.inputRows(), 2);
                      Parameter weights = c.weights(shape.size(), 2, 3);
                      return c.loss(c.tape().convolution(x, weights, relation));
                    }));
          }
        }
      }
    }
    Relation same = Relation.of(KernelShape.K333, 1, DEPTH, true);
    nets.add(
        new Net(
            "one convolution twice",
            c -> {
              Parameter weights = c.weights(27, 2, 2);
              Value y = c.tape().convolution(c.signal(LEAVES, 2), weights, same);
              return c.loss(c.tape().convolution(y, weights, same));
            }));
    return nets;
  }

  private static List<Net> rowNets() {
    return List.of(
        new Net(
            "linear with bias",
            c ->
                c.loss(
                    c.tape().linear(c.signal(LEAVES, 3), c.weights(1, 3, 5), c.vector(5, -1, 1)))),
        new Net(
            "batchNorm",
            c -> c.loss(c.tape().batchNorm(c.signal(LEAVES, 3), c.norm(3), null, false))),
        new Net(
            "batchNorm, relu",
            c -> c.loss(c.tape().batchNorm(c.signal(LEAVES, 3), c.norm(3), null, true))),
        new Net(
            "batchNorm, residual",
            c ->
                c.loss(
                    c.tape()
                        .batchNorm(c.signal(LEAVES, 3), c.norm(3), c.signal(LEAVES, 3), false))),
        new Net(
            "batchNorm, residual, relu",
            c ->
                c.loss(
                    c.tape().batchNorm(c.signal(LEAVES, 3), c.norm(3), c.signal(LEAVES, 3), true))),
        new Net(
            "batchNorm of a constant, residual",
            c ->
                c.loss(
                    c.tape()
                        .batchNorm(c.constant(LEAVES, 3), c.norm(3), c.signal(LEAVES, 3), true))),
        new Net(
            "batchNorm, constant residual",
            c ->
                c.loss(
                    c.tape()
                        .batchNorm(c.signal(LEAVES, 3), c.norm(3), c.constant(LEAVES, 3), true))),
        new Net("relu", c -> c.loss(c.tape().relu(c.signal(LEAVES, 4)))),
        new Net(
            "concat",
            c ->
                c.loss(
                    c.tape()
                        .concat(c.signal(LEAVES, 2), c.constant(LEAVES, 1), c.signal(LEAVES, 3)))));
  }

  /// Values that are read several times.
  private static List<Net> sums() {
    return List.of(
        new Net("add", c -> c.loss(c.tape().add(c.signal(LEAVES, 3), c.signal(LEAVES, 3)))),
        new Net(
            "add(x, x)",
            c -> {
              Value x = c.signal(LEAVES, 3);
              return c.loss(c.tape().add(x, x));
            }),
        new Net(
            "add(x, add(x, y)) + y",
            c -> {
              Value x = c.signal(LEAVES, 3);
              Value y = c.signal(LEAVES, 3);
              return c.loss(c.tape().add(c.tape().add(x, c.tape().add(x, y)), y));
            }),
        new Net(
            "x has another use between add(x, y) and y",
            c -> {
              Value y = c.tape().relu(c.signal(LEAVES, 3));
              Value x = c.signal(LEAVES, 3);
              Value z = c.tape().linear(x, c.weights(1, 3, 3), null);
              return c.loss(c.tape().concat(c.tape().add(x, y), z));
            }),
        new Net(
            "concat(x, x, y, x)",
            c -> {
              Value x = c.signal(LEAVES, 2);
              return c.loss(c.tape().concat(x, x, c.signal(LEAVES, 1), x));
            }),
        new Net(
            "batchNorm(x) + x",
            c -> {
              Value x = c.signal(LEAVES, 3);
              return c.loss(c.tape().batchNorm(x, c.norm(3), x, true));
            }),
        new Net(
            "one residual twice",
            c -> {
              Value x = c.signal(LEAVES, 3);
              Value y = c.tape().batchNorm(c.signal(LEAVES, 3), c.norm(3), x, true);
              Value z =
                  c.tape()
                      .batchNorm(c.tape().linear(y, c.weights(1, 3, 3), null), c.norm(3), x, false);
              return c.loss(c.tape().add(z, y));
            }),
        new Net(
            "one BatchNorm twice",
            c -> {
              BatchNormParameters norm = c.norm(3);
              Value x = c.tape().batchNorm(c.signal(LEAVES, 3), norm, null, false);
              return c.loss(c.tape().batchNorm(c.tape().relu(x), norm, x, false));
            }));
  }

  private static List<Net> octreeNets() {
    List<Net> nets = new ArrayList<>();
    nets.add(new Net("pad", c -> c.loss(c.tape().pad(c.signal(LEAVES, 3), DEPTH))));
    nets.add(new Net("depad", c -> c.loss(c.tape().depad(c.signal(NODES, 3), DEPTH))));
    nets.add(
        new Net(
            "pad after depad",
            c -> {
              Value x = c.signal(NODES, 3);
              return c.loss(c.tape().add(c.tape().pad(c.tape().depad(x, DEPTH), DEPTH), x));
            }));
    for (boolean nonEmpty : new boolean[] {true, false}) {
      Rows rows = nonEmpty ? LEAVES : NODES;
      String which = nonEmpty ? " of leaves" : " of nodes";
      nets.add(
          new Net(
              "nearest" + which,
              c -> c.loss(c.tape().nearestInterpolation(c.signal(rows, 3), DEPTH, nonEmpty))));
      nets.add(
          new Net(
              "linear" + which,
              c -> c.loss(c.tape().linearInterpolation(c.signal(rows, 3), DEPTH, nonEmpty))));
    }
    nets.add(new Net("maxPool", c -> c.loss(c.tape().maxPool(c.signal(NODES, 3), DEPTH).values())));
    nets.add(
        new Net(
            "maxUnpool",
            c -> {
              Value mask = c.tape().maxPool(c.constant(NODES, 3), DEPTH).mask();
              Value x = c.signal(Rows.nonEmpty(DEPTH - 1), 3);
              return c.loss(c.tape().maxUnpool(x, mask, DEPTH - 1));
            }));
    nets.add(new Net("averagePool", c -> c.loss(c.tape().averagePool(c.signal(NODES, 3), DEPTH))));
    return nets;
  }

  private static List<Net> losses() {
    return List.of(
        new Net(
            "crossEntropy",
            c ->
                Losses.crossEntropy(c.tape(), c.logits(LEAVES), c.integers(LEAVES, -1, 4), 0)
                    .value()),
        new Net(
            "softCrossEntropy",
            c -> {
              Value target = c.tape().softmax(c.constant(LEAVES, 4));
              return Losses.softCrossEntropy(c.tape(), c.logits(LEAVES), target).value();
            }),
        new Net(
            "consistency",
            c ->
                scaled(
                    c,
                    Losses.consistency(c.tape(), c.logits(LEAVES), c.constant(LEAVES, 4), null),
                    20)),
        new Net(
            "consistency of some rows",
            c -> {
              Value select = c.integers(LEAVES, 0, 2);
              Losses.Loss loss =
                  Losses.consistency(c.tape(), c.logits(LEAVES), c.constant(LEAVES, 4), select);
              return scaled(c, loss, 20);
            }),
        new Net("entropy", c -> scaled(c, Losses.entropy(c.tape(), c.logits(LEAVES), null), 3)),
        new Net(
            "entropy of some rows",
            c ->
                scaled(c, Losses.entropy(c.tape(), c.logits(LEAVES), c.integers(LEAVES, 0, 2)), 3)),
        new Net(
            "all losses of the same logits",
            c -> {
              Value logits = c.logits(LEAVES);
              Value half = c.integers(LEAVES, 0, 2);
              Value entropy = Losses.entropy(c.tape(), logits, half).value();
              List<Value> terms =
                  List.of(
                      Losses.crossEntropy(c.tape(), logits, c.integers(LEAVES, 0, 4), 0).value(),
                      entropy,
                      Losses.consistency(c.tape(), logits, c.constant(LEAVES, 4), half).value(),
                      entropy);
              FloatArray weights = FloatArray.fromElements(0.5f, -0.75f, 9, 0.25f);
              return Losses.weightedSum(c.tape(), terms, c.constant(Rows.fixed(1), 4, weights));
            }));
  }

  /// A loss of small gradients made as large as the others.
  private static Value scaled(GradientCheck c, Losses.Loss loss, float factor) {
    Value weight = c.constant(Rows.fixed(1), 1, FloatArray.fromElements(factor));
    return Losses.weightedSum(c.tape(), List.of(loss.value()), weight);
  }

  @ParameterizedTest
  @MethodSource("nets")
  void gradientsAreDerivatives(Net net) {
    OctreeInputs batch = RandomScenes.batch(3, DEPTH, DEVICE.workers(), 9, 4);
    GradientCheck check = new GradientCheck(batch, net.name.hashCode());
    assertThat(check.check(DEVICE, net.loss.apply(check))).isGreaterThan(0.02);
  }

  /// Here much has no gradient: BatchNorm gives its bias, strided kernels may miss the point.
  @ParameterizedTest
  @MethodSource("nets")
  void gradientsOfOnePointAreDerivatives(Net net) {
    OctreeInputs batch = RandomScenes.batch(5, DEPTH, DEVICE.workers(), 1);
    GradientCheck check = new GradientCheck(batch, net.name.hashCode());
    check.check(DEVICE, net.loss.apply(check));
  }

  @Test
  void noSelectedRowGivesNoGradient() {
    OctreeInputs batch = RandomScenes.batch(3, DEPTH, DEVICE.workers(), 9, 4);
    List<Function<GradientCheck, Value>> losses =
        Arrays.asList(
            c ->
                Losses.crossEntropy(c.tape(), c.logits(LEAVES), c.integers(LEAVES, -1, 1), 0)
                    .value(),
            c -> Losses.entropy(c.tape(), c.logits(LEAVES), c.integers(LEAVES, 0, 1)).value(),
            c -> {
              Value none = c.integers(LEAVES, 0, 1);
              return Losses.consistency(c.tape(), c.logits(LEAVES), c.constant(LEAVES, 4), none)
                  .value();
            });
    for (Function<GradientCheck, Value> loss : losses) {
      GradientCheck check = new GradientCheck(batch, 1);
      check.checkZero(DEVICE, loss.apply(check));
    }
  }

  @Test
  void aTapeForInferenceDoesNotGoBack() {
    Tape tape = new Tape(false);
    Value loss = tape.recorder().temporary("loss", Rows.fixed(1), 1);
    assertThatThrownBy(() -> tape.backward(loss, (parameter, gradient) -> {}))
        .isInstanceOf(IllegalStateException.class);
  }
}
