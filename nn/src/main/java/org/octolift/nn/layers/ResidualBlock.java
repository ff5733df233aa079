package org.octolift.nn.layers;

import org.octolift.engine.Value;
import org.octolift.nn.Parameter;
import org.octolift.nn.autograd.BatchNormParameters;
import org.octolift.nn.autograd.Tape;

/// Two 3×3×3 convolutions around which the input is added: `relu(b(relu(a(x))) + shortcut(x))`
/// (O-CNN, `OctreeResBlock2` with bottleneck 1). The shortcut is the identity, or a 1×1
/// convolution with BatchNorm where the channels change.
public final class ResidualBlock {
  private final ConvolutionUnit a;
  private final ConvolutionUnit b;
  private final Parameter projection;
  private final BatchNormParameters projectionNorm;

  /// A block at {@code depth}.
  public ResidualBlock(
      ParameterFactory factory, String prefix, int depth, boolean nonEmpty, int in, int out) {
    a = ConvolutionUnit.same(factory, prefix + ".conv3x3a", depth, nonEmpty, in, out);
    b = ConvolutionUnit.same(factory, prefix + ".conv3x3b", depth, nonEmpty, out, out);
    if (in == out) {
      projection = null;
      projectionNorm = null;
    } else {
      projection = factory.linear(prefix + ".conv1x1.conv1x1.conv1x1.weight", in, out);
      projectionNorm = factory.batchNorm(prefix + ".conv1x1.bn", out);
    }
  }

  /// Records the block.
  public Value record(Tape tape, Value x) {
    Value shortcut = x;
    if (projection != null) {
      shortcut = tape.batchNorm(tape.projection(x, projection), projectionNorm, null, false);
    }
    return b.record(tape, a.record(tape, x), shortcut, true);
  }
}
