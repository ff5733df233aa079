package org.octolift.kernels;

/// Arithmetic of octree keys (O-CNN, 64-bit form). A shuffled key interleaves the bits of the
/// integer coordinates, x most significant: bit i of x, y, z is bit 3i+2, 3i+1, 3i of the key, so
/// the low three bits number a node among its eight siblings. Bits 48..63 hold the number of the
/// tree in the batch, in the packed form `x | y << 16 | z << 32` too.
public final class OctreeKeys {
  /// Position of the batch field.
  public static final int BATCH_SHIFT = 48;

  /// The coordinate bits of a key.
  public static final long POSITION_MASK = (1L << BATCH_SHIFT) - 1;

  private static final long FIELD = 0xFFFF;

  private OctreeKeys() {}

  /// A point coordinate in -1..1 in units of the finest voxels: `(p + 1) · 2^depth / 2` in float.
  public static float scaled(float coordinate, int depth) {
    return (coordinate - -1f) * ((1 << depth) / 2f);
  }

  /// The shuffled key of a point in tree 0. A coordinate that rounds up to `2^depth` (closer to 1
  /// than a float resolves) wraps to 0, as in the original.
  public static long ofPoint(float x, float y, float z, int depth) {
    int mask = (1 << depth) - 1;
    return encode(
        (int) scaled(x, depth) & mask,
        (int) scaled(y, depth) & mask,
        (int) scaled(z, depth) & mask);
  }

  /// The shuffled key of integer coordinates; only their low 16 bits count.
  public static long encode(int x, int y, int z) {
    return spread(x) << 2 | spread(y) << 1 | spread(z);
  }

  /// The x coordinate of a shuffled key.
  public static int x(long key) {
    return compact(key >>> 2);
  }

  /// The y coordinate of a shuffled key.
  public static int y(long key) {
    return compact(key >>> 1);
  }

  /// The z coordinate of a shuffled key.
  public static int z(long key) {
    return compact(key);
  }

  /// The number of the tree in the batch.
  public static int batch(long key) {
    return (int) (key >>> BATCH_SHIFT);
  }

  /// The key with tree number {@code batch} added to its own.
  public static long addBatch(long key, int batch) {
    return key + ((long) batch << BATCH_SHIFT);
  }

  /// The key of sibling {@code sibling} of 0..7 among the children of the node with {@code key}.
  public static long child(long key, int sibling) {
    return (key & ~POSITION_MASK) | (key & POSITION_MASK) << 3 | sibling;
  }

  /// The key of the parent, in the same tree.
  public static long parent(long key) {
    return (key & ~POSITION_MASK) | (key & POSITION_MASK) >>> 3;
  }

  /// The packed form of a shuffled key.
  public static long toPacked(long key) {
    return (key & ~POSITION_MASK) | x(key) | (long) y(key) << 16 | (long) z(key) << 32;
  }

  /// The shuffled form of a packed key; of each coordinate only the low {@code depth} bits count.
  public static long fromPacked(long packed, int depth) {
    long mask = (1L << depth) - 1;
    return (packed & ~POSITION_MASK)
        | encode((int) (packed & mask), (int) (packed >>> 16 & mask), (int) (packed >>> 32 & mask));
  }

  /// Puts bit i of the low 16 bits at bit 3i.
  private static long spread(int value) {
    long v = value & FIELD;
    v = (v | v << 16) & 0x0000FF0000FFL;
    v = (v | v << 8) & 0x00F00F00F00FL;
    v = (v | v << 4) & 0x0C30C30C30C3L;
    return (v | v << 2) & 0x249249249249L;
  }

  /// Collects bits 0, 3, ..., 45: the inverse of [#spread].
  private static int compact(long value) {
    long v = value & 0x249249249249L;
    v = (v | v >>> 2) & 0x0C30C30C30C3L;
    v = (v | v >>> 4) & 0x00F00F00F00FL;
    v = (v | v >>> 8) & 0x0000FF0000FFL;
    return (int) ((v | v >>> 16) & FIELD);
  }
}
