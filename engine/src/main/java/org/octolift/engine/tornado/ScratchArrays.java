package org.octolift.engine.tornado;

import java.util.HashMap;
import java.util.Map;
import org.octolift.engine.tornado.DeviceArrays.Element;

/// Memory that ops use one after the other: one array for all sizes, as large as the largest, if
/// that is known.
final class ScratchArrays {
  /// What ops ask for.
  record Key(Element element, int slot) {}

  private final DeviceArrays all;
  private final Map<Key, Integer> sizes;
  private final Map<Key, ResidentArray> arrays = new HashMap<>();

  /// @param sizes elements that are known to be needed
  ScratchArrays(DeviceArrays all, Map<Key, Integer> sizes) {
    this.all = all;
    this.sizes = new HashMap<>(sizes);
  }

  /// An array of at least {@code size} elements.
  ResidentArray array(Element element, int slot, int size) {
    Key key = new Key(element, slot);
    int length = sizes.merge(key, size, Math::max);
    ResidentArray array = arrays.get(key);
    if (array == null || array.host().getSize() < length) {
      array = all.add(element, length, ResidentArray.Role.SCRATCH);
      arrays.put(key, array);
    }
    return array;
  }

  /// The most elements that were asked for.
  Map<Key, Integer> sizes() {
    return sizes;
  }

  /// Has the next ops use other arrays.
  void clear() {
    arrays.clear();
  }
}
