package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

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
  void orderKeysHoldWindowAndOffsets() {
    TestRelation relation = TestRelation.of(300, 9, 27, false);
    LongArray keys = new LongArray(305);
    IntArray rows = new IntArray(305);
    rows.init(-5);
    Device.run(
        Device.groups(64, 5),
        graph ->
            graph.task(
                "t",
                TileLists::orderKeys,
                new KernelContext(),
                keys,
                rows,
                relation.table(),
                relation.columns(),
                relation.counts(),
                1,
                9,
                27,
                7),
        keys,
        rows,
        relation.table(),
        relation.columns(),
        relation.counts());
    for (int row = 0; row < 305; row++) {
      long mask = 0;
      for (int k = 0; k < 9 && row < 300; k++) {
        mask |= relation.source(row, k) >= 0 ? 1L << k : 0;
      }
      long rank = 0;
      for (long rest = mask; rest != 0; rest >>= 1) {
        rank ^= rest;
      }
      assertThat(keys.get(row)).isEqualTo(row < 300 ? ((long) (row / 128) << 27) + rank : 0);
      assertThat(rows.get(row)).isEqualTo(row < 300 ? row : -5);
    }
  }
}
