package org.octolift.engine.cpu;

import java.util.Arrays;
import org.octolift.kernels.cpu.PairKernels;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// A relation's table turned into lists: for each block of consecutive output rows and each
/// column, the pairs (output row within the block, input row) that exist. As indoor scans have
/// only 15 to 50 % of all neighbours, a convolution that walks these lists does that share of the
/// work. Morton order keeps a block's input rows close together, so they stay in the cache for
/// all columns.
///
/// A block's input rows are those its pairs name, each once: products copy them to the heap and
/// work on the copies, and pairs name rows by their place in it.
///
/// Lists are padded to a multiple of [PairKernels#PAIR_MULTIPLE] with pairs that add input row 0
/// of the block to an extra output row {@code blockRows}. Within a list output rows ascend. Block
/// bounds depend on the number of rows alone.
public final class PairLists {
  private int rows;
  private int columns;
  private int blockRows;
  private int[] starts = new int[0];
  private int[] counts = new int[0];
  private int[] out = new int[0];
  private int[] in = new int[0];
  private int[][] inputRows = new int[0][0];
  private int[] inputCounts = new int[0];
  private long pairs;

  PairLists() {}

  /// Large blocks make long lists, for which weights are read once; up to 1024 rows of 96 channels
  /// still fit a second-level cache. Eight blocks and more can be dealt to a few threads; for more
  /// threads products split their columns too. Without neighbours (a single column) a list is as
  /// long as its block, and a small block stays in the cache between the copy and the product.
  private static int blockRowsFor(int rows, int columns) {
    int target = Math.max(1, rows / 8);
    return Math.clamp(Integer.highestOneBit(target), 64, columns == 1 ? 256 : 1024);
  }

  /// Becomes the lists of a table of (rows, columns); its memory is used again.
  ///
  /// @param table null for one column that joins row i to row i
  void build(IntArray table, int newRows, int newColumns, Workers workers, RowSet[] sets) {
    rows = newRows;
    columns = newColumns;
    blockRows = blockRowsFor(newRows, newColumns);
    build(table, workers, sets);
  }

  private void build(IntArray table, Workers workers, RowSet[] sets) {
    int blocks = blocks();
    int lists = blocks * columns;
    starts = withRoom(starts, lists + 1);
    counts = withRoom(counts, lists);
    Arrays.fill(counts, 0, lists, 0);
    if (inputRows.length < blocks) {
      int old = inputRows.length;
      inputRows = Arrays.copyOf(inputRows, blocks);
      Arrays.fill(inputRows, old, blocks, new int[0]);
    }
    inputCounts = withRoom(inputCounts, blocks);
    workers.parallelByThread(
        blocks,
        1,
        (thread, from, to) -> {
          for (int block = from; block < to; block++) {
            count(table, block, sets[thread]);
          }
        });
    long total = 0;
    long padded = 0;
    for (int list = 0; list < lists; list++) {
      starts[list] = Math.toIntExact(padded);
      total += counts[list];
      padded +=
          Math.ceilDiv(counts[list], PairKernels.PAIR_MULTIPLE) * (long) PairKernels.PAIR_MULTIPLE;
    }
    starts[lists] = Math.toIntExact(padded);
    pairs = total;
    out = withRoom(out, starts[lists]);
    in = withRoom(in, starts[lists]);
    workers.parallelByThread(
        blocks,
        1,
        (thread, from, to) -> {
          for (int block = from; block < to; block++) {
            fill(table, block, sets[thread].places(inputRows[block], inputCounts[block]));
          }
        });
  }

  /// The array, or a new one with some more room than needed: batches differ a little.
  private static int[] withRoom(int[] array, int size) {
    return array.length >= size ? array : new int[size + size / 8];
  }

  /// Counts the pairs of a block's lists and finds its input rows.
  private void count(IntArray table, int block, RowSet inputs) {
    int base = block * columns;
    int end = Math.min(rows, (block + 1) * blockRows);
    inputs.clear();
    for (int row = block * blockRows; row < end; row++) {
      for (int column = 0; column < columns; column++) {
        int input = table == null ? row : table.get(row * columns + column);
        if (input >= 0) {
          counts[base + column]++;
          inputs.add(input);
        }
      }
    }
    inputCounts[block] = inputs.size();
    inputRows[block] = withRoom(inputRows[block], inputs.size());
    inputs.sorted(inputRows[block]);
  }

  private void fill(IntArray table, int block, int[] places) {
    int base = block * columns;
    int[] next = new int[columns];
    System.arraycopy(starts, base, next, 0, columns);
    int first = block * blockRows;
    int end = Math.min(rows, first + blockRows);
    for (int row = first; row < end; row++) {
      for (int column = 0; column < columns; column++) {
        int input = table == null ? row : table.get(row * columns + column);
        if (input >= 0) {
          int at = next[column]++;
          out[at] = row - first;
          in[at] = places[input];
        }
      }
    }
    for (int column = 0; column < columns; column++) {
      for (int at = next[column]; at < starts[base + column + 1]; at++) {
        out[at] = blockRows;
        in[at] = 0;
      }
    }
  }

  /// Number of output rows.
  public int rows() {
    return rows;
  }

  /// Number of blocks.
  public int blocks() {
    return Math.ceilDiv(rows, blockRows);
  }

  /// Rows of every block but perhaps the last.
  public int blockRows() {
    return blockRows;
  }

  /// First pair of a list.
  public int start(int block, int column) {
    return starts[block * columns + column];
  }

  /// Number of pairs of a list, without padding.
  public int count(int block, int column) {
    return counts[block * columns + column];
  }

  /// Number of pairs of a list, padding included.
  public int paddedCount(int block, int column) {
    int list = block * columns + column;
    return starts[list + 1] - starts[list];
  }

  /// Output row of each pair, within its block; {@code blockRows()} for padding. Not to be
  /// modified.
  public int[] out() {
    return out;
  }

  /// Input row of each pair, as an index of its block's [#inputRows(int)]. Not to be modified.
  public int[] in() {
    return in;
  }

  /// The distinct input rows of a block, ascending; [#inputCount(int)] of them. Not to be modified.
  public int[] inputRows(int block) {
    return inputRows[block];
  }

  /// Number of distinct input rows of a block.
  public int inputCount(int block) {
    return inputCounts[block];
  }

  /// Number of pairs in all lists, without padding: the neighbours that exist.
  public long pairs() {
    return pairs;
  }
}
