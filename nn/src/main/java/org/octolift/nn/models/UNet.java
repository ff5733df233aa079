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
import org.octolift.nn.layers.ResidualBlock;
import org.octolift.nn.layers.SegmentationHeader;

/// The reference's U-Net (O-CNN `pytorch/ocnn/unet.py`): five levels from {@code
/// depth} down to {@code depth - 4}, residual blocks at each, skips from encoder to decoder.
public final class UNet implements Model {
  private final ModelOptions options;
  private final int stages;
  private final ParameterSet parameters;
  private final ConvolutionUnit input;
  private final List<ConvolutionUnit> down = new ArrayList<>();
  private final List<List<ResidualBlock>> encoder = new ArrayList<>();
  private final List<ConvolutionUnit> up = new ArrayList<>();
  private final List<List<ResidualBlock>> decoder = new ArrayList<>();
  private final SegmentationHeader header;

  /// The reference's network with fresh weights.
  ///
  /// @throws IllegalArgumentException if the depth leaves no room for all stages
  public UNet(ModelOptions options, RandomGenerator random) {
    this(options, UNetStages.reference(), random);
  }

  /// A network with fresh weights.
  ///
  /// @throws IllegalArgumentException if the depth leaves no room for all stages
  public UNet(ModelOptions options, UNetStages shape, RandomGenerator random) {
    stages = shape.count();
    if (options.depth() <= stages) {
      throw new IllegalArgumentException(
          "a U-Net needs depth %d or more, got %d".formatted(stages + 1, options.depth()));
    }
    this.options = options;
    ParameterFactory factory = new ParameterFactory(random, options.batchNormMomentum());
    parameters = factory.parameters();
    int depth = options.depth();
    boolean nonEmpty = options.nonEmpty();
    List<Integer> e = shape.encoderChannels();
    List<Integer> d = shape.decoderChannels();
    input = ConvolutionUnit.same(factory, "conv1", depth, nonEmpty, options.channels(), e.get(0));
    for (int i = 0; i < stages; i++) {
      down.add(
          ConvolutionUnit.down(
              factory, "downsample." + i, depth - i, nonEmpty, e.get(i), e.get(i + 1)));
    }
    for (int i = 0; i < stages; i++) {
      int level = depth - i - 1;
      encoder.add(
          blocks(
              factory,
              "encoder." + i,
              shape.encoderBlocks().get(i),
              level,
              nonEmpty,
              e.get(i + 1),
              e.get(i + 1)));
    }
    for (int i = 0; i < stages; i++) {
      int level = depth - stages + i;
      up.add(ConvolutionUnit.up(factory, "upsample." + i, level, nonEmpty, d.get(i), d.get(i + 1)));
    }
    for (int i = 0; i < stages; i++) {
      int level = depth - stages + i + 1;
      int in = d.get(i + 1) + e.get(stages - 1 - i);
      decoder.add(
          blocks(
              factory,
              "decoder." + i,
              shape.decoderBlocks().get(i),
              level,
              nonEmpty,
              in,
              d.get(i + 1)));
    }
    header =
        new SegmentationHeader(factory, d.get(stages), shape.headChannels(), options.classes());
  }

  private static List<ResidualBlock> blocks(
      ParameterFactory factory,
      String prefix,
      int count,
      int depth,
      boolean nonEmpty,
      int in,
      int out) {
    List<ResidualBlock> blocks = new ArrayList<>();
    for (int j = 0; j < count; j++) {
      blocks.add(
          new ResidualBlock(
              factory, prefix + ".resblks." + j, depth, nonEmpty, j == 0 ? in : out, out));
    }
    return blocks;
  }

  @Override
  public ParameterSet parameters() {
    return parameters;
  }

  @Override
  public Value record(Tape tape, boolean atPoints) {
    int depth = options.depth();
    boolean nonEmpty = options.nonEmpty();
    Rows rows = nonEmpty ? Rows.nonEmpty(depth) : Rows.nodes(depth);
    Value x =
        tape.recorder().input(new InputKey.Feature(depth, nonEmpty), rows, options.channels());
    List<Value> skips = new ArrayList<>();
    x = input.record(tape, x);
    skips.add(x);
    for (int i = 0; i < stages; i++) {
      x = down.get(i).record(tape, x);
      x = recordAll(tape, encoder.get(i), x);
      skips.add(x);
    }
    for (int i = 0; i < stages; i++) {
      x = up.get(i).record(tape, x);
      x = tape.concat(skips.get(stages - 1 - i), x);
      x = recordAll(tape, decoder.get(i), x);
    }
    if (atPoints) {
      x = options.interpolation().record(tape, x, depth, nonEmpty);
    }
    return header.record(tape, x);
  }

  private static Value recordAll(Tape tape, List<ResidualBlock> blocks, Value x) {
    Value y = x;
    for (ResidualBlock block : blocks) {
      y = block.record(tape, y);
    }
    return y;
  }
}
