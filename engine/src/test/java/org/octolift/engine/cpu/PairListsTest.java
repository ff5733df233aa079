package org.octolift.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.octolift.kernels.cpu.PairKernels;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Lists against the table they are made of.
final class PairListsTest {
  private static final int COLUMNS = 27;
  private static final int INPUTS = 5000;

  @Test
  void listsHoldTheTable() {
    SplittableRandom random = new SplittableRandom(1);
    PairLists lists = new PairLists();
    RowSet[] sets = {new RowSet(), new RowSet()};
    try (Workers workers = new Workers(2)) {
      // The memory of longer lists is used again for shorter ones, and the other way around.
      for (int rows : new int[] {1000, 0, 1, 2500, 64, 65}) {
        for (int share : new int[] {0, 30, 100}) {
          IntArray table = new IntArray(rows * COLUMNS);
          for (int i = 0; i < table.getSize(); i++) {
            table.set(i, random.nextInt(100) < share ? random.nextInt(INPUTS) : -1);
          }
          lists.build(table, rows, COLUMNS, workers, sets);
          check(lists, table, rows);
        }
      }
    }
  }

  @Test
  void withoutTableRowsJoinThemselves() {
    PairLists lists = new PairLists();
    try (Workers workers = new Workers(1)) {
      lists.build(null, 300, 1, workers, new RowSet[] {new RowSet()});
    }
    assertThat(lists.pairs()).isEqualTo(300);
    for (int block = 0; block < lists.blocks(); block++) {
      for (int i = 0; i < lists.count(block, 0); i++) {
        int pair = lists.start(block, 0) + i;
        assertThat(lists.out()[pair]).isEqualTo(i);
        assertThat(lists.inputRows(block)[lists.in()[pair]])
            .isEqualTo(block * lists.blockRows() + i);
      }
    }
  }

  private static void check(PairLists lists, IntArray table, int rows) {
    long pairs = 0;
    for (int block = 0; block < lists.blocks(); block++) {
      int first = block * lists.blockRows();
      int end = Math.min(rows, first + lists.blockRows());
      TreeSet<Integer> inputs = new TreeSet<>();
      for (int column = 0; column < COLUMNS; column++) {
        List<List<Integer>> expected = new ArrayList<>();
        for (int row = first; row < end; row++) {
          int input = table.get(row * COLUMNS + column);
          if (input >= 0) {
            expected.add(List.of(row - first, input));
            inputs.add(input);
          }
        }
        pairs += expected.size();
        assertThat(pairsOf(lists, block, column)).isEqualTo(expected);
        checkPadding(lists, block, column);
      }
      assertThat(Arrays.copyOf(lists.inputRows(block), lists.inputCount(block)))
          .containsExactly(inputs.stream().mapToInt(i -> i).toArray());
    }
    assertThat(lists.pairs()).isEqualTo(pairs);
  }

  private static List<List<Integer>> pairsOf(PairLists lists, int block, int column) {
    List<List<Integer>> pairs = new ArrayList<>();
    for (int i = 0; i < lists.count(block, column); i++) {
      int pair = lists.start(block, column) + i;
      pairs.add(List.of(lists.out()[pair], lists.inputRows(block)[lists.in()[pair]]));
    }
    return pairs;
  }

  private static void checkPadding(PairLists lists, int block, int column) {
    int padded = lists.paddedCount(block, column);
    assertThat(padded % PairKernels.PAIR_MULTIPLE).isZero();
    assertThat(padded - lists.count(block, column)).isBetween(0, PairKernels.PAIR_MULTIPLE - 1);
    for (int i = lists.count(block, column); i < padded; i++) {
      assertThat(lists.out()[lists.start(block, column) + i]).isEqualTo(lists.blockRows());
      assertThat(lists.in()[lists.start(block, column) + i]).isZero();
    }
  }
}
