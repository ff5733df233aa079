package org.octolift.engine.tornado;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.InverseIndex;
import org.octolift.engine.tornado.DeviceArrays.Element;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Inverses of indices that a batch supplies, which the host finds for each batch.
final class InverseArrays {
  private final DeviceArrays all;
  private final Map<DevicePlan.Inverted, List<ResidentArray>> arrays = new HashMap<>();
  private final Map<DevicePlan.Inverted, InverseIndex> inverses = new LinkedHashMap<>();

  InverseArrays(DeviceArrays all) {
    this.all = all;
  }

  /// The inverse of an index of {@code rows}.
  ///
  /// @param used tells that the graph at hand uses an array
  InverseIndex of(
      Value index,
      Rows rows,
      Map<Rows, Integer> capacities,
      Function<ResidentArray, IntArray> used) {
    DevicePlan.Inverted key = new DevicePlan.Inverted(index, rows);
    int capacity = capacities.get(rows);
    int places = Math.multiplyExact(capacities.get(index.rows()), index.channels());
    List<ResidentArray> pair =
        arrays.computeIfAbsent(
            key,
            _ ->
                List.of(
                    all.add(Element.INT, capacity + 1, ResidentArray.Role.INPUT),
                    all.add(Element.INT, places, ResidentArray.Role.INPUT)));
    IntArray starts = used.apply(pair.getFirst());
    IntArray entries = used.apply(pair.getLast());
    return inverses.computeIfAbsent(key, _ -> new InverseIndex(capacity, starts, entries));
  }

  /// All inverses.
  Map<DevicePlan.Inverted, InverseIndex> all() {
    return inverses;
  }
}
