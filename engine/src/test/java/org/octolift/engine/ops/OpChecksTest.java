package org.octolift.engine.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.octolift.engine.Executable;
import org.octolift.engine.Grid;
import org.octolift.engine.InputException;
import org.octolift.engine.InputKey;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.TestBatch;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;

/// Ops refuse values of the wrong shape or type, and outputs that are also inputs.
class OpChecksTest {
  private static final Rows ONE = Rows.fixed(1);

  private final Recorder recorder = new Recorder();
  private final Value x = recorder.temporary("x", Rows.nonEmpty(4), 32);
  private final Value same = recorder.temporary("same", Rows.nonEmpty(4), 32);
  private final Value narrow = recorder.temporary("narrow", Rows.nonEmpty(4), 31);
  private final Value other = recorder.temporary("other", Rows.nonEmpty(5), 32);
  private final Value ints = recorder.temporaryInts("ints", Rows.nonEmpty(4), 32);
  private final Value vector = recorder.temporary("vector", ONE, 32);
  private final Value scalar = recorder.temporary("scalar", ONE, 1);

  private static void refused(ThrowingCallable make, String message) {
    assertThatThrownBy(make)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void shapes() {
    refused(
        () -> new Relu(narrow, x),
        "relu: narrow (nonEmpty(4), 31) must have shape (nonEmpty(4), 32)");
    refused(() -> new Add(same, x, other), "add: other (nonEmpty(5), 32) must have shape");
    refused(() -> new Concat(same, List.of(x, narrow)), "(nonEmpty(4), 63)");
    refused(() -> new SliceChannels(narrow, x, 2), "channels 2 to 33 of x");
    refused(() -> new ColumnSum(x, same), "must have shape (1, 32)");
    refused(() -> new GatherRows(same, other, ints, 0), "ints (nonEmpty(4), 32) must have shape");
    refused(() -> new Sgd(List.of(x), List.of(same), List.of(other), scalar), "sgd: other");
    refused(() -> new WeightedSum(scalar, List.of(vector), vector), "weightedSum: vector");
  }

  @Test
  void imagesAndMatrices() {
    Grid grid = new Grid(2, 3, 4);
    Value image = recorder.temporary("image", grid.rows(), 32);
    Value result = recorder.temporary("result", grid.rows(), 32);
    Value weights = recorder.temporary("weights", Rows.fixed(32), 32);
    Window window = Window.padded(3, 1, 1, grid);
    refused(
        () -> new MatrixProduct(same, x, image, null, Activation.NONE, false),
        "matrixProduct: image (24, 32) must have shape (32, 32)");
    refused(
        () -> new MatrixProduct(result, image, weights, null, image, Activation.NONE, false),
        "a residual is not x");
    refused(
        () -> new ImageConvolution(result, image, weights, null, window, Activation.NONE),
        "imageConvolution: weights (32, 32) must have shape (288, 32)");
    refused(
        () -> new ImageMaxPool(result, image, Window.same(3, 2, grid)),
        "imageMaxPool: result (24, 32) must have shape (8, 32)");
    refused(
        () -> new ImageResize(result, image, grid, new Grid(1, 6, 4), Resampler.bicubic()),
        "imageResize: from 2×3×4 to 1×6×4");
    refused(
        () -> new ResizedArgMax(result, image, grid, grid, Resampler.bicubic()),
        "resizedArgMax: result (24, 32)");
    refused(
        () -> new DepthToSpace(result, image, vector, grid, 2),
        "depthToSpace: image (24, 32) must have shape (24, 128)");
    refused(() -> new DepthToSpace(result, image, vector, grid, 0), "depthToSpace: factor 0");
    refused(() -> new Reciprocal(same, x, 1, 0, 0), "reciprocal: least denominator 0.0");
    refused(
        () -> new GroupNorm(result, image, vector, vector, null, false, grid, 5, 1e-5f),
        "groupNorm: 5 groups must divide the channels of image (24, 32)");
    Value qkv = recorder.temporary("qkv", grid.rows(), 96);
    refused(() -> new Attention(result, qkv, 2, 3), "attention: 3 heads must divide the channels");
    refused(() -> new Attention(result, qkv, 7, 2), "attention: 7 images must divide the rows");
    refused(() -> new LayerNorm(x, x, vector, vector, 1e-6f), "layerNorm: x (nonEmpty(4), 32)");
    refused(() -> new Grid(0, 3, 4), "0 images of 3×4 pixels");
  }

  @Test
  void types() {
    refused(
        () -> new Relu(same, ints), "relu: ints (nonEmpty(4), 32) must be of type FLOAT, is INT");
    refused(() -> new ArgMax(narrow, x), "argMax: narrow (nonEmpty(4), 31) must be of type INT");
  }

  @Test
  void outputsDifferFromAllOtherValues() {
    refused(() -> new Relu(x, x), "relu: x (nonEmpty(4), 32) is written and must differ");
    refused(() -> new Concat(x, List.of(x)), "concat: x");
    refused(
        () ->
            new BatchNormGradient(
                same, same, x, null, x, vector, vector, vector, vector, vector, 1e-3f),
        "batchNormGradient: same (nonEmpty(4), 32) is written");
    refused(() -> new Ema(x, x, scalar), "ema: x");
  }

  @Test
  void numbers() {
    refused(
        () -> new BatchNormApply(same, x, vector, vector, vector, vector, null, false, 0),
        "epsilon must be positive, is 0.0");
    refused(
        () -> new BatchNormStatistics(vector, vector, vector, vector, x, 0.1f),
        "batchNormStatistics: vector (1, 32) is written");
    refused(() -> new RepeatRows(other, x, 0, 1), "times must be positive, is 0");
    refused(
        () -> new RepeatRows(same, x, 8, 1), "same (nonEmpty(4), 32) must have 8 rows for each");
    Value five = recorder.temporary("five", Rows.fixed(5), 1);
    Value two = recorder.temporary("two", Rows.fixed(2), 1);
    refused(() -> new SumGroups(two, five, 2), "five (5, 1) must have 2 rows for each row of two");
  }

  @Test
  void countsOfGroupsAreCheckedInEachRun() {
    Value few = recorder.input(new InputKey.Named("few"), Rows.nonEmpty(2), 1);
    Value many = recorder.temporary("many", Rows.nodes(3), 1);
    recorder.add(new RepeatRows(many, few, 8, 1));
    TestBatch batch =
        new TestBatch()
            .rows(Rows.nonEmpty(2), 2)
            .rows(Rows.nonEmpty(4), 1)
            .rows(Rows.nonEmpty(5), 1)
            .rows(Rows.nodes(3), 15)
            .floats(new InputKey.Named("few"), 1, 2);
    try (CpuDevice device = new CpuDevice(1);
        Executable executable = device.load(recorder.program())) {
      refused(
          () -> executable.run(batch),
          "repeatRows: many (nodes(3), 1) must have 8 rows for each row of Named[name=few]");
    }
  }

  @Test
  void aLabelThatIsNoClassIsTheUsersError() {
    Value logits = recorder.input(new InputKey.Named("logits"), Rows.points(), 3);
    Value labels = recorder.inputInts(new InputKey.Named("labels"), Rows.points(), 1);
    Value count = recorder.temporary("count", ONE, 1);
    recorder.add(new CrossEntropy(scalar, count, logits, labels, 0));
    TestBatch batch =
        new TestBatch()
            .rows(Rows.points(), 2)
            .rows(Rows.nonEmpty(4), 1)
            .rows(Rows.nonEmpty(5), 1)
            .floats(new InputKey.Named("logits"), 1, 2, 3, 4, 5, 6)
            .ints(new InputKey.Named("labels"), 2, 3);
    try (CpuDevice device = new CpuDevice(1);
        Executable executable = device.load(recorder.program())) {
      assertThatThrownBy(() -> executable.run(batch))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("label of row 1 must be below the number of classes, 3, is 3");
    }
  }
}
