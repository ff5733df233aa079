package org.octolift.nn.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.octolift.engine.Grid;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.ops.Resampler;
import org.octolift.engine.ops.Window;
import org.octolift.nn.RandomScenes;

/// The gradients of image operations, alone and as a small decoder, against differences of the
/// loss.
final class ImagesGradientTest {
  private static final Grid GRID = new Grid(2, 5, 7);
  private static final CpuDevice DEVICE = new CpuDevice(2);

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  static List<Window> windows() {
    return List.of(
        Window.padded(1, 1, 0, GRID),
        Window.padded(3, 1, 1, GRID),
        Window.same(3, 2, GRID),
        Window.same(2, 2, GRID),
        Window.padded(3, 3, 2, GRID));
  }

  static List<Resampler> resamplers() {
    return List.of(Resampler.bilinear(false), Resampler.bilinear(true), Resampler.bicubic());
  }

  private static GradientCheck check(int seed) {
    OctreeInputs batch = RandomScenes.batch(3, 4, DEVICE.workers(), 9, 4);
    return new GradientCheck(batch, seed);
  }

  @ParameterizedTest
  @MethodSource("windows")
  void convolution(Window window) {
    GradientCheck c = check(window.hashCode());
    Value x = c.signal(GRID.rows(), 3);
    Value y =
        Images.convolution(c.tape(), x, c.weights(window.area(), 3, 2), c.vector(2, -1, 1), window);
    assertThat(c.check(DEVICE, c.loss(y))).isGreaterThan(0.02);
  }

  @ParameterizedTest
  @MethodSource("resamplers")
  void resize(Resampler resampler) {
    GradientCheck c = check(resampler.hashCode());
    Value y =
        Images.resize(c.tape(), c.signal(GRID.rows(), 2), GRID, GRID.resized(9, 4), resampler);
    assertThat(c.check(DEVICE, c.loss(y))).isGreaterThan(0.02);
  }

  @ParameterizedTest
  @MethodSource("resamplers")
  void encoderAndDecoder(Resampler resampler) {
    GradientCheck c = check(7);
    Tape tape = c.tape();
    Window down = Window.same(3, 2, GRID);
    Value x = c.signal(GRID.rows(), 2);
    Value y = Images.convolution(tape, x, c.weights(9, 2, 3), null, down);
    y = tape.batchNorm(y, c.norm(3), null, false);
    y = Images.resize(tape, y, down.out(), GRID, resampler);
    y =
        tape.add(
            x, Images.convolution(tape, y, c.weights(9, 3, 2), null, Window.padded(3, 1, 1, GRID)));
    assertThat(c.check(DEVICE, c.loss(y))).isGreaterThan(0.02);
  }
}
