package org.octolift.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.octolift.engine.Rows;

class CapacityTest {
  @Property
  void aBucketHoldsItsCountAndAtMostAnEighthMore(@ForAll @IntRange(max = 1_000_000_000) int count) {
    int bucket = Capacity.bucket(count);
    assertThat(bucket).isGreaterThanOrEqualTo(Math.max(64, count));
    assertThat((double) bucket).isLessThanOrEqualTo(Math.max(64, 1.125 * count));
    assertThat(Capacity.bucket(bucket)).isEqualTo(bucket);
  }

  @Property
  void bucketsAreMonotonic(@ForAll @IntRange(max = 1_000_000) int count) {
    assertThat(Capacity.bucket(count + 1)).isGreaterThanOrEqualTo(Capacity.bucket(count));
  }

  @Test
  void capacitiesGrowAndNeverShrink() {
    Rows nodes = Rows.nodes(5);
    Rows fixed = Rows.fixed(3);
    Map<Rows, Integer> first = Capacity.grown(Map.of(), Map.of(nodes, 1000, fixed, 3));
    assertThat(first).containsEntry(fixed, 3).containsEntry(nodes, Capacity.bucket(1000));
    assertThat(Capacity.fits(first, Map.of(nodes, 900))).isTrue();
    assertThat(Capacity.fits(first, Map.of(nodes, 2000))).isFalse();
    assertThat(Capacity.fits(first, Map.of(Rows.points(), 1))).isFalse();
    Map<Rows, Integer> second = Capacity.grown(first, Map.of(nodes, 10, Rows.points(), 70));
    assertThat(second)
        .containsEntry(nodes, first.get(nodes))
        .containsEntry(Rows.points(), Capacity.bucket(70));
  }

  @Test
  void outgrownCapacitiesLeaveRoomForMore() {
    Rows nodes = Rows.nodes(5);
    Rows fixed = Rows.fixed(3);
    Map<Rows, Integer> first =
        Capacity.grown(Map.of(), Map.of(nodes, 1000, Rows.points(), 900, fixed, 3), 1.5);
    assertThat(first).containsEntry(nodes, Capacity.bucket(1000));
    assertThat(Capacity.grown(first, Map.of(nodes, 900, Rows.points(), 900, fixed, 3), 1.5))
        .isEqualTo(first);
    assertThat(Capacity.grown(first, Map.of(nodes, 1100, Rows.points(), 100, fixed, 3), 1.5))
        .containsEntry(nodes, Capacity.bucket(1650))
        .containsEntry(Rows.points(), first.get(Rows.points()))
        .containsEntry(fixed, 3);
  }
}
