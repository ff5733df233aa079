package org.octolift.engine.octree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.octolift.engine.io.TestFiles;

class PointTransformTest {
  private static final Points TWO =
      new Points(
          new float[] {0.5f, -0.25f, 0, 0.75f, 0.5f, -0.5f},
          new float[] {1, 0, 0, 0, -0.6f, 0.8f},
          new float[] {1, 2},
          new float[] {3, -1});

  @Test
  void rotationAroundAllAxes() throws IOException {
    Points rotated = PointTransform.rotate(points("scene0"), 0.3f, -0.7f, 1.1f);
    assertSame(rotated, points("scene0_rotxyz_0.3_-0.7_1.1"));
  }

  @Test
  void rotationTranslationScaleAndClip() throws IOException {
    Points points = points("scene0");
    points = PointTransform.rotate(points, 0, 0, (float) (37 * 0.0174532925));
    points = PointTransform.translate(points, 0.03f, -0.05f, 0.01f);
    points = PointTransform.scale(points, 0.93f, 1.07f, 1.02f);
    PointTransform.Clipped clipped =
        PointTransform.clip(points, new float[] {-.5f, -.5f, -1}, new float[] {.6f, .5f, 1});
    assertSame(clipped.points(), points("scene0_rot37z_jit_scale_clip"));
    assertThat(clipped.inside()).isEqualTo(1276);
    ByteBuffer mask =
        ByteBuffer.wrap(
                Files.readAllBytes(
                    TestFiles.shared("golden/gen/scene0_rot37z_jit_scale_clip_mask.i32")))
            .order(ByteOrder.LITTLE_ENDIAN);
    int[] expected = new int[mask.capacity() / 4];
    mask.asIntBuffer().get(expected);
    assertThat(clipped.mask()).isEqualTo(expected);
  }

  @Test
  void trivialTransformsChangeNothing() {
    assertThat(PointTransform.rotate(TWO, 0, 1e-11f, 0)).isSameAs(TWO);
    assertThat(PointTransform.translate(TWO, 0, 0, 0)).isSameAs(TWO);
    assertThat(PointTransform.scale(TWO, 1, 1, 1)).isSameAs(TWO);
    assertThat(PointTransform.scale(TWO, 2, 0, 1)).isSameAs(TWO);
    assertThat(PointTransform.displace(TWO, 0)).isSameAs(TWO);
  }

  @Test
  void displacementFollowsNormals() {
    assertThat(PointTransform.displace(TWO, 0.5f).xyz())
        .containsExactly(1f, -0.25f, 0f, 0.75f, 0.5f - 0.6f * 0.5f, -0.5f + 0.8f * 0.5f);
    Points bare = new Points(TWO.xyz(), null, null, null);
    assertThatThrownBy(() -> PointTransform.displace(bare, 0.5f))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void unevenScaleKeepsNormalsPerpendicular() {
    Points scaled = PointTransform.scale(TWO, 1, 2, 4);
    float[] n = scaled.normals();
    assertThat(n[4] * n[4] + n[5] * n[5]).isCloseTo(1f, within(1e-6f));
    assertThat(n[4] / n[5]).isCloseTo(-0.3f / 0.2f, within(1e-6f));
  }

  @Test
  void orientation() {
    assertThat(PointTransform.orient(TWO, PointTransform.Orientation.Y).normals())
        .containsExactly(1f, 0f, 0f, -0f, 0.6f, -0.8f);
    assertThat(PointTransform.orient(TWO, PointTransform.Orientation.X).normals())
        .containsExactly(TWO.normals());
    assertThat(PointTransform.orient(TWO, PointTransform.Orientation.Z).normals())
        .containsExactly(TWO.normals());
    assertThat(PointTransform.orient(TWO, PointTransform.Orientation.ABSOLUTE).normals())
        .containsExactly(1f, 0f, 0f, 0f, 0.6f, 0.8f);
  }

  @Test
  void clipIsStrictAndKeepsAllPropertiesTogether() {
    PointTransform.Clipped clipped =
        PointTransform.clip(TWO, new float[] {0.5f, -1, -1}, new float[] {1, 1, 1});
    assertThat(clipped.mask()).containsExactly(0, 1);
    assertThat(clipped.points().xyz()).containsExactly(0.75f, 0.5f, -0.5f);
    assertThat(clipped.points().normals()).containsExactly(0f, -0.6f, 0.8f);
    assertThat(clipped.points().features()).containsExactly(2f);
    assertThat(clipped.points().labels()).containsExactly(-1f);
  }

  @Test
  void clipOfAllKeepsTheFirstAtTheLowerCorner() {
    PointTransform.Clipped clipped =
        PointTransform.clip(TWO, new float[] {-0.1f, -0.2f, -0.3f}, new float[] {0, 0, 0});
    assertThat(clipped.inside()).isZero();
    assertThat(clipped.mask()).containsExactly(1, 0);
    assertThat(clipped.points().xyz()).containsExactly(-0.1f, -0.2f, -0.3f);
    assertThat(clipped.points().labels()).containsExactly(3f);
  }

  @Test
  void smallestBallOfKnownShapes() {
    assertBall(BoundingBall.smallest(new float[] {1, 2, 3}), 1, 2, 3, 0);
    assertBall(BoundingBall.smallest(new float[] {0, 0, 0, 2, 0, 0, 1, 0.5f, 0}), 1, 0, 0, 1);
    float[] cube = new float[24];
    for (int i = 0; i < 24; i++) {
      cube[i] = ((i / 3) >> (i % 3) & 1) == 0 ? -1 : 1;
    }
    assertBall(BoundingBall.smallest(cube), 0, 0, 0, (float) Math.sqrt(3));
    assertBall(BoundingBall.ofBox(cube), 0, 0, 0, (float) Math.sqrt(3));
  }

  @Test
  void smallestBallHoldsAllPointsAndIsNoLargerThanTheBoxs() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 50; round++) {
      float[] xyz = new float[3 * (1 + random.nextInt(200))];
      for (int i = 0; i < xyz.length; i++) {
        xyz[i] = (float) random.nextGaussian() + (i % 3);
      }
      BoundingBall ball = BoundingBall.smallest(xyz);
      assertThat(ball.radius()).isLessThanOrEqualTo(BoundingBall.ofBox(xyz).radius() * 1.000001f);
      Points points = PointTransform.normalise(new Points(xyz, null, null, null), ball);
      int onSurface = 0;
      for (int i = 0; i < xyz.length; i += 3) {
        float[] p = points.xyz();
        float squared = p[i] * p[i] + p[i + 1] * p[i + 1] + p[i + 2] * p[i + 2];
        assertThat(squared).isLessThanOrEqualTo(1.00001f);
        onSurface += squared > 0.9999f ? 1 : 0;
      }
      assertThat(onSurface).isGreaterThanOrEqualTo(xyz.length == 3 ? 0 : 2);
    }
  }

  private static void assertBall(BoundingBall ball, float x, float y, float z, float radius) {
    assertThat(ball.x()).isCloseTo(x, within(1e-5f));
    assertThat(ball.y()).isCloseTo(y, within(1e-5f));
    assertThat(ball.z()).isCloseTo(z, within(1e-5f));
    assertThat(ball.radius()).isCloseTo(radius, within(2e-5f)).isPositive();
  }

  private static Points points(String name) throws IOException {
    return PointsFile.read(TestFiles.shared("golden/gen/" + name + ".points"));
  }

  private static void assertSame(Points actual, Points expected) {
    assertThat(actual.xyz()).isEqualTo(expected.xyz());
    assertThat(actual.normals()).isEqualTo(expected.normals());
    assertThat(actual.features()).isEqualTo(expected.features());
    assertThat(actual.labels()).isEqualTo(expected.labels());
  }
}
