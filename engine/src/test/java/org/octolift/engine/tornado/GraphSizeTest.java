package org.octolift.engine.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/// What has room in a graph.
final class GraphSizeTest {
  private static final int ROOMY = 1 << 20;
  private static final Object[] NONE = {};

  private static GraphSize size(int tasks, Object... arguments) {
    GraphSize size = new GraphSize(ROOMY);
    for (int i = 0; i < tasks; i++) {
      size.addTask(arguments, Set.of());
    }
    return size;
  }

  @Test
  void aGraphHasAtMost256Tasks() {
    assertThat(size(256, NONE).fits()).isTrue();
    assertThat(size(257, NONE).fits()).isFalse();
  }

  /// A task takes 15 bytes and 5 for each argument, of 8192.
  @Test
  void tasksAndTheirArgumentsAreWritten() {
    assertThat(size(163, 1, 1, 1, 1, 1, 1, 1).fits()).isTrue();
    assertThat(size(164, 1, 1, 1, 1, 1, 1, 1).fits()).isFalse();
  }

  /// Three nodes for an object, two for a task, one for a number, for what is written, for the
  /// context: 1024.
  @Test
  void everyObjectNeedsNodes() {
    GraphSize size = size(1, 7, 8L);
    for (int i = 0; i < 339; i++) {
      size.addObject(new Object());
    }
    assertThat(size.fits()).as("1 + 2 + 2 + 1017").isTrue();
    Object array = new Object();
    GraphSize more = new GraphSize(ROOMY);
    more.addObject(array);
    more.add(size);
    assertThat(more.fits()).as("1025").isFalse();
  }

  @Test
  void whatIsWrittenCountsEachTime() {
    Object array = new Object();
    GraphSize size = new GraphSize(ROOMY);
    Object[] arguments = {array, array, array, 1};
    for (int i = 0; i < 203; i++) {
      size.addTask(arguments, Set.of(array));
    }
    assertThat(size.fits()).as("1 + 1 + 3 + 203 * 5 nodes").isTrue();
    size.addTask(arguments, Set.of(array));
    assertThat(size.fits()).isFalse();
  }

  @Test
  void theBufferForWhatIsInterpretedIsASetting() {
    GraphSize size = new GraphSize(4096);
    size.add(size(90, 1));
    assertThat(size.fits()).as("64 + 90 * (33 + 10)").isTrue();
    size.add(size(4, 1));
    assertThat(size.fits()).isFalse();
  }

  /// Objects that two have in common are counted once.
  @Test
  void sizesAreAddedUp() {
    Object array = new Object();
    GraphSize sum = new GraphSize(ROOMY);
    for (int i = 0; i < 250; i++) {
      sum.add(size(1, array));
    }
    assertThat(sum.fits()).isTrue();
  }
}
