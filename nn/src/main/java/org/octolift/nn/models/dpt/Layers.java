package org.octolift.nn.models.dpt;

import org.octolift.engine.Grid;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.ops.Activation;
import org.octolift.engine.ops.Add;
import org.octolift.engine.ops.Attention;
import org.octolift.engine.ops.BatchNormApply;
import org.octolift.engine.ops.DepthToSpace;
import org.octolift.engine.ops.GroupNorm;
import org.octolift.engine.ops.ImageConvolution;
import org.octolift.engine.ops.ImageMaxPool;
import org.octolift.engine.ops.ImageResize;
import org.octolift.engine.ops.LayerNorm;
import org.octolift.engine.ops.MatrixProduct;
import org.octolift.engine.ops.Reciprocal;
import org.octolift.engine.ops.Relu;
import org.octolift.engine.ops.Resampler;
import org.octolift.engine.ops.StandardiseWeights;
import org.octolift.engine.ops.TransformerReadout;
import org.octolift.engine.ops.TransformerTokens;
import org.octolift.engine.ops.Window;
import org.octolift.nn.Parameter;
import org.octolift.nn.autograd.BatchNormParameters;

/// Records layers for inference.
///
/// @param recorder where ops go
record Layers(Recorder recorder) {
  private static final int GROUPS = 32;
  private static final float GROUP_EPSILON = 1e-5f;
  private static final float LAYER_EPSILON = 1e-6f;
  private static final float WEIGHT_EPSILON = 1e-5f;

  private Value of(Parameter parameter) {
    return parameter == null ? null : recorder.persistent(parameter.variable());
  }

  private Image image(String name, Grid grid, int channels) {
    return new Image(recorder.temporary(name, grid.rows(), channels), grid);
  }

  /// A convolution with as much padding at all sides as keeps the size at stride 1.
  Image convolution(Image x, Parameter weights, Parameter bias, int stride, Activation activation) {
    int size = size(weights);
    Window window = Window.padded(size, stride, size / 2, x.grid());
    return convolution(x, of(weights), of(bias), window, activation, weights.name());
  }

  /// The same with weights and bias side by side.
  Image convolution(Image x, DptParameters.Pair layer, int stride, Activation activation) {
    return convolution(x, layer.weight(), layer.bias(), stride, activation);
  }

  /// A convolution of patches that do not overlap.
  Image patches(Image x, DptParameters.Pair layer) {
    int size = size(layer.weight());
    Window window = Window.padded(size, size, 0, x.grid());
    String name = layer.weight().name();
    return convolution(x, of(layer.weight()), of(layer.bias()), window, Activation.NONE, name);
  }

  /// A transposed convolution: each pixel becomes size × size pixels.
  Image deconvolution(Image x, DptParameters.Pair layer) {
    Parameter weight = layer.weight();
    Value squares =
        recorder.temporary(weight.name(), x.grid().rows(), weight.variable().channels());
    recorder.add(new MatrixProduct(squares, x.value(), of(weight), null, Activation.NONE, false));
    int factor = size(weight);
    Image y = image(weight.name(), DepthToSpace.enlarged(x.grid(), factor), weight.out());
    recorder.add(new DepthToSpace(y.value(), squares, of(layer.bias()), x.grid(), factor));
    return y;
  }

  /// `1 / max(scale · x + shift, least)`.
  Image reciprocal(Image x, float scale, float shift, float least) {
    Image y = image("reciprocal", x.grid(), x.value().channels());
    recorder.add(new Reciprocal(y.value(), x.value(), scale, shift, least));
    return y;
  }

  /// A convolution with standardised weights and TensorFlow's "SAME" padding.
  Image standardised(Image x, Parameter weights, int stride) {
    Value standard =
        recorder.temporary(weights.name(), Rows.fixed(weights.variable().rows()), weights.out());
    recorder.add(new StandardiseWeights(standard, of(weights), WEIGHT_EPSILON));
    Window window = Window.same(size(weights), stride, x.grid());
    return convolution(x, standard, null, window, Activation.NONE, weights.name());
  }

  private static int size(Parameter weights) {
    return (int) Math.sqrt(weights.kernels());
  }

  private Image convolution(
      Image x, Value weights, Value bias, Window window, Activation activation, String name) {
    Image y = image(name, window.out(), weights.channels());
    recorder.add(new ImageConvolution(y.value(), x.value(), weights, bias, window, activation));
    return y;
  }

  /// GroupNorm of 32 groups, an optional residual, an optional ReLU.
  Image groupNorm(Image x, DptParameters.Pair norm, Image residual, boolean relu) {
    Image y = image(norm.weight().name(), x.grid(), x.value().channels());
    recorder.add(
        new GroupNorm(
            y.value(),
            x.value(),
            of(norm.weight()),
            of(norm.bias()),
            residual == null ? null : residual.value(),
            relu,
            x.grid(),
            GROUPS,
            GROUP_EPSILON));
    return y;
  }

  /// BatchNorm by its running statistics, an optional residual, an optional ReLU.
  Image batchNorm(Image x, BatchNormParameters norm, Image residual, boolean relu) {
    Image y = image(norm.weight().name(), x.grid(), x.value().channels());
    recorder.add(
        new BatchNormApply(
            y.value(),
            x.value(),
            of(norm.runningMean()),
            of(norm.runningVariance()),
            of(norm.weight()),
            of(norm.bias()),
            residual == null ? null : residual.value(),
            relu,
            norm.epsilon()));
    return y;
  }

  Image relu(Image x) {
    Image y = image("relu", x.grid(), x.value().channels());
    recorder.add(new Relu(y.value(), x.value()));
    return y;
  }

  Image add(Image a, Image b) {
    return new Image(add(a.value(), b.value()), a.grid());
  }

  Value add(Value a, Value b) {
    Value y = recorder.temporary("add", a.rows(), a.channels());
    recorder.add(new Add(y, a, b));
    return y;
  }

  /// Maximum of 3 × 3 pixels at stride 2, "SAME" padding.
  Image maxPool(Image x) {
    Window window = Window.same(3, 2, x.grid());
    Image y = image("maxPool", window.out(), x.value().channels());
    recorder.add(new ImageMaxPool(y.value(), x.value(), window));
    return y;
  }

  /// Bilinear interpolation, twice the size, corners aligned.
  Image doubled(Image x) {
    Grid grid = x.grid().resized(2 * x.grid().height(), 2 * x.grid().width());
    Image y = image("doubled", grid, x.value().channels());
    Resampler resampler = Resampler.bilinear(true);
    recorder.add(new ImageResize(y.value(), x.value(), x.grid(), grid, resampler));
    return y;
  }

  Value dense(Value x, DptParameters.Pair layer, Activation activation) {
    return dense(x, layer, null, activation);
  }

  /// The layer's result plus a residual.
  Value denseAdded(Value x, DptParameters.Pair layer, Value residual) {
    return dense(x, layer, residual, Activation.NONE);
  }

  private Value dense(Value x, DptParameters.Pair layer, Value residual, Activation activation) {
    Parameter weight = layer.weight();
    Value y = recorder.temporary(weight.name(), x.rows(), weight.out());
    recorder.add(
        new MatrixProduct(y, x, of(weight), of(layer.bias()), residual, activation, false));
    return y;
  }

  Value layerNorm(Value x, DptParameters.Pair norm) {
    Value y = recorder.temporary(norm.weight().name(), x.rows(), x.channels());
    recorder.add(new LayerNorm(y, x, of(norm.weight()), of(norm.bias()), LAYER_EPSILON));
    return y;
  }

  Value attention(Value qkv, int images, int heads) {
    Value y = recorder.temporary("attention", qkv.rows(), qkv.channels() / 3);
    recorder.add(new Attention(y, qkv, images, heads));
    return y;
  }

  /// Class token and patches with the embeddings of their positions.
  Value tokens(Image patches, Parameter token, Parameter positions) {
    Rows rows = Rows.fixed(patches.grid().images() * (1 + patches.grid().pixels()));
    Value y = recorder.temporary("tokens", rows, patches.value().channels());
    recorder.add(
        new TransformerTokens(y, patches.value(), of(token), of(positions), patches.grid()));
    return y;
  }

  /// Each patch's token with the class token beside it.
  Image readout(Value tokens, Grid grid) {
    Image y = image("readout", grid, 2 * tokens.channels());
    recorder.add(new TransformerReadout(y.value(), tokens, grid));
    return y;
  }
}
