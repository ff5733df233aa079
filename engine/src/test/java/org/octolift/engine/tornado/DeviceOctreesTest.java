package org.octolift.engine.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.octolift.engine.Executable;
import org.octolift.engine.InputException;
import org.octolift.engine.InputKey;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.io.TestFiles;
import org.octolift.engine.octree.KernelShape;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.octree.OctreeOptions;
import org.octolift.engine.octree.Points;
import org.octolift.engine.octree.PointsFile;
import org.octolift.engine.octree.RandomPoints;
import org.octolift.engine.octree.Relation;
import org.octolift.engine.octree.SignalLayout;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Octrees that the device builds equal those of the CPU, integer by integer.
@Tag("device")
final class DeviceOctreesTest {
  private static final Workers WORKERS = new Workers(1);
  private static final TornadoDevice DEVICE = TornadoDevice.openForTests(true);

  @AfterAll
  static void close() {
    DEVICE.close();
    WORKERS.close();
  }

  /// A program that wants arrays and computes nothing.
  private static final class Wanted implements AutoCloseable {
    private final Map<InputKey, Value> values = new LinkedHashMap<>();
    private final OctreeOptions options;
    private final Executable executable;

    /// All that can be asked for.
    Wanted(OctreeOptions options, SignalLayout signals) {
      this.options = options;
      Recorder recorder = new Recorder();
      int depth = options.depth();
      for (boolean nonEmpty : new boolean[] {true, false}) {
        for (int d = 0; d <= depth; d++) {
          ints(recorder, new InputKey.Children(d), Rows.nodes(d), 1);
          ints(recorder, new InputKey.NonEmptyNodes(d), Rows.nonEmpty(d), 1);
          ints(recorder, new InputKey.PointVoxels(d, nonEmpty), Rows.points(), 1);
          ints(recorder, new InputKey.CornerVoxels(d, nonEmpty), Rows.points(), 8);
          floats(recorder, new InputKey.CornerWeights(d, nonEmpty), Rows.points(), 8);
        }
        for (int d = 1; d <= depth; d++) {
          table(recorder, Relation.of(KernelShape.K333, 1, d, nonEmpty));
        }
        for (int d = 2; d <= depth; d++) {
          for (KernelShape shape : new KernelShape[] {KernelShape.K222, KernelShape.K313}) {
            Relation down = Relation.of(shape, 2, d, nonEmpty);
            table(recorder, down);
            table(recorder, down.transpose());
          }
        }
        if (signals.channels() > 0) {
          Rows leaves = nonEmpty ? Rows.nonEmpty(depth) : Rows.nodes(depth);
          floats(recorder, new InputKey.Feature(depth, nonEmpty), leaves, signals.channels());
        }
      }
      executable = DEVICE.load(recorder.program());
    }

    private void table(Recorder recorder, Relation relation) {
      int columns = relation.stride() == 1 ? 27 : relation.shape().size();
      ints(recorder, new InputKey.Table(relation), relation.outputRows(), columns);
    }

    private void ints(Recorder recorder, InputKey key, Rows rows, int channels) {
      values.put(key, recorder.inputInts(key, rows, channels));
    }

    private void floats(Recorder recorder, InputKey key, Rows rows, int channels) {
      values.put(key, recorder.input(key, rows, channels));
    }

    OctreeInputs batch(Points... scans) {
      return new OctreeInputs(List.of(scans), options, WORKERS);
    }

    void check(Points... scans) {
      executable.run(batch(scans));
      OctreeInputs expected = batch(scans);
      values.forEach(
          (key, value) -> {
            int rows = expected.rows(value.rows());
            assertThat(executable.rows(value)).as("rows of %s", key).isEqualTo(rows);
            int size = rows * value.channels();
            if (value.type() == Value.Type.INT) {
              assertThat(Arrays.copyOf(executable.ints(value).toHeapArray(), size))
                  .as("%s", key)
                  .isEqualTo(Arrays.copyOf(expected.ints(key).toHeapArray(), size));
            } else {
              assertClose(key, executable.floats(value), expected.floats(key), size);
            }
          });
    }

    @Override
    public void close() {
      executable.close();
    }
  }

  private static void assertClose(InputKey key, FloatArray actual, FloatArray expected, int size) {
    // Weights are divided by their sum, normals by their length, which may be small: rounding
    // grows.
    float tolerance = key instanceof InputKey.CornerWeights ? 1e-3f : 1e-5f;
    for (int i = 0; i < size; i++) {
      float wanted = expected.get(i);
      assertThat(actual.get(i))
          .as("element %d of %s", i, key)
          .isCloseTo(wanted, within(tolerance * Math.max(1, Math.abs(wanted))));
    }
  }

  private static OctreeOptions options(int depth, int fullDepth) {
    return OctreeOptions.of(depth, fullDepth).withNodeDisplacement(true);
  }

  private static SignalLayout signals(Points points, OctreeOptions options) {
    return SignalLayout.of(points, options);
  }

  /// Points of a cloud, but at the same place.
  private static Points together(Points points, float at) {
    float[] xyz = points.xyz().clone();
    Arrays.fill(xyz, at);
    return new Points(xyz, points.normals(), points.features(), points.labels());
  }

  @Test
  void equalThoseOfTheCpuForBatchesOfAnySize() {
    OctreeOptions options = options(4, 2);
    Points cloud = RandomPoints.cloud(1, 2100);
    try (Wanted wanted = new Wanted(options, signals(cloud, options))) {
      wanted.check(RandomPoints.cloud(2, 1));
      wanted.check(cloud, RandomPoints.cloud(3, 40), RandomPoints.cloud(4, 1));
      wanted.check(RandomPoints.cloud(5, 300), RandomPoints.cloud(6, 7));
      wanted.check(together(cloud, 0.3f));
      wanted.check(together(RandomPoints.cloud(7, 64), -1), cloud);
      wanted.check(RandomPoints.cloud(8, 1), together(RandomPoints.cloud(9, 5), 0.99999994f));
    }
  }

  /// As many points, but in more voxels than the first batch had: found out on the device alone.
  @Test
  void outgrowTheirCapacities() {
    OctreeOptions options = options(6, 2);
    Points cloud = RandomPoints.cloud(1, 500);
    try (Wanted wanted = new Wanted(options, signals(cloud, options))) {
      wanted.check(together(cloud, 0));
      wanted.check(cloud);
      wanted.check(together(cloud, 0));
    }
  }

  /// As many trees as the bits of a digit that was already there, and more.
  @Test
  void outgrowTheKeysRoomForTrees() {
    OctreeOptions options = options(2, 1); // two bits are left for trees
    Points cloud = RandomPoints.cloud(1, 9);
    try (Wanted wanted = new Wanted(options, signals(cloud, options))) {
      wanted.check(cloud);
      for (int trees : new int[] {4, 5, 70}) {
        List<Points> scans = new ArrayList<>();
        for (int tree = 0; tree < trees; tree++) {
          scans.add(RandomPoints.cloud(tree, 1 + tree % 3));
        }
        wanted.check(scans.toArray(Points[]::new));
      }
    }
  }

  @Test
  void equalThoseOfTheCpuWithOtherSignalsAndDepths() {
    for (int[] depths : new int[][] {{1, 1}, {3, 3}, {4, 1}}) {
      for (boolean savePoints : new boolean[] {false, true}) {
        OctreeOptions options = options(depths[0], depths[1]).withSignals(false, false, savePoints);
        Points bare = RandomPoints.bare(3, 50);
        try (Wanted wanted = new Wanted(options, signals(bare, options))) {
          wanted.check(bare, RandomPoints.bare(4, 20));
        }
      }
    }
    OctreeOptions plain = OctreeOptions.of(4, 2);
    Points bare = RandomPoints.bare(5, 50);
    try (Wanted wanted = new Wanted(plain, signals(bare, plain))) {
      wanted.check(bare);
    }
    float[] normals = new float[150];
    normals[7] = 1e-7f;
    Points withoutLength = new Points(bare.xyz(), normals, null, null);
    try (Wanted wanted = new Wanted(plain, signals(withoutLength, plain))) {
      wanted.check(withoutLength);
    }
  }

  /// The scenes of the merged golden file, which the CPU's octrees equal to the byte.
  @Test
  void equalTheGoldenBatch() throws Exception {
    OctreeOptions options = OctreeOptions.reference();
    Points first = PointsFile.read(TestFiles.shared("golden/gen/scene0.points"));
    Points second = PointsFile.read(TestFiles.shared("golden/gen/scene1.points"));
    try (Wanted wanted = new Wanted(options, signals(first, options))) {
      wanted.check(first, second);
    }
  }

  @Test
  void refusePointsOutsideTheCube() {
    OctreeOptions options = options(4, 2);
    Points cloud = RandomPoints.cloud(1, 30);
    try (Wanted wanted = new Wanted(options, signals(cloud, options))) {
      wanted.check(cloud);
      for (float bad : new float[] {1, -1.5f, Float.NaN, Float.NEGATIVE_INFINITY, 1e30f}) {
        float[] xyz = cloud.xyz().clone();
        xyz[50] = bad;
        Points outside = new Points(xyz, cloud.normals(), cloud.features(), cloud.labels());
        assertThatThrownBy(() -> wanted.check(outside))
            .isInstanceOf(InputException.class)
            .hasMessageContaining("point 16 of 30");
      }
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        float[] features = cloud.features().clone();
        features[50] = bad;
        Points infinite = new Points(cloud.xyz(), cloud.normals(), features, cloud.labels());
        assertThatThrownBy(() -> wanted.check(infinite))
            .isInstanceOf(InputException.class)
            .hasMessageContaining("infinite or not a number");
      }
      wanted.check(cloud);
    }
  }

  @Test
  void refuseScansThatDoNotFitTogether() {
    OctreeOptions options = options(4, 2);
    Points cloud = RandomPoints.cloud(1, 30);
    try (Wanted wanted = new Wanted(options, signals(cloud, options))) {
      assertThatThrownBy(() -> wanted.check(cloud, RandomPoints.bare(1, 30)))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("the same signals");
    }
  }
}
