package org.octolift.nn.layers;

import org.octolift.engine.Value;
import org.octolift.engine.octree.KernelShape;
import org.octolift.engine.octree.Relation;
import org.octolift.nn.Parameter;
import org.octolift.nn.autograd.BatchNormParameters;
import org.octolift.nn.autograd.Tape;

/// Octree convolution or deconvolution, BatchNorm, and what follows: a residual, a ReLU (O-CNN,
/// `OctreeConvBn`, `OctreeConvBnRelu`, `OctreeDeconvBnRelu`).
public final class ConvolutionUnit {
  private final Relation relation;
  private final Parameter weights;
  private final BatchNormParameters norm;

  private ConvolutionUnit(Relation relation, Parameter weights, BatchNormParameters norm) {
    this.relation = relation;
    this.weights = weights;
    this.norm = norm;
  }

  /// A convolution from {@code depth}: stride 1 stays there, stride 2 goes to {@code depth - 1}.
  static ConvolutionUnit convolution(
      ParameterFactory factory,
      String prefix,
      KernelShape shape,
      int stride,
      int depth,
      boolean nonEmpty,
      int in,
      int out) {
    Relation relation = Relation.of(shape, stride, depth, nonEmpty);
    Parameter weights = factory.convolution(prefix + ".conv.weights", shape.size(), in, out);
    return new ConvolutionUnit(relation, weights, factory.batchNorm(prefix + ".bn", out));
  }

  /// 3×3×3 at one depth.
  public static ConvolutionUnit same(
      ParameterFactory factory, String prefix, int depth, boolean nonEmpty, int in, int out) {
    return convolution(factory, prefix, KernelShape.K333, 1, depth, nonEmpty, in, out);
  }

  /// 2×2×2 from {@code depth} to {@code depth - 1}.
  public static ConvolutionUnit down(
      ParameterFactory factory, String prefix, int depth, boolean nonEmpty, int in, int out) {
    return convolution(factory, prefix, KernelShape.K222, 2, depth, nonEmpty, in, out);
  }

  /// 2×2×2 deconvolution from {@code depth} to {@code depth + 1}.
  public static ConvolutionUnit up(
      ParameterFactory factory, String prefix, int depth, boolean nonEmpty, int in, int out) {
    Relation relation = Relation.of(KernelShape.K222, 2, depth + 1, nonEmpty).transpose();
    Parameter weights =
        factory.deconvolution(prefix + ".deconv.weights", KernelShape.K222.size(), in, out);
    return new ConvolutionUnit(relation, weights, factory.batchNorm(prefix + ".bn", out));
  }

  /// Records the unit.
  ///
  /// @param residual added before the ReLU, or null
  public Value record(Tape tape, Value x, Value residual, boolean relu) {
    boolean padded = relation.stride() == 2 && !relation.nonEmpty();
    int depth = relation.depth();
    Value input = padded && relation.transposed() ? tape.depad(x, depth - 1) : x;
    Value y = tape.convolution(input, weights, relation);
    if (padded && !relation.transposed()) {
      y = tape.pad(y, depth - 1);
    }
    return tape.batchNorm(y, norm, residual, relu);
  }

  /// Records the unit with a ReLU and no residual.
  public Value record(Tape tape, Value x) {
    return record(tape, x, null, true);
  }
}
