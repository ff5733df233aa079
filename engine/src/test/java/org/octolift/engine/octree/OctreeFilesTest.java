package org.octolift.engine.octree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;

/// Round trips and broken files.
class OctreeFilesTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("a.file");
  }

  @Test
  void pointsComeBack() throws IOException {
    Points points = RandomPoints.cloud(5, 17);
    PointsFile.write(file, points);
    Points read = PointsFile.read(file);
    assertThat(read.xyz()).isEqualTo(points.xyz());
    assertThat(read.normals()).isEqualTo(points.normals());
    assertThat(read.features()).isEqualTo(points.features());
    assertThat(read.labels()).isEqualTo(points.labels());
    assertThat(Files.size(file)).isEqualTo(88 + 17 * 4 * 10);

    PointsFile.write(file, new Points(points.xyz(), null, null, points.labels()));
    read = PointsFile.read(file);
    assertThat(read.normals()).isNull();
    assertThat(read.features()).isNull();
    assertThat(read.labels()).isEqualTo(points.labels());
  }

  @Test
  void brokenPointsAreRefused() throws IOException {
    PointsFile.write(file, RandomPoints.cloud(6, 20));
    byte[] good = Files.readAllBytes(file);
    for (int length : new int[] {0, 1, 16, 87, 88, 100, good.length - 1}) {
      refusePoints(Arrays.copyOf(good, length));
    }
    refusePoints(with(good, 0, 'x'));
    refusePoints(with(good, 16, 0));
    refusePoints(with(good, 16, -1));
    refusePoints(with(good, 16, Integer.MAX_VALUE));
    refusePoints(with(good, 20, 14));
    refusePoints(with(good, 24, 4));
    refusePoints(with(good, 28, 2));
    refusePoints(with(good, 32, Integer.MAX_VALUE));
    refusePoints(with(good, 36, 2));
    refusePoints(with(good, 56, 0));
    refusePoints(with(good, 60, Integer.MIN_VALUE));
    refusePoints(with(good, 60, good.length));
    assertThatThrownBy(() -> PointsFile.read(folder.resolve("missing")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("missing");
  }

  @Test
  void gapsBetweenBlocksAreSkipped() throws IOException {
    Points points = RandomPoints.cloud(7, 20);
    PointsFile.write(file, points);
    Files.write(file, with(Files.readAllBytes(file), 16, 5));
    Points read = PointsFile.read(file);
    assertThat(read.normals()).isEqualTo(Arrays.copyOf(points.normals(), 15));
    assertThat(read.labels()).isEqualTo(Arrays.copyOf(points.labels(), 5));
  }

  @Test
  void octreesOfEveryKindComeBack() throws IOException {
    OctreeOptions plain = OctreeOptions.of(5, 2).withNodeDisplacement(true);
    for (OctreeOptions options :
        List.of(
            plain,
            plain.withSignals(true, true, true).withKeyAsXyz(true),
            plain.withAdaptive(3, 2f, 0.1f),
            OctreeOptions.of(3, 3),
            OctreeOptions.of(15, 1))) {
      try (Workers workers = new Workers(1)) {
        Octree octree = OctreeBuilder.build(RandomPoints.cloud(8, 300), options, workers);
        OctreeFile.write(file, octree);
        byte[] bytes = Files.readAllBytes(file);
        Octree read = OctreeFile.read(file);
        assertThat(read.options()).isEqualTo(options);
        assertThat(read.nonEmptyFeature(options.depth()).toHeapArray())
            .isEqualTo(octree.nonEmptyFeature(options.depth()).toHeapArray());
        assertThat(read.nonEmptyLabels(options.depth()).toHeapArray())
            .isEqualTo(octree.nonEmptyLabels(options.depth()).toHeapArray());
        OctreeFile.write(file, read);
        assertThat(Arrays.equals(Files.readAllBytes(file), bytes)).isTrue();
      }
    }
  }

  @Test
  void keysOf32Bits() throws IOException {
    try (Workers workers = new Workers(1)) {
      OctreeOptions options = OctreeOptions.of(3, 1);
      List<Octree> trees =
          List.of(
              OctreeBuilder.build(RandomPoints.bare(9, 30), options, workers),
              OctreeBuilder.build(RandomPoints.bare(10, 20), options, workers));
      Octree octree = OctreeBatch.merge(trees, workers).octree();
      OctreeFile.write(file, octree);
      for (boolean packed : new boolean[] {false, true}) {
        Path old = folder.resolve("old.octree");
        Files.write(old, withShortKeys(Files.readAllBytes(file), octree, packed));
        Octree read = OctreeFile.read(old);
        for (int d = 0; d <= 3; d++) {
          assertThat(read.keys(d).toHeapArray()).isEqualTo(octree.keys(d).toHeapArray());
          assertThat(read.children(d).toHeapArray()).isEqualTo(octree.children(d).toHeapArray());
        }
      }
    }
  }

  /// The same octree without signals in the older layout: 4 bytes a key, the batch in bits 24..31.
  private static byte[] withShortKeys(byte[] bytes, Octree octree, boolean packed) {
    int total = 0;
    for (int d = 0; d <= octree.depth(); d++) {
      total += octree.nodes(d);
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer out = ByteBuffer.allocate(716 + 8 * total).order(ByteOrder.LITTLE_ENDIAN);
    out.put(0, bytes, 0, 716);
    out.put(8, (byte) '1').put(44, (byte) (packed ? 1 : 0));
    int[] blocks = {716, 716 + 4 * total, 716 + 8 * total};
    for (int i = 0; i < 7; i++) {
      out.putInt(652 + 4 * i, blocks[Math.min(i, 2)]);
    }
    for (int i = 0; i < total; i++) {
      long key = in.getLong(720 + 8 * i);
      int position = (int) key & 0xFFFFFF;
      if (packed) {
        position = 0;
        for (int bit = 0; bit < 8; bit++) {
          position |= (int) (key >> (3 * bit + 2) & 1) << bit;
          position |= (int) (key >> (3 * bit + 1) & 1) << (8 + bit);
          position |= (int) (key >> (3 * bit) & 1) << (16 + bit);
        }
      }
      out.putInt(716 + 4 * i, position | (int) (key >>> 48) << 24);
      out.putInt(716 + 4 * total + 4 * i, in.getInt(720 + 8 * total + 4 * i));
    }
    return out.array();
  }

  @Test
  void brokenOctreesAreRefused() throws IOException {
    byte[] good = octreeBytes();
    for (int length : new int[] {0, 1, 16, 715, 716, 720, good.length / 2, good.length - 1}) {
      refuseOctree(Arrays.copyOf(good, length));
    }
    refuseOctree(Arrays.copyOf(good, good.length + 1));
    int[] everyField = {
      0, 16, 20, 24, 48, 52, 64, 116, 176, 180, 240, 244, 248, 252, 256, 652, 656
    };
    for (int field : everyField) {
      for (int value : new int[] {-2, 17, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
        refuseOctree(with(good, field, value));
      }
    }
    refuseOctree(with(good, 308, 3));
    refuseOctree(with(good, 320, 2));
    refuseOctree(with(good, 40, Float.floatToIntBits(Float.NaN)));
    refuseOctree(with(good, 44, 1));
    refuseOctree(with(good, 720 + 8 * 3, 77));
    refuseOctree(with(good, ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getInt(656), 5));
    int labels = ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getInt(652 + 16);
    refuseOctree(with(good, labels, Float.floatToIntBits(0.5f)));
  }

  @Test
  void randomDamageNeverDoesMoreThanBeRefused() throws IOException {
    byte[] good = octreeBytes();
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 2000; round++) {
      byte[] bad = good.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        int at = random.nextInt(random.nextBoolean() ? 720 : bad.length);
        bad[at] = (byte) random.nextInt(256);
      }
      assertThatCode(() -> readOrRefuse(bad)).doesNotThrowAnyException();
    }
  }

  @Test
  void tooDeepForAFile() {
    try (Workers workers = new Workers(1)) {
      Octree octree =
          OctreeBuilder.build(RandomPoints.cloud(12, 9), OctreeOptions.of(16, 2), workers);
      assertThatThrownBy(() -> OctreeFile.write(file, octree))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("15");
    }
  }

  private byte[] octreeBytes() throws IOException {
    try (Workers workers = new Workers(1)) {
      OctreeOptions options = OctreeOptions.of(4, 2).withNodeDisplacement(true);
      OctreeFile.write(file, OctreeBuilder.build(RandomPoints.cloud(13, 50), options, workers));
      return Files.readAllBytes(file);
    }
  }

  private void readOrRefuse(byte[] bytes) {
    try {
      new OctreeReader(file, bytes).read();
    } catch (InputException e) {
      assertThat(e).hasMessageContaining("a.file");
    }
  }

  private void refuseOctree(byte[] bytes) {
    assertThatThrownBy(() -> new OctreeReader(file, bytes).read())
        .isInstanceOf(InputException.class)
        .hasMessageContaining("a.file");
  }

  private void refusePoints(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    assertThatThrownBy(() -> PointsFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("a.file");
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    byte[] changed = bytes.clone();
    ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    return changed;
  }
}
