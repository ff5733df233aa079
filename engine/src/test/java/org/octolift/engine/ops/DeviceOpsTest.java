package org.octolift.engine.ops;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.TornadoDevice;

/// Every op that has tasks, on TornadoVM's device where there is one and else on `tornado-jvm`,
/// against its definition in double precision.
@Tag("device")
class DeviceOpsTest {
  /// Rows and channels; on a device each pair means new kernels to compile.
  private static final int[][] SIZES = {{0, 3}, {1, 32}, {63, 1}, {65, 3}, {257, 32}};

  private static final TornadoDevice LOOPS = TornadoDevice.openForTests(false);
  private static final TornadoDevice GROUPS = TornadoDevice.openForTests(true);

  /// Ops that have kernels for groups of work-items too.
  private static final Set<Class<?>> BY_GROUPS =
      Set.of(
          ColumnSum.class,
          BatchNormStatistics.class,
          BatchNormGradientSums.class,
          MatrixProduct.class,
          ImageConvolution.class,
          LayerNorm.class,
          GroupNorm.class);

  @AfterAll
  static void close() {
    LOOPS.close();
    GROUPS.close();
  }

  static List<OpCase> cases() {
    return OpsTest.cases().stream().filter(c -> DeviceOp.class.isAssignableFrom(c.op())).toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsItsReference(OpCase op) {
    for (int[] size : SIZES) {
      op.at(size[0], size[1]).run(LOOPS);
      if (BY_GROUPS.contains(op.op())) {
        op.at(size[0], size[1]).run(GROUPS);
      }
    }
  }
}
