package org.octolift.engine.octree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.Npz;
import org.octolift.engine.io.TestFiles;
import org.octolift.kernels.OctreeKeys;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Files that the original libraries wrote, bit for bit.
class OctreeGoldenTest {
  private static Workers workers;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    workers = new Workers(2);
  }

  @AfterAll
  static void stop() {
    workers.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void referenceOctree(int scene) throws IOException {
    Octree octree = OctreeBuilder.build(points(scene), OctreeOptions.reference(), workers);
    assertSameFile(octree, "golden/gen/scene" + scene + "_d9.octree");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void adaptiveOctree(int scene) throws IOException {
    OctreeOptions options =
        OctreeOptions.of(6, 2)
            .withNodeDisplacement(true)
            .withSignals(false, true, false)
            .withAdaptive(4, 2f, 0.1f);
    Octree octree = OctreeBuilder.build(points(scene), options, workers);
    assertSameFile(octree, "golden/gen/scene" + scene + "_d6_adaptive.octree");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void octreeWithoutNormalsWithNodeFeatures(int scene) throws IOException {
    Points points = points(scene);
    OctreeOptions options =
        OctreeOptions.of(6, 2)
            .withNodeDisplacement(true)
            .withSignals(true, true, false)
            .withKeyAsXyz(true);
    Octree octree =
        OctreeBuilder.build(
            new Points(points.xyz(), null, points.features(), points.labels()), options, workers);
    assertSameFile(
        octree, "golden/gen/scene" + scene + "_d6_nonormal_nodefeat_split_key2xyz.octree");
  }

  @Test
  void mergedBatchWithNeighbours() throws IOException {
    List<Octree> octrees =
        List.of(
            OctreeBuilder.build(points(0), OctreeOptions.reference(), workers),
            OctreeBuilder.build(points(1), OctreeOptions.reference(), workers));
    OctreeBatch batch = OctreeBatch.merge(octrees, workers);
    Path written = folder.resolve("batch.octree");
    OctreeFile.write(written, batch);
    Path golden = TestFiles.shared("golden/gen/batch_d9.octree");
    assertSameBytes(written, golden);
    OctreeFile.write(written, OctreeBatch.of(OctreeFile.read(golden), workers));
    assertSameBytes(written, golden);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gen/scene0_d9",
        "gen/scene0_d6_adaptive",
        "gen/scene1_d6_nonormal_nodefeat_split_key2xyz",
        "ocnn_samples/octree_1_key64",
        "ocnn_samples/octree_2_key64",
        "ocnn_samples/octree_3_key64",
        "ocnn_samples/octree_4_key64",
        "ocnn_samples/octree_5_key64",
        "ocnn_samples/octree_6_key64"
      })
  void readAndWrittenAgain(String name) throws IOException {
    String file = "golden/" + name + ".octree";
    assertSameFile(OctreeFile.read(TestFiles.shared(file)), file);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void octreesOfItsSuccessor(int number) throws IOException {
    Path file = TestFiles.shared("golden/ocnn_pytorch_test/test_00%d.npz".formatted(number));
    Octree octree = fromNpz(file);
    assertSameStructure(octree, file);
    assertThat(octree.nonEmptyFeature(octree.depth()).toHeapArray())
        .isEqualTo(floats(file, "feature"));
  }

  @Test
  void batchOfItsSuccessor() throws IOException {
    Path file = TestFiles.shared("golden/ocnn_pytorch_test/batch_45.npz");
    OctreeBatch batch = successorBatch();
    assertSameStructure(batch.octree(), file);
    assertThat(batch.feature().toHeapArray()).isEqualTo(floats(file, "feature"));
    IntArray[] tables = new IntArray[batch.depth()];
    for (int d = 1; d <= batch.depth(); d++) {
      tables[d - 1] = batch.table(Relation.of(KernelShape.K333, 1, d, false));
    }
    assertThat(IntArray.concat(tables).toHeapArray()).isEqualTo(Npz.read(file, "neigh").ints());
  }

  @Test
  void keySearchOfItsSuccessor() throws IOException {
    Path file = TestFiles.shared("golden/ocnn_pytorch_test/search_key.npz");
    int[] queries = Npz.read(file, "xyzb").ints();
    LongArray keys = new LongArray(queries.length / 4);
    for (int i = 0; i < keys.getSize(); i++) {
      long key = OctreeKeys.encode(queries[4 * i], queries[4 * i + 1], queries[4 * i + 2]);
      keys.set(i, OctreeKeys.addBatch(key, queries[4 * i + 3]));
    }
    Octree octree = successorBatch().octree();
    assertThat(octree.search(keys, 5, false).toHeapArray()).isEqualTo(Npz.read(file, "idx").ints());
    assertThat(octree.search(keys, 5, true).toHeapArray())
        .isEqualTo(Npz.read(file, "idx_ne").ints());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void interpolationOfItsSuccessor(boolean nonEmpty) throws IOException {
    Path file = TestFiles.shared("golden/ocnn_pytorch_test/interp.npz");
    float[] points = floats(file, "pts");
    int n = points.length / 4;
    float[] xyz = new float[3 * n];
    int[] trees = new int[n];
    for (int i = 0; i < n; i++) {
      for (int c = 0; c < 3; c++) {
        xyz[3 * i + c] = points[4 * i + c] / 16 - 1;
      }
      trees[i] = (int) points[4 * i + 3];
    }
    OctreeBatch batch = successorBatch();
    float[] data = floats(file, "data");
    if (nonEmpty) {
      IntArray nodes = batch.nonEmptyNodes(5);
      float[] all = data;
      data = new float[2 * nodes.getSize()];
      for (int i = 0; i < nodes.getSize(); i++) {
        System.arraycopy(all, 2 * nodes.get(i), data, 2 * i, 2);
      }
    }
    float[] near = new float[2 * n];
    float[] linear = new float[2 * n];
    IntArray nearest = batch.nearest(xyz, trees, 5, nonEmpty);
    LinearWeights weights = batch.linear(xyz, trees, 5, nonEmpty);
    for (int i = 0; i < 2 * n; i++) {
      int row = nearest.get(i / 2);
      near[i] = row < 0 ? 0 : data[2 * row + i % 2];
      for (int corner = 8 * (i / 2); corner < 8 * (i / 2) + 8; corner++) {
        int index = weights.index().get(corner);
        linear[i] += index < 0 ? 0 : weights.weights().get(corner) * data[2 * index + i % 2];
      }
    }
    String suffix = nonEmpty ? "_ne" : "";
    assertThat(largestDifference(near, floats(file, "near" + suffix))).isZero();
    assertThat(largestDifference(linear, floats(file, "linear" + suffix))).isLessThan(1e-5f);
  }

  private static float largestDifference(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    float most = 0;
    for (int i = 0; i < actual.length; i++) {
      most = Math.max(most, Math.abs(actual[i] - expected[i]));
    }
    return most;
  }

  private static OctreeBatch successorBatch() throws IOException {
    return OctreeBatch.merge(
        List.of(
            fromNpz(TestFiles.shared("golden/ocnn_pytorch_test/test_004.npz")),
            fromNpz(TestFiles.shared("golden/ocnn_pytorch_test/test_005.npz"))),
        workers);
  }

  private static Octree fromNpz(Path file) throws IOException {
    Points points = new Points(floats(file, "points"), floats(file, "normals"), null, null);
    OctreeOptions options = OctreeOptions.of(6, 3).withNodeDisplacement(true);
    return OctreeBuilder.build(points, options, workers);
  }

  private static void assertSameStructure(Octree octree, Path file) throws IOException {
    LongArray[] keys = new LongArray[octree.depth() + 1];
    IntArray[] children = new IntArray[octree.depth() + 1];
    int[] nodes = new int[octree.depth() + 1];
    int[] nonEmpty = new int[octree.depth() + 1];
    for (int d = 0; d <= octree.depth(); d++) {
      keys[d] = octree.keys(d);
      children[d] = octree.children(d);
      nodes[d] = octree.nodes(d);
      nonEmpty[d] = octree.nonEmpty(d);
    }
    assertThat(nodes).isEqualTo(Npz.read(file, "nnum").ints());
    assertThat(nonEmpty).isEqualTo(Npz.read(file, "nnum_nempty").ints());
    assertThat(LongArray.concat(keys).toHeapArray()).isEqualTo(Npz.read(file, "key").longs());
    assertThat(IntArray.concat(children).toHeapArray()).isEqualTo(Npz.read(file, "child").ints());
  }

  private static float[] floats(Path file, String name) throws IOException {
    NdArray array = Npz.read(file, name);
    return array.floats();
  }

  private void assertSameFile(Octree octree, String golden) throws IOException {
    Path written = folder.resolve("written.octree");
    OctreeFile.write(written, octree);
    assertSameBytes(written, TestFiles.shared(golden));
  }

  private static void assertSameBytes(Path written, Path golden) throws IOException {
    byte[] expected = Files.readAllBytes(golden);
    byte[] actual = Files.readAllBytes(written);
    assertThat(actual).hasSameSizeAs(expected);
    int at = Arrays.mismatch(actual, expected);
    assertThat(at).as(() -> difference(actual, expected, at)).isEqualTo(-1);
  }

  private static String difference(byte[] actual, byte[] expected, int at) {
    if (at < 0) {
      return "no difference";
    }
    ByteBuffer found = ByteBuffer.wrap(actual).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer wanted = ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN);
    int word = at / 4 * 4;
    return "first difference at byte %d of %d: int %d or float %s, expected %d or %s"
        .formatted(
            at,
            expected.length,
            found.getInt(word),
            found.getFloat(word),
            wanted.getInt(word),
            wanted.getFloat(word));
  }

  private static Points points(int scene) throws IOException {
    return PointsFile.read(TestFiles.shared("golden/gen/scene" + scene + ".points"));
  }
}
