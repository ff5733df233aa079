package uk.ac.manchester.tornado.api;

import java.util.Arrays;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/// Fresh memory of the device, global and local. It is not zero, as on a GPU: every byte is 0x7F,
/// which is a huge `float` or `int`, and NaN as a half, so that reading what was never written
/// shows.
final class DeviceMemory {
  private static final byte FRESH = 0x7F;
  private static final short FRESH_SHORT = 0x7F7F;
  private static final int FRESH_INT = 0x7F7F7F7F;
  private static final long FRESH_LONG = 0x7F7F7F7F7F7F7F7FL;

  private DeviceMemory() {}

  /// Fresh memory for an array of the same class and size.
  static TornadoNativeArray allocateLike(TornadoNativeArray host) {
    int size = host.getSize();
    TornadoNativeArray copy =
        switch (host) {
          case ByteArray _ -> new ByteArray(size);
          case ShortArray _ -> new ShortArray(size);
          case IntArray _ -> new IntArray(size);
          case LongArray _ -> new LongArray(size);
          case HalfFloatArray _ -> new HalfFloatArray(size);
          case FloatArray _ -> new FloatArray(size);
          case DoubleArray _ -> new DoubleArray(size);
        };
    copy.getSegment().fill(FRESH);
    return copy;
  }

  static byte[] bytes(int size) {
    byte[] local = new byte[size];
    Arrays.fill(local, FRESH);
    return local;
  }

  static int[] ints(int size) {
    int[] local = new int[size];
    Arrays.fill(local, FRESH_INT);
    return local;
  }

  static long[] longs(int size) {
    long[] local = new long[size];
    Arrays.fill(local, FRESH_LONG);
    return local;
  }

  static HalfFloat[] halves(int size) {
    HalfFloat[] local = new HalfFloat[size];
    Arrays.fill(local, new HalfFloat(FRESH_SHORT));
    return local;
  }

  static float[] floats(int size) {
    float[] local = new float[size];
    Arrays.fill(local, Float.intBitsToFloat(FRESH_INT));
    return local;
  }

  static double[] doubles(int size) {
    double[] local = new double[size];
    Arrays.fill(local, Double.longBitsToDouble(FRESH_LONG));
    return local;
  }
}
