package uk.ac.manchester.tornado.api.types.collections;

import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.vectors.Float4;

/// A work-item's private memory of vectors of four numbers; not zeroed. Only for kernels.
///
/// As on TornadoVM's CUDA backend, private memory has no header: vector i begins at byte 16·i, and
/// [uk.ac.manchester.tornado.api.KernelContext#mmaStore], which skips 16 bytes of every array,
/// writes what it takes for element e to number e + 4.
public final class VectorFloat4 {
  private static final int WIDTH = 4;

  private final FloatArray storage;

  /// Room for `numElements` vectors.
  public VectorFloat4(int numElements) {
    storage = new FloatArray(WIDTH * numElements);
  }

  /// Where [uk.ac.manchester.tornado.api.KernelContext#mmaStore] may write.
  public FloatArray getArray() {
    return storage;
  }

  /// A vector.
  public Float4 get(int index) {
    return new Float4(
        number(index, 0), number(index, 1), number(index, 2), number(index, WIDTH - 1));
  }

  private float number(int index, int place) {
    return storage
        .getSegmentWithHeader()
        .getAtIndex(ValueLayout.JAVA_FLOAT, (long) WIDTH * index + place);
  }
}
