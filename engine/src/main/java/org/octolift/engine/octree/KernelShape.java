package org.octolift.engine.octree;

/// The shapes of octree kernels. Offsets are numbered as in the 3×3×3 kernel, `k = 9x + 3y + z`
/// with x, y, z in 0..2 meaning -1..+1; every other shape is a subset of those 27 (O-CNN, `ni`
/// tables).
public enum KernelShape {
  /// All 27 offsets.
  K333(3, 3, 3),
  /// The node itself.
  K111(1, 1, 1),
  /// Offsets 0 and +1 on each axis: with stride 2 exactly the eight siblings.
  K222(2, 2, 2),
  /// Three along x.
  K311(3, 1, 1),
  /// Three along y.
  K131(1, 3, 1),
  /// Three along z.
  K113(1, 1, 3),
  /// 3×3 in x and y.
  K331(3, 3, 1),
  /// 3×3 in x and z.
  K313(3, 1, 3),
  /// 3×3 in y and z.
  K133(1, 3, 3);

  private final int[] offsets;

  KernelShape(int sizeX, int sizeY, int sizeZ) {
    int[] list = new int[sizeX * sizeY * sizeZ];
    int n = 0;
    for (int x = 0; x < sizeX; x++) {
      for (int y = 0; y < sizeY; y++) {
        for (int z = 0; z < sizeZ; z++) {
          list[n++] = 9 * (x + start(sizeX)) + 3 * (y + start(sizeY)) + (z + start(sizeZ));
        }
      }
    }
    this.offsets = list;
  }

  /// A size of 3 starts at -1; sizes 1 and 2 start at 0, which has number 1.
  private static int start(int size) {
    return size == 3 ? 0 : 1;
  }

  /// Number of offsets K.
  public int size() {
    return offsets.length;
  }

  /// Number in 0..26 of offset {@code k} of this shape.
  public int offset(int k) {
    return offsets[k];
  }
}
