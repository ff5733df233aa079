package org.octolift.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.kernels.cpu.PairKernels;
import org.octolift.kernels.cpu.ScalarPairKernels;
import org.octolift.kernels.cpu.VectorPairKernels;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// The inner loops of products against the sums that their documentation promises, to the bit; in
/// this JVM and in others that use fewer instructions of the processor, first interpreted, then
/// compiled.
class PairKernelsTest {
  private static final int ROWS = 40;
  private static final int[] CHANNELS = {1, 5, 16, 32, 40, 96};

  /// More than the widest tile has.
  private static final int PANELS = 4;

  /// Enough calls for the JVM's last compiler.
  private static final int ROUNDS = 400;

  @Test
  void scalarLoopsSumInOrder() {
    assertThat(differences(new ScalarPairKernels(), 1)).isEmpty();
  }

  @Test
  void vectorLoopsSumInOrder() {
    assertThat(differences(new VectorPairKernels(), ROUNDS)).isEmpty();
  }

  /// Options that another processor does not know are ignored there.
  @ParameterizedTest
  @ValueSource(strings = {"-XX:UseAVX=3", "-XX:UseAVX=2", "-XX:UseAVX=1", "-XX:UseSVE=0"})
  void otherInstructionSetsGiveTheSums(String option) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+IgnoreUnrecognizedVMOptions",
                option,
                "-cp",
                System.getProperty("java.class.path"),
                PairKernelsTest.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("differences: []");
  }

  /// Checks the vector loops of this JVM.
  public static void main(String[] arguments) {
    System.out.println("differences: " + differences(new VectorPairKernels(), ROUNDS));
  }

  private static List<String> differences(PairKernels kernel, int rounds) {
    List<String> found = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      for (int channels : CHANNELS) {
        Case data = new Case(kernel, channels, round);
        data.multiply(found, 1 + round % PANELS);
        data.outerProduct(found);
        data.copies(found);
      }
    }
    return found.stream().distinct().toList();
  }

  /// Random rows, pairs and weights.
  private static final class Case {
    final PairKernels kernel;
    final int channels;
    final int width;
    final int pairs;
    final int[] in;
    final int[] out;
    final float[] x;
    final float[] weights;

    Case(PairKernels kernel, int channels, int seed) {
      this.kernel = kernel;
      this.channels = channels;
      this.width = kernel.panelWidth();
      SplittableRandom random = new SplittableRandom(seed);
      this.pairs = PairKernels.PAIR_MULTIPLE * random.nextInt(1, 8);
      this.in = random.ints(pairs, 0, ROWS).toArray();
      this.out = random.ints(pairs, 0, ROWS).sorted().toArray();
      this.x = floats(random, ROWS * channels);
      this.weights = floats(random, 3 + PANELS * channels * width);
    }

    void multiply(List<String> found, int panels) {
      int stride = panels * width + 2;
      float[] expected = new float[ROWS * stride];
      Arrays.fill(expected, 0.5f);
      float[] actual = expected.clone();
      for (int p = 0; p < pairs; p++) {
        for (int column = 0; column < panels * width; column++) {
          int weight = 3 + column / width * channels * width + column % width;
          float sum = 0;
          for (int c = 0; c < channels; c++) {
            sum = Math.fma(x[in[p] * channels + c], weights[weight + c * width], sum);
          }
          expected[1 + out[p] * stride + column] += sum;
        }
      }
      float[] tile = new float[kernel.tileSize()];
      kernel.multiply(
          actual, 1, stride, out, x, channels, in, 0, pairs, weights, 3, channels, panels, tile);
      compare("multiply", expected, actual, found);
    }

    void outerProduct(List<String> found) {
      int used = Math.min(width, channels);
      SplittableRandom random = new SplittableRandom(pairs);
      float[] left = floats(random, 2 + pairs * width);
      float[] right = floats(random, 1 + pairs * width);
      float[] expected = floats(random, 4 + width * width);
      float[] actual = expected.clone();
      for (int c = 0; c < used; c++) {
        for (int column = 0; column < width; column++) {
          int to = 4 + c * width + column;
          for (int p = 0; p < pairs; p++) {
            float factor = left[2 + p * width + c];
            expected[to] = Math.fma(factor, right[1 + p * width + column], expected[to]);
          }
        }
      }
      kernel.outerProduct(actual, 4, left, 2, right, 1, pairs, used);
      compare("outerProduct", expected, actual, found);
    }

    void copies(List<String> found) {
      float[] expected = new float[5 + pairs * channels];
      for (int p = 0; p < pairs; p++) {
        System.arraycopy(x, in[p] * channels, expected, 5 + p * channels, channels);
      }
      float[] loaded = new float[expected.length];
      kernel.load(loaded, 5, FloatArray.fromArray(x).getSegment(), in, pairs, channels);
      compare("load", expected, loaded, found);
      int blockSize = (2 + pairs) * width;
      int blocks = Math.ceilDiv(channels, width);
      float[] inBlocks = new float[7 + blocks * blockSize];
      for (int p = 1; p < pairs; p++) {
        for (int c = 0; c < channels; c++) {
          inBlocks[7 + c / width * blockSize + (1 + p) * width + c % width] =
              x[in[p] * channels + c];
        }
      }
      float[] gathered = new float[inBlocks.length];
      kernel.gather(gathered, 7, 2, blockSize, x, 0, in, 1, pairs, channels);
      compare("gather", inBlocks, gathered, found);
    }

    private void compare(String what, float[] expected, float[] actual, List<String> found) {
      if (!Arrays.equals(expected, actual)) {
        found.add(what + " of " + channels + " channels");
      }
    }

    private static float[] floats(SplittableRandom random, int size) {
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
        values[i] = (float) random.nextDouble(-1, 1);
      }
      return values;
    }
  }
}
