package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

class TileListsTest {
  private static void check(TestRelation relation, boolean ordered) {
    for (int tile = 0; tile < relation.tiles(); tile++) {
      List<Integer> expected = new ArrayList<>();
      for (int k = 0; k < relation.offsets(); k++) {
        int end = Math.min(relation.rows(), (tile + 1) * TileLists.ROWS);
        for (int place = tile * TileLists.ROWS; place < end; place++) {
          int row = ordered ? relation.order().get(place) : place;
          if (relation.source(row, k) >= 0) {
            expected.add(k);
            break;
          }
        }
      }
      List<Integer> actual = new ArrayList<>();
      for (int i = 0; i < relation.lists().get(TileLists.PITCH * tile); i++) {
        actual.add(relation.lists().get(TileLists.PITCH * tile + 1 + i));
      }
      assertThat(actual).as("tile %d", tile).isEqualTo(expected);
    }
  }

  @Test
  void listTheOffsetsThatSomeRowOfATileHas() {
    check(TestRelation.of(300, 27, 27, false), false);
    check(TestRelation.of(130, 9, 27, true), true);
    check(TestRelation.of(128, 8, 8, false), false);
    check(TestRelation.of(0, 3, 27, false), false);
  }

  @Test
  void listTheBlocksThatHaveAColumn() {
    for (boolean ordered : new boolean[] {false, true}) {
      for (int rows : new int[] {0, 1, 16, 300, 40_000}) {
        TestRelation relation = TestRelation.of(rows, 27, 27, ordered);
        for (int column = 0; column < 27; column++) {
          int list = column * relation.pitch();
          List<Integer> actual =
              IntStream.rangeClosed(list + 1, list + relation.blocks().get(list))
                  .mapToObj(relation.blocks()::get)
                  .toList();
          int c = column;
          List<Integer> expected =
              IntStream.range(0, rows)
                  .filter(
                      place -> {
                        int row = ordered ? relation.order().get(place) : place;
                        return relation.table().get(27 * row + c) >= 0;
                      })
                  .map(place -> place / TileLists.BLOCK)
                  .distinct()
                  .boxed()
                  .toList();
          assertThat(actual).isEqualTo(expected);
          int blocks = HalfOperands.blocks(rows + TestRelation.SPARE);
          int window = TileLists.windowBlocks(blocks);
          for (int w = 0; w <= TileLists.WINDOWS; w++) {
            int firstOf = w * window;
            int actualBefore = relation.blocks().get(list + 1 + blocks + w);
            assertThat(actualBefore)
                .isEqualTo((int) expected.stream().filter(b -> b < firstOf).count());
          }
        }
      }
    }
  }

  @Test
  void rowsAreSortedByTheirColumnsAndKeepTheOrderOfEquals() {
    IntArray significance = IntArray.fromArray(TileLists.significance());
    int columns = significance.getSize();
    for (int rows : new int[] {0, 1, 300, TileLists.WINDOW}) {
      TestRelation relation = TestRelation.of(rows, 27, 27, false);
      IntArray order = new IntArray(rows + 1);
      order.init(-5);
      Device.run(
          Device.groups(TileLists.SORTERS, 1),
          graph ->
              graph.task(
                  "t",
                  TileLists::sort,
                  new KernelContext(),
                  order,
                  relation.masks(),
                  significance,
                  relation.counts(),
                  1,
                  columns),
          order,
          relation.masks(),
          significance,
          relation.counts());
      assertThat(IntStream.range(0, rows).mapToObj(order::get).toList())
          .isEqualTo(sorted(relation, 0));
      assertThat(order.get(rows)).isEqualTo(-5);
      int capacity = relation.masks().getSize();
      LongArray keys = new LongArray(capacity);
      IntArray numbers = new IntArray(capacity);
      TileLists.keys(
          keys,
          numbers,
          relation.masks(),
          significance,
          IntArray.fromElements(1, 27, capacity),
          columns);
      RadixSortTest.sort(keys, numbers, rows, TileLists.KEY_BITS);
      assertThat(IntStream.range(0, rows).mapToObj(numbers::get).toList())
          .isEqualTo(sorted(relation, 2));
    }
  }

  /// The middle column, which every row has, says nothing; corners say most.
  @Test
  void significanceNamesEveryColumnButTheMiddleOne() {
    assertThat(TileLists.significance()).doesNotContain(13).doesNotHaveDuplicates().hasSize(26);
    assertThat(TileLists.significance()).endsWith(0, 2, 6, 8, 18, 20, 24, 26);
  }

  private static List<Integer> sorted(TestRelation relation, int lost) {
    return IntStream.range(0, relation.rows())
        .boxed()
        .sorted(Comparator.comparingLong(row -> rank(relation, row) >> lost))
        .toList();
  }

  /// The rank of a row's set of columns in the Gray code.
  private static long rank(TestRelation relation, int row) {
    int[] significance = TileLists.significance();
    long mask = 0;
    for (int c = 0; c < significance.length; c++) {
      mask |= relation.table().get(27 * row + significance[c]) >= 0 ? 1L << c : 0;
    }
    long rank = 0;
    for (long rest = mask; rest != 0; rest >>= 1) {
      rank ^= rest;
    }
    return rank;
  }
}
