package org.octolift.engine.ops;

import java.util.List;
import java.util.stream.Stream;
import org.octolift.engine.Value;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Twin;

/// The copies in 16 bits that passes over rows write for dense products: one of a value.
final class DenseTwins {
  private DenseTwins() {}

  private static Stream<Twin> possible(Value y) {
    return Stream.of(Twin.panels(y), Twin.plain(y));
  }

  /// What a pass that writes {@code y} writes beside it.
  static List<Twin> written(Value y, List<Twin> wanted) {
    return possible(y).filter(wanted::contains).limit(1).toList();
  }

  /// The copy of {@code y} to be written, or null.
  static Twin of(Lowering tasks, Value y) {
    return possible(y).filter(tasks.twins(y)::contains).findFirst().orElse(null);
  }

  /// Whether kernels are to write [org.octolift.kernels.gpu.PlainRows], as a number.
  static int plain(Twin twin) {
    return twin != null && twin.layout() == Twin.Layout.PLAIN ? 1 : 0;
  }
}
