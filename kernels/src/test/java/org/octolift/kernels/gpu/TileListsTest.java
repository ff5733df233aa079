package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class TileListsTest {
  private static void check(TestRelation relation, boolean ordered) {
    for (int tile = 0; tile < relation.tiles(); tile++) {
      List<Integer> expected = new ArrayList<>();
      int mask = 0;
      for (int k = 0; k < relation.offsets(); k++) {
        int end = Math.min(relation.rows(), (tile + 1) * TileLists.ROWS);
        for (int place = tile * TileLists.ROWS; place < end; place++) {
          int row = ordered ? relation.order().get(place) : place;
          if (relation.source(row, k) >= 0) {
            expected.add(k);
            mask |= 1 << k;
            break;
          }
        }
      }
      List<Integer> actual = new ArrayList<>();
      for (int i = 0; i < relation.lists().get(TileLists.PITCH * tile); i++) {
        actual.add(relation.lists().get(TileLists.PITCH * tile + 1 + i));
      }
      assertThat(actual).as("tile %d", tile).isEqualTo(expected);
      assertThat(relation.masks().get(tile)).isEqualTo(mask);
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
  void windowsAreSortedByOffsetsAndKeepTheOrderOfEquals() {
    for (int rows : new int[] {0, 1, 300, TileLists.WINDOW + 904}) {
      TestRelation relation = TestRelation.of(rows, 9, 27, false);
      IntArray order = new IntArray(2 * TileLists.WINDOW);
      order.init(-5);
      Device.run(
          Device.groups(TileLists.SORTERS, 2),
          graph ->
              graph.task(
                  "t",
                  TileLists::sortWindows,
                  new KernelContext(),
                  order,
                  relation.table(),
                  relation.columns(),
                  relation.counts(),
                  1,
                  9,
                  27),
          order,
          relation.table(),
          relation.columns(),
          relation.counts());
      List<Integer> expected =
          IntStream.range(0, rows)
              .boxed()
              .sorted(
                  Comparator.comparingInt((Integer row) -> row / TileLists.WINDOW)
                      .thenComparingLong(row -> rank(relation, row)))
              .toList();
      List<Integer> actual = IntStream.range(0, rows).mapToObj(order::get).toList();
      assertThat(actual).isEqualTo(expected);
      assertThat(order.get(rows)).isEqualTo(-5);
    }
  }

  /// The rank of a row's set of offsets in the Gray code.
  private static long rank(TestRelation relation, int row) {
    long mask = 0;
    for (int k = 0; k < relation.offsets(); k++) {
      mask |= relation.source(row, k) >= 0 ? 1L << k : 0;
    }
    long rank = 0;
    for (long rest = mask; rest != 0; rest >>= 1) {
      rank ^= rest;
    }
    return rank;
  }
}
