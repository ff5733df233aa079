package org.octolift.apps.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.octolift.apps.data.Scan;

class CloudRendererTest {
  private static final CloudRenderer FROM_ABOVE =
      new CloudRenderer(new CloudRenderer.Viewpoint(-90, 90, 96, 64));

  /// Two squares of 1 m at z = 0 and z = 1, both facing up unless {@code upper} says otherwise.
  private static Scan squares(float upper) {
    int side = 40;
    float[] xyz = new float[6 * side * side];
    float[] normals = new float[xyz.length];
    for (int i = 0; i < 2 * side * side; i++) {
      xyz[3 * i] = (float) (i % side) / side;
      xyz[3 * i + 1] = (float) (i / side % side) / side;
      xyz[3 * i + 2] = i < side * side ? 0 : 1;
      normals[3 * i + 2] = i < side * side ? 1 : upper;
    }
    return new Scan("squares", xyz, normals, null, null, null);
  }

  private static int[] redBelowBlueAbove(int points) {
    int[] colours = new int[points];
    Arrays.fill(colours, 0, points / 2, 0xFF0000);
    Arrays.fill(colours, points / 2, points, 0x0000FF);
    return colours;
  }

  @Test
  void nearerPointsHideFartherOnes() {
    Scan scan = squares(1);
    BufferedImage image = FROM_ABOVE.render(scan, redBelowBlueAbove(scan.size()));
    assertThat(image.getRGB(48, 32)).isEqualTo(0xFF0000FF);
    assertThat(image.getRGB(2, 32)).isZero();
  }

  @Test
  void surfacesThatFaceAwayAreOpen() {
    Scan scan = squares(-1);
    BufferedImage image = FROM_ABOVE.render(scan, redBelowBlueAbove(scan.size()));
    assertThat(image.getRGB(48, 32)).isEqualTo(0xFFFF0000);
  }

  @Test
  void emptyScansAndScansWithoutNormalsCanBeDrawn() {
    Scan empty = new Scan("empty", new float[0], null, null, null, null);
    assertThat(FROM_ABOVE.render(empty, new int[0]).getRGB(5, 5)).isZero();
    Scan point = new Scan("point", new float[3], null, null, null, null);
    assertThat(FROM_ABOVE.render(point, new int[] {0xFFFFFF}).getRGB(48, 32) >>> 24).isEqualTo(255);
    assertThatThrownBy(() -> FROM_ABOVE.render(point, new int[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 colours for 1 points");
  }

  @Test
  void errorsAreRedAndIgnoredPointsGrey() {
    int[] colours = PointColours.ofErrors(new int[] {0, 1, 2, -1}, new int[] {5, 1, 3, 3}, 0);
    assertThat(colours[0]).isEqualTo(colours[3]);
    assertThat(Arrays.copyOf(colours, 3)).doesNotHaveDuplicates();
  }
}
