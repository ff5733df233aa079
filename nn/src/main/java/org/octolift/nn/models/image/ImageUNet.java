package org.octolift.nn.models.image;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.octolift.engine.Grid;
import org.octolift.engine.Value;
import org.octolift.engine.ops.Resampler;
import org.octolift.engine.ops.Window;
import org.octolift.nn.Parameter;
import org.octolift.nn.ParameterSet;
import org.octolift.nn.autograd.BatchNormParameters;
import org.octolift.nn.autograd.Images;
import org.octolift.nn.autograd.Tape;
import org.octolift.nn.layers.ParameterFactory;

/// A small U-Net that tells the class of each pixel: each level halves the image by a convolution
/// with stride 2 and looks around by a second one; on the way back, a level is narrowed, enlarged
/// (bilinear) and added to what the way down knew. The finest level, of which the logits are, is
/// half as large as the image. Padding tells a convolution next to nothing of where a pixel is, so
/// the input says how high it lies.
public final class ImageUNet {
  /// Channels of the input: red, green, blue, and how far down the image the pixel is.
  public static final int CHANNELS = 4;

  private static final int SIDE = 3;

  private final ParameterFactory factory;
  private final List<Unit> halving = new ArrayList<>();
  private final List<Unit> looking = new ArrayList<>();
  private final List<Parameter> narrowing = new ArrayList<>();
  private final List<Unit> joining = new ArrayList<>();
  private final Parameter weights;
  private final Parameter bias;

  /// A network with random weights.
  ///
  /// @param classes number of classes
  /// @param widths channels of each level, the finest first
  public ImageUNet(int classes, List<Integer> widths, RandomGenerator random) {
    if (widths.isEmpty()) {
      throw new IllegalArgumentException("expected at least one level");
    }
    factory = new ParameterFactory(random, 0.1f);
    int in = CHANNELS;
    for (int level = 0; level < widths.size(); level++) {
      int width = widths.get(level);
      halving.add(new Unit(factory, "down.%d.halve".formatted(level), SIDE, in, width));
      if (level > 0) {
        looking.add(new Unit(factory, "down.%d.look".formatted(level), SIDE, width, width));
      }
      in = width;
    }
    for (int level = widths.size() - 2; level >= 0; level--) {
      int width = widths.get(level);
      narrowing.add(factory.linear("up.%d.narrow.weight".formatted(level), in, width));
      int side = level > 0 ? SIDE : 1;
      joining.add(new Unit(factory, "up.%d.join".formatted(level), side, width, width));
      in = width;
    }
    weights = factory.linear("header.weight", in, classes);
    bias = factory.linearBias("header.bias", in, classes);
  }

  /// The parameters.
  public ParameterSet parameters() {
    return factory.parameters();
  }

  /// Records the network.
  ///
  /// @param image see [#CHANNELS], all about -1..1, (pixels, 4)
  /// @param grid which pixels the rows are
  /// @return logits, (pixels of the halved image, classes)
  public Value record(Tape tape, Value image, Grid grid) {
    List<Value> levels = new ArrayList<>();
    List<Grid> grids = new ArrayList<>();
    Value x = image;
    Grid at = grid;
    for (int level = 0; level < halving.size(); level++) {
      x = halving.get(level).record(tape, x, at, 2);
      at = halved(at);
      if (level > 0) {
        x = looking.get(level - 1).record(tape, x, at, 1);
      }
      levels.add(x);
      grids.add(at);
    }
    for (int i = 0; i < joining.size(); i++) {
      int level = levels.size() - 2 - i;
      Grid finer = grids.get(level);
      Value narrow = tape.linear(x, narrowing.get(i), null);
      Value enlarged = Images.resize(tape, narrow, at, finer, Resampler.bilinear(false));
      Value both = tape.add(enlarged, levels.get(level));
      x = joining.get(i).record(tape, both, finer, 1);
      at = finer;
    }
    return tape.linear(x, weights, bias);
  }

  /// The pixels of the logits: every other row and column of the image, rounded up.
  public static Grid halved(Grid grid) {
    return Window.same(SIDE, 2, grid).out();
  }

  /// Convolution, BatchNorm, ReLU.
  private static final class Unit {
    private final int side;
    private final Parameter weights;
    private final BatchNormParameters norm;

    Unit(ParameterFactory factory, String prefix, int side, int in, int out) {
      this.side = side;
      weights = factory.imageConvolution(prefix + ".conv.weight", side, in, out);
      norm = factory.batchNorm(prefix + ".bn", out);
    }

    Value record(Tape tape, Value x, Grid grid, int stride) {
      Window window = Window.same(side, stride, grid);
      return tape.batchNorm(Images.convolution(tape, x, weights, null, window), norm, null, true);
    }
  }
}
