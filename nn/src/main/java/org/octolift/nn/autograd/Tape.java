package org.octolift.nn.autograd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.octolift.engine.InputKey;
import org.octolift.engine.Program;
import org.octolift.engine.Recomputation;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.octree.Relation;
import org.octolift.engine.ops.Add;
import org.octolift.engine.ops.ArgMax;
import org.octolift.engine.ops.AveragePool;
import org.octolift.engine.ops.ColumnSum;
import org.octolift.engine.ops.Concat;
import org.octolift.engine.ops.Convolution;
import org.octolift.engine.ops.ConvolutionWeightGradient;
import org.octolift.engine.ops.Fill;
import org.octolift.engine.ops.GatherRows;
import org.octolift.engine.ops.LinearInterpolation;
import org.octolift.engine.ops.LinearInterpolationGradient;
import org.octolift.engine.ops.MaskPool;
import org.octolift.engine.ops.MaxPool;
import org.octolift.engine.ops.MaxUnpool;
import org.octolift.engine.ops.Relu;
import org.octolift.engine.ops.ReluGradient;
import org.octolift.engine.ops.RepeatRows;
import org.octolift.engine.ops.ScatterAddRows;
import org.octolift.engine.ops.SliceChannels;
import org.octolift.engine.ops.Softmax;
import org.octolift.nn.Parameter;
import org.octolift.nn.optim.Optimiser;

/// Records a network as a program and, walked backwards, its gradients. Each method records one
/// op and beside it the rule of its derivative, so forward and backward stand side by side.
///
/// A tape is for training (BatchNorm uses the batch's statistics and updates the running ones) or
/// for inference (BatchNorm uses the running ones; nothing is kept for a backward pass).
public final class Tape {
  /// Adds the gradients of an op's inputs, given those of its outputs.
  @FunctionalInterface
  interface Rule {
    void apply(Gradients gradients);
  }

  /// One recorded op: skipped backwards unless its output has a gradient.
  private record Step(Value output, Rule rule, List<Parameter> parameters) {}

  /// A max-pool's result and where each maximum came from.
  public record Pooled(Value values, Value mask) {}

  private final Recorder recorder;
  private final boolean training;
  private final List<Step> steps = new ArrayList<>();
  private final Set<Value> differentiable = new HashSet<>();
  private final Map<Value, Parameter> parameters = new HashMap<>();

  /// How to compute values again on the way back instead of keeping them: those that cost one pass
  /// over memory or little more. It saves more than a third of the memory of a U-Net's training
  /// step.
  private final Map<Value, Function<Gradients, Value>> recipes = new HashMap<>();

  private final Recomputation recomputation;

  /// @param training whether the tape is for training
  public Tape(boolean training) {
    this(training, Recomputation.PASSES);
  }

  /// @param training whether the tape is for training
  /// @param recomputation what is computed again on the way back
  public Tape(boolean training, Recomputation recomputation) {
    this(training, new Recorder(), recomputation);
  }

  /// A tape that goes on with a program that another one has begun; [#backward] sees what is
  /// recorded here alone.
  public Tape(boolean training, Recorder recorder, Recomputation recomputation) {
    this.training = training;
    this.recorder = recorder;
    this.recomputation = recomputation;
  }

  /// Whether this tape is for training.
  public boolean training() {
    return training;
  }

  /// The recorder underneath, for inputs and kept values.
  public Recorder recorder() {
    return recorder;
  }

  /// The program recorded so far.
  public Program program() {
    return recorder.program();
  }

  /// The value of a parameter.
  public Value parameter(Parameter parameter) {
    Value value = recorder.persistent(parameter.variable());
    if (training && parameter.trainable()) {
      parameters.put(value, parameter);
      differentiable.add(value);
    }
    return value;
  }

  /// Octree convolution (O-CNN `octree_conv`; with a transposed relation `octree_deconv`).
  ///
  /// @param x (input rows, Ci)
  /// @param weights (K·Ci, Co)
  /// @return (output rows of the relation, Co)
  public Value convolution(Value x, Parameter weights, Relation relation) {
    Value w = parameter(weights);
    Value table = table(relation);
    Value y = recorder.temporary(weights.name(), relation.outputRows(), weights.out());
    recorder.add(new Convolution(y, x, w, null, table, relation, false));
    record(
        y,
        List.of(weights),
        g -> {
          Value dy = g.of(y);
          Value dw = g.like(w);
          recorder.add(new ConvolutionWeightGradient(dw, g.forward(x), dy, table, relation));
          g.add(w, dw);
          if (g.wanted(x)) {
            Relation back = relation.transpose();
            Value dx = g.like(x);
            recorder.add(new Convolution(dx, dy, w, null, table(back), back, true));
            g.add(x, dx);
          }
        },
        x,
        w);
    return y;
  }

  /// 1×1 convolution with an optional bias: `y = x·W + b`.
  public Value linear(Value x, Parameter weights, Parameter bias) {
    Value w = parameter(weights);
    Value b = bias == null ? null : parameter(bias);
    Value y = recorder.temporary(weights.name(), x.rows(), weights.out());
    recorder.add(new Convolution(y, x, w, b, null, null, false));
    record(
        y,
        bias == null ? List.of(weights) : List.of(weights, bias),
        g -> {
          Value dy = g.of(y);
          Value dw = g.like(w);
          recorder.add(new ConvolutionWeightGradient(dw, g.forward(x), dy, null, null));
          g.add(w, dw);
          if (b != null) {
            Value db = g.like(b);
            recorder.add(new ColumnSum(db, dy));
            g.add(b, db);
          }
          if (g.wanted(x)) {
            Value dx = g.like(x);
            recorder.add(new Convolution(dx, dy, w, null, null, null, true));
            g.add(x, dx);
          }
        },
        x,
        w,
        b);
    return y;
  }

  /// As [#linear] without a bias, but where x is computed again on the way back, so may be the
  /// result ([Recomputation#PROJECTIONS]): a product with few channels costs little more than the
  /// pass over memory that it saves.
  public Value projection(Value x, Parameter weights) {
    Value y = linear(x, weights, null);
    if (isComputedAgain(x)) {
      computeAgain(
          Recomputation.PROJECTIONS,
          y,
          g -> {
            Value again = recorder.temporary(y.name(), y.rows(), y.channels());
            Value w = parameter(weights);
            recorder.add(new Convolution(again, g.forward(x), w, null, null, null, false));
            return again;
          });
    }
    return y;
  }

  /// BatchNorm over the rows, then an optional residual is added and an optional ReLU taken:
  /// `y = relu(γ·(x − μ)/√(σ² + ε) + β + residual)`.
  ///
  /// @param residual shaped like x, or null
  public Value batchNorm(Value x, BatchNormParameters norm, Value residual, boolean relu) {
    return new BatchNorm(this, x, norm, residual, relu).record();
  }

  /// `max(x, 0)`.
  public Value relu(Value x) {
    Value y = recorder.temporary("relu", x.rows(), x.channels());
    recorder.add(new Relu(y, x));
    record(
        y,
        List.of(),
        g -> {
          Value dx = g.like(x);
          recorder.add(new ReluGradient(dx, g.of(y), y));
          g.add(x, dx);
        },
        x);
    return y;
  }

  /// `a + b`.
  public Value add(Value a, Value b) {
    Value y = recorder.temporary("add", a.rows(), a.channels());
    recorder.add(new Add(y, a, b));
    record(
        y,
        List.of(),
        g -> {
          g.addShared(a, g.of(y));
          g.addShared(b, g.of(y));
        },
        a,
        b);
    return y;
  }

  /// Channels of all parts, one after the other.
  public Value concat(Value... parts) {
    int channels = 0;
    for (Value part : parts) {
      channels += part.channels();
    }
    Value y = recorder.temporary("concat", parts[0].rows(), channels);
    recorder.add(new Concat(y, List.of(parts)));
    computeAgain(
        Recomputation.PASSES,
        y,
        g -> {
          Value again = recorder.temporary("concat", y.rows(), y.channels());
          recorder.add(new Concat(again, Arrays.stream(parts).map(g::forward).toList()));
          return again;
        });
    record(
        y,
        List.of(),
        g -> {
          int from = 0;
          for (Value part : parts) {
            if (g.wanted(part)) {
              Value dPart = g.like(part);
              recorder.add(new SliceChannels(dPart, g.of(y), from));
              g.add(part, dPart);
            }
            from += part.channels();
          }
        },
        parts);
    return y;
  }

  /// From non-empty nodes to all nodes at {@code depth}; empty ones get zeros (O-CNN `octree_pad`).
  public Value pad(Value x, int depth) {
    return gatherInverse(x, children(depth), nonEmptyNodes(depth), "pad");
  }

  /// From all nodes at {@code depth} to the non-empty ones (O-CNN `octree_depad`).
  public Value depad(Value x, int depth) {
    return gatherInverse(x, nonEmptyNodes(depth), children(depth), "depad");
  }

  /// A gather whose adjoint is a gather too.
  private Value gatherInverse(Value x, Value index, Value inverse, String name) {
    Value y = gather(x, index, name);
    record(y, List.of(), g -> g.add(x, gather(g.of(y), inverse, "d(" + x.name() + ")")), x);
    return y;
  }

  private Value gather(Value x, Value index, String name) {
    Value y = recorder.temporary(name, index.rows(), x.channels());
    recorder.add(new GatherRows(y, x, index, 0f));
    return y;
  }

  /// Each point gets the features of its voxel (O-CNN `octree_interp`, nearest); zeros if it has
  /// none.
  public Value nearestInterpolation(Value x, int depth, boolean nonEmpty) {
    Value index = recorder.inputInts(new InputKey.PointVoxels(depth, nonEmpty), Rows.points(), 1);
    Value y = gather(x, index, "nearest");
    computeAgain(Recomputation.PASSES, y, g -> gather(g.forward(x), index, y.name()));
    record(
        y,
        List.of(),
        g -> {
          Value dx = g.like(x);
          recorder.add(new ScatterAddRows(dx, g.of(y), index));
          g.add(x, dx);
        },
        x);
    return y;
  }

  /// Each point gets the weighted mean of the up to eight voxels around it (O-CNN
  /// `octree_interp`, linear).
  public Value linearInterpolation(Value x, int depth, boolean nonEmpty) {
    Value corners =
        recorder.inputInts(new InputKey.CornerVoxels(depth, nonEmpty), Rows.points(), 8);
    Value weights = recorder.input(new InputKey.CornerWeights(depth, nonEmpty), Rows.points(), 8);
    Value y = recorder.temporary("linear", Rows.points(), x.channels());
    recorder.add(new LinearInterpolation(y, x, corners, weights));
    record(
        y,
        List.of(),
        g -> {
          Value dx = g.like(x);
          recorder.add(new LinearInterpolationGradient(dx, g.of(y), corners, weights));
          g.add(x, dx);
        },
        x);
    return y;
  }

  /// Maximum of each eight siblings (O-CNN `octree_max_pool`, unpadded).
  ///
  /// @param x (nodes, C) at {@code depth}
  /// @return (nonEmpty, C) at {@code depth - 1}
  public Pooled maxPool(Value x, int depth) {
    Rows rows = Rows.nonEmpty(depth - 1);
    Value y = recorder.temporary("maxPool", rows, x.channels());
    Value mask = recorder.temporaryInts("maxPoolMask", rows, x.channels());
    recorder.add(new MaxPool(y, mask, x));
    record(
        y,
        List.of(),
        g -> {
          Value dx = g.like(x);
          recorder.add(new MaxUnpool(dx, g.of(y), mask));
          g.add(x, dx);
        },
        x);
    return new Pooled(y, mask);
  }

  /// Values go where the maxima came from, zeros elsewhere (O-CNN `octree_max_unpool`).
  ///
  /// @param x (nonEmpty, C) at {@code depth}
  /// @return (nodes, C) at {@code depth + 1}
  public Value maxUnpool(Value x, Value mask, int depth) {
    Value y = recorder.temporary("maxUnpool", Rows.nodes(depth + 1), x.channels());
    recorder.add(new MaxUnpool(y, x, mask));
    record(
        y,
        List.of(),
        g -> {
          Value dx = g.like(x);
          recorder.add(new MaskPool(dx, g.of(y), mask));
          g.add(x, dx);
        },
        x);
    return y;
  }

  /// Mean of each eight siblings (O-CNN `octree_avg_pool`, unpadded).
  public Value averagePool(Value x, int depth) {
    Value y = recorder.temporary("averagePool", Rows.nonEmpty(depth - 1), x.channels());
    recorder.add(new AveragePool(y, x));
    record(
        y,
        List.of(),
        g -> {
          Value dx = g.like(x);
          recorder.add(new RepeatRows(dx, g.of(y), 8, 0.125f));
          g.add(x, dx);
        },
        x);
    return y;
  }

  /// Probabilities over the channels; no gradient.
  public Value softmax(Value x) {
    Value y = recorder.temporary("softmax", x.rows(), x.channels());
    recorder.add(new Softmax(y, x));
    return y;
  }

  /// The channel of each row's maximum, the first of equals: int, (rows, 1); no gradient.
  public Value argMax(Value x) {
    Value y = recorder.temporaryInts("argMax", x.rows(), 1);
    recorder.add(new ArgMax(y, x));
    return y;
  }

  /// Walks the tape backwards from a loss and updates the parameters, few at a time, as soon as the
  /// uses of their gradients are behind: the gradients' memory is soon used again.
  public void backward(Value loss, Optimiser optimiser) {
    Map<Parameter, Value> complete = new LinkedHashMap<>();
    backward(
        loss,
        (parameter, gradient) -> {
          complete.put(parameter, gradient);
          if (complete.size() == Optimiser.TOGETHER) {
            optimiser.record(recorder, complete);
            complete.clear();
          }
        });
    if (!complete.isEmpty()) {
      optimiser.record(recorder, complete);
    }
  }

  /// Walks the tape backwards from a loss.
  ///
  /// @param whenComplete told of each parameter's gradient as soon as all its uses are behind
  public void backward(Value loss, BiConsumer<Parameter, Value> whenComplete) {
    if (!training) {
      throw new IllegalStateException("this tape is for inference");
    }
    Gradients gradients = new Gradients(recorder, differentiable, recipes);
    Value one = gradients.like(loss);
    recorder.add(new Fill(one, 1f));
    gradients.add(loss, one);
    Map<Parameter, Integer> uses = new HashMap<>();
    for (Step step : steps) {
      step.parameters.forEach(parameter -> uses.merge(parameter, 1, Integer::sum));
    }
    for (Step step : steps.reversed()) {
      if (gradients.of(step.output) != null) {
        step.rule.apply(gradients);
      }
      for (Parameter parameter : step.parameters) {
        if (uses.merge(parameter, -1, Integer::sum) == 0) {
          Value gradient = gradients.of(recorder.persistent(parameter.variable()));
          if (gradient != null) {
            whenComplete.accept(parameter, gradient);
          }
        }
      }
    }
  }

  /// The table that holds a relation's columns.
  private Value table(Relation relation) {
    Relation table = relation.table();
    return recorder.inputInts(new InputKey.Table(table), table.outputRows(), table.shape().size());
  }

  private Value children(int depth) {
    return recorder.inputInts(new InputKey.Children(depth), Rows.nodes(depth), 1);
  }

  private Value nonEmptyNodes(int depth) {
    return recorder.inputInts(new InputKey.NonEmptyNodes(depth), Rows.nonEmpty(depth), 1);
  }

  /// Whether a value is computed again on the way back instead of being kept.
  boolean isComputedAgain(Value value) {
    return recipes.containsKey(value);
  }

  /// Has a value computed again on the way back, if it belongs to a kind for which that is wanted.
  void computeAgain(Recomputation kind, Value value, Function<Gradients, Value> recipe) {
    if (recomputation.includes(kind)) {
      recipes.put(value, recipe);
    }
  }

  /// Remembers how to go back, if anybody needs the gradient of an input.
  void record(Value output, List<Parameter> used, Rule rule, Value... inputs) {
    if (!training) {
      return;
    }
    for (Value input : inputs) {
      if (input != null && differentiable.contains(input)) {
        differentiable.add(output);
        steps.add(new Step(output, rule, used.stream().filter(Parameter::trainable).toList()));
        return;
      }
    }
  }
}
