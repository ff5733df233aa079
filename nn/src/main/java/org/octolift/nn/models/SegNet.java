package org.octolift.nn.models;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.octolift.engine.InputKey;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.nn.ParameterSet;
import org.octolift.nn.autograd.Tape;
import org.octolift.nn.layers.ConvolutionUnit;
import org.octolift.nn.layers.ParameterFactory;
import org.octolift.nn.layers.SegmentationHeader;

/// The reference's SegNet (O-CNN `pytorch/ocnn/segnet.py`): convolutions and max-
/// pooling down to depth 2, un-pooling with the remembered maxima and convolutions back up. Rows
/// are all nodes.
public final class SegNet implements Model {
  private static final int COARSEST = 2;
  private static final int HEAD_CHANNELS = 64;

  private final ModelOptions options;
  private final ParameterSet parameters;
  private final List<ConvolutionUnit> down = new ArrayList<>();
  private final List<ConvolutionUnit> up = new ArrayList<>();
  private final ConvolutionUnit last;
  private final SegmentationHeader header;

  /// A network with fresh weights.
  ///
  /// @throws IllegalArgumentException if the depth is below 3 or rows are to be non-empty nodes
  /// only
  public SegNet(ModelOptions options, RandomGenerator random) {
    if (options.depth() <= COARSEST) {
      throw new IllegalArgumentException(
          "a SegNet needs depth %d or more, got %d".formatted(COARSEST + 1, options.depth()));
    }
    if (options.nonEmpty()) {
      throw new IllegalArgumentException("a SegNet works on all nodes: set MODEL.nempty False");
    }
    this.options = options;
    ParameterFactory factory = new ParameterFactory(random, options.batchNormMomentum());
    parameters = factory.parameters();
    int depth = options.depth();
    for (int d = depth; d > COARSEST; d--) {
      down.add(
          ConvolutionUnit.same(
              factory, "convs." + (depth - d), d, false, channels(d + 1), channels(d)));
    }
    for (int d = COARSEST; d < depth; d++) {
      up.add(
          ConvolutionUnit.same(
              factory, "deconvs." + (d - COARSEST), d, false, channels(d), channels(d + 1)));
    }
    last = ConvolutionUnit.same(factory, "deconv", depth, false, channels(depth), channels(depth));
    header = new SegmentationHeader(factory, channels(depth), HEAD_CHANNELS, options.classes());
  }

  /// Width at a depth: 2^max(10−d, 2); the input's above the finest; depth 2 as wide as depth 3.
  private int channels(int depth) {
    if (depth == options.depth() + 1) {
      return options.channels();
    }
    return 1 << Math.max(10 - Math.max(depth, COARSEST + 1), 2);
  }

  @Override
  public ParameterSet parameters() {
    return parameters;
  }

  @Override
  public Value record(Tape tape, boolean atPoints) {
    int depth = options.depth();
    Value x =
        tape.recorder()
            .input(new InputKey.Feature(depth, false), Rows.nodes(depth), options.channels());
    List<Value> masks = new ArrayList<>();
    for (int d = depth; d > COARSEST; d--) {
      Tape.Pooled pooled = tape.maxPool(down.get(depth - d).record(tape, x), d);
      masks.add(pooled.mask());
      x = tape.pad(pooled.values(), d - 1);
    }
    for (int d = COARSEST; d < depth; d++) {
      x = up.get(d - COARSEST).record(tape, x);
      x = tape.maxUnpool(tape.depad(x, d), masks.get(depth - 1 - d), d);
    }
    x = last.record(tape, x);
    if (atPoints) {
      x = options.interpolation().record(tape, x, depth, false);
    }
    return header.record(tape, x);
  }
}
