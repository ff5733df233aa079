package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Where [HalfWeightGradient] finds its rows: the steps from a place in an offset's list of blocks
/// to a row of x, and which of a stage's rows a warp copies. Each step is one load, which the
/// kernel issues a stage before the next.
final class BlockLookups {
  private BlockLookups() {}

  /// Blocks of rows that have an offset.
  static int entries(IntArray blocks, IntArray columns, int k, int rows, int width, int pitch) {
    return width > 0
        ? blocks.get(columns.get(k) * pitch)
        : (rows + TileLists.BLOCK - 1) / TileLists.BLOCK;
  }

  /// Chunks of an offset that begin before a window.
  static int chunksBefore(
      IntArray blocks,
      IntArray columns,
      int k,
      int window,
      int listed,
      int width,
      int pitch,
      int step) {
    int before = window > 0 ? listed : 0;
    if (width > 0) {
      before = blocks.get(columns.get(k) * pitch + pitch - 1 - TileLists.WINDOWS + window);
    }
    return (before + step - 1) / step;
  }

  /// The block of an entry, -1 behind the last.
  static int blockAt(IntArray blocks, int entry, int limit, int list, int width) {
    int block = -1;
    if (entry < limit) {
      block = width > 0 ? blocks.get(list + entry) : entry;
    }
    return block;
  }

  /// The row at a place of a block, -1 if there is none.
  static int rowAt(IntArray order, int block, int inBlock, int rows, int ordered) {
    int place = TileLists.BLOCK * block + inBlock;
    int row = -1;
    if (block > -1 && place < rows) {
      row = ordered == 1 ? order.get(place) : place;
    }
    return row;
  }

  /// The row of x that a row takes, negative if there is none. Nothing here needs the number that
  /// is read: it has a stage's time to come.
  static int sourceOf(IntArray table, int row, int width, int tableColumn) {
    int source = row;
    if (width > 0 && row > -1) {
      source = table.get(row * width + tableColumn);
    }
    return source;
  }

  static int present(int source, int zeroRow) {
    return source < 0 ? zeroRow : source;
  }

  /// Which 32 channels of x a warp's copy i is of, and which four rows of a stage ([#quadOfCopy]).
  /// All but the warp are literals; where the warps can be dealt evenly, the copies of a warp are
  /// of the same channels. Behind the last copy the first again.
  static int unitOfCopy(int warp, int warps, int units, int quads, int i) {
    int unit = warp % units;
    if (warps % units > 0) {
      int copy = warp + i * warps;
      unit = copy < units * quads ? copy % units : unit;
    }
    return unit;
  }

  static int quadOfCopy(int warp, int warps, int units, int quads, int i) {
    int quad = warp / units;
    if (warps % units > 0) {
      int copy = warp + i * warps;
      quad = copy < units * quads ? copy / units : quad;
    } else if ((i + 1) * (warps / units) > quads) {
      int later = quad + i * (warps / units);
      quad = later < quads ? later : quad;
    } else {
      quad += i * (warps / units);
    }
    return quad;
  }
}
