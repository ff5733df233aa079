package org.octolift.engine.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
  /// Rows of a table that lists are filled from at a time: they fit a first-level cache, and are
  /// read once for every column.
  private static final int FILLED_ROWS = 128;

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
    if (inputRows.length < blocks) {
      int old = inputRows.length;
      inputRows = Arrays.copyOf(inputRows, blocks);
      Arrays.fill(inputRows, old, blocks, new int[0]);
    }
    inputCounts = withRoom(inputCounts, blocks);
    int[][] inputs = new int[workers.threads()][blockRows * columns];
    workers.parallelByThread(
        blocks,
        1,
        (thread, from, to) -> {
          for (int block = from; block < to; block++) {
            count(table, block, inputs[thread], sets[thread]);
          }
        });
    long total = 0;
    long padded = 0;
    for (int list = 0; list < lists; list++) {
      starts[list] = Math.toIntExact(padded);
      total += counts[list];
      padded += padded(counts[list]) + 1;
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
            fill(table, block, inputs[thread], sets[thread]);
          }
        });
  }

  /// The array, or a new one with some more room than needed: batches differ a little.
  private static int[] withRoom(int[] array, int size) {
    return array.length >= size ? array : new int[size + size / 8];
  }

  private static int padded(int count) {
    return Math.ceilDiv(count, PairKernels.PAIR_MULTIPLE) * PairKernels.PAIR_MULTIPLE;
  }

  /// Copies the rows of the table of a block, one after the other; returns how many there are.
  private int read(IntArray table, int block, int[] inputs) {
    int first = block * blockRows;
    int count = Math.min(rows - first, blockRows);
    if (table == null) {
      Arrays.setAll(inputs, row -> first + row);
    } else {
      long start = (long) Integer.BYTES * first * columns;
      MemorySegment source = table.getSegment();
      MemorySegment.copy(source, ValueLayout.JAVA_INT, start, inputs, 0, count * columns);
    }
    return count;
  }

  /// Counts the pairs of a block's lists and finds its input rows.
  private void count(IntArray table, int block, int[] inputs, RowSet set) {
    int size = read(table, block, inputs) * columns;
    int[] found = new int[columns];
    int least = Integer.MAX_VALUE;
    int greatest = -1;
    for (int at = 0; at < size; at += columns) {
      for (int column = 0; column < columns; column++) {
        int input = inputs[at + column];
        found[column] += exists(input);
        least = Math.min(least, input & Integer.MAX_VALUE); // -1 becomes the greatest
        greatest = Math.max(greatest, input);
      }
    }
    System.arraycopy(found, 0, counts, block * columns, columns);
    set.add(inputs, size, least, greatest);
    inputCounts[block] = set.size();
    inputRows[block] = withRoom(inputRows[block], inputCounts[block]);
    set.drainTo(inputRows[block]);
  }

  /// 1 for a row, 0 for -1.
  private static int exists(int input) {
    return ~input >>> (Integer.SIZE - 1);
  }

  /// Writes all lists of a block. A pair that does not exist is written, too, and overwritten by
  /// the next one: lists are one longer than they seem.
  private void fill(IntArray table, int block, int[] inputs, RowSet set) {
    int size = read(table, block, inputs);
    int[] places = set.places(inputRows[block], inputCounts[block]);
    int base = block * columns;
    int[] next = Arrays.copyOfRange(starts, base, base + columns);
    for (int first = 0; first < size; first += FILLED_ROWS) {
      int end = Math.min(size, first + FILLED_ROWS);
      for (int column = 0; column < columns; column++) {
        int at = next[column];
        for (int row = first; row < end; row++) {
          int input = inputs[row * columns + column];
          out[at] = row;
          in[at] = places[input + 1];
          at += exists(input);
        }
        next[column] = at;
      }
    }
    for (int column = 0; column < columns; column++) {
      int end = starts[base + column] + paddedCount(block, column);
      Arrays.fill(out, next[column], end, blockRows);
      Arrays.fill(in, next[column], end, 0);
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
    return padded(count(block, column));
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
