package org.octolift.apps.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.octolift.apps.train.Progress.Display;
import org.octolift.apps.train.Progress.Style;

class ProgressTest {
  private static final long SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long now;

  private Progress progress(Style style, int columns) {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    return new Progress(new Display(out, () -> now, style, columns), "epoch 3", 60);
  }

  private String output() {
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  @Test
  void terminal() {
    Progress progress = progress(Style.TERMINAL, 80);
    now += 4 * SECOND;
    progress.update(6, 0.5);
    assertThat(output())
        .isEqualTo(
            "\r[###...........................] epoch 3 6/60, loss 0.5000, 1.5/s, left 0:36");
    now += SECOND / 100;
    progress.update(7, 0.4);
    assertThat(output()).doesNotContain("7/60");
    now += 8 * SECOND;
    progress.update(60, 0.25);
    assertThat(output())
        .endsWith(
            "\r[##############################] epoch 3 60/60, loss 0.2500, 5.0/s, took 0:12\n");
  }

  @Test
  void narrowTerminalsGetAShorterBarOrNone() {
    Progress progress = progress(Style.TERMINAL, 60);
    now += 4 * SECOND;
    progress.update(6, 0.5);
    assertThat(output()).isEqualTo("\r[#............] epoch 3 6/60, loss 0.5000, 1.5/s, left 0:36");
    bytes.reset();
    Progress narrow = progress(Style.TERMINAL, 30);
    now += 4 * SECOND;
    narrow.update(6, 0.5);
    assertThat(output()).isEqualTo("\repoch 3 6/60, loss 0.5000, 1.");
  }

  @Test
  void aShorterLineCoversTheLongerOne() {
    Progress progress = progress(Style.TERMINAL, 40);
    now += 200 * SECOND;
    progress.update(3, 123.5);
    String longer = output();
    now += SECOND;
    bytes.reset();
    progress.update(4, Double.NaN);
    assertThat(output().stripTrailing()).isNotEqualTo(output());
    assertThat(output()).hasSameSizeAs(longer);
  }

  @Test
  void otherOutputBeginsANewLine() {
    Progress progress = progress(Style.TERMINAL, 80);
    now += SECOND;
    progress.update(1, 1);
    progress.close();
    progress.close();
    assertThat(output()).endsWith("left 0:59\n");
  }

  @Test
  void plainLinesEveryTenSecondsAndAtTheEnd() {
    Progress progress = progress(Style.PLAIN, 80);
    for (int step = 1; step <= 60; step++) {
      now += 2 * SECOND;
      progress.update(step, 2.0);
    }
    assertThat(output().lines())
        .hasSize(12)
        .startsWith("epoch 3 5/60, loss 2.0000, 2.0 s each, left 1:50")
        .endsWith("epoch 3 60/60, loss 2.0000, 2.0 s each, took 2:00");
    assertThat(output()).doesNotContain("\r");
  }

  @Test
  void offShowsNothing() {
    Progress progress = progress(Style.OFF, 80);
    now += 100 * SECOND;
    progress.update(60, 1);
    progress.close();
    assertThat(output()).isEmpty();
    assertThat(Display.standard(false).style()).isEqualTo(Style.OFF);
  }

  @Test
  void withoutTimeOrLossThereIsOnlyTheCount() {
    progress(Style.PLAIN, 80).update(60, Double.NaN);
    assertThat(output()).isEqualTo("epoch 3 60/60\n");
  }

  @Test
  void columnsAreThoseOfTheTerminal() {
    assertThat(Display.columns(null)).isEqualTo(80);
    assertThat(Display.columns("132")).isEqualTo(132);
    assertThat(Display.columns("wide")).isEqualTo(80);
    assertThat(Display.columns("3")).isEqualTo(20);
    assertThat(Progress.duration(3725)).isEqualTo("1:02:05");
  }
}
