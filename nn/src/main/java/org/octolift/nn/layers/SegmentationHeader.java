package org.octolift.nn.layers;

import org.octolift.engine.Value;
import org.octolift.nn.Parameter;
import org.octolift.nn.autograd.BatchNormParameters;
import org.octolift.nn.autograd.Tape;

/// Two 1×1 convolutions: to the hidden channels with BatchNorm and ReLU, then to the classes with a
/// bias.
public final class SegmentationHeader {
  private final Parameter hidden;
  private final BatchNormParameters norm;
  private final Parameter classes;
  private final Parameter bias;

  /// A header of {@code in} input channels and {@code out} classes.
  public SegmentationHeader(ParameterFactory factory, int in, int middle, int out) {
    hidden = factory.linear("header.0.conv1x1.conv1x1.weight", in, middle);
    norm = factory.batchNorm("header.0.bn", middle);
    classes = factory.linear("header.1.conv1x1.weight", middle, out);
    bias = factory.linearBias("header.1.conv1x1.bias", middle, out);
  }

  /// Records the header.
  public Value record(Tape tape, Value x) {
    Value h = tape.batchNorm(tape.linear(x, hidden, null), norm, null, true);
    return tape.linear(h, classes, bias);
  }
}
