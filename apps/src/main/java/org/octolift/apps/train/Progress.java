package org.octolift.apps.train;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Shows how far a loop is: one line that is written over again on a terminal, now and then a plain
/// line elsewhere, nothing when switched off. Not safe for several threads.
public final class Progress implements AutoCloseable {
  /// Where and how progress is shown.
  ///
  /// @param out where to
  /// @param nanos the clock
  /// @param style how
  /// @param columns width of the terminal
  public record Display(PrintStream out, LongSupplier nanos, Style style, int columns) {
    private static final int DEFAULT_COLUMNS = 80;

    /// The standard output: a line written over on a terminal as wide as `COLUMNS` says, plain
    /// lines otherwise.
    public static Display standard(boolean enabled) {
      boolean terminal =
          Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
      Style style = !enabled ? Style.OFF : terminal ? Style.TERMINAL : Style.PLAIN;
      return new Display(System.out, System::nanoTime, style, columns(System.getenv("COLUMNS")));
    }

    static int columns(String variable) {
      try {
        return variable == null ? DEFAULT_COLUMNS : Math.clamp(Integer.parseInt(variable), 20, 500);
      } catch (NumberFormatException e) {
        return DEFAULT_COLUMNS;
      }
    }
  }

  /// Ways to show progress.
  public enum Style {
    /// One line, written over.
    TERMINAL,
    /// Lines.
    PLAIN,
    /// Not at all.
    OFF
  }

  private static final long TERMINAL_NANOS = 100_000_000L;
  private static final long PLAIN_NANOS = 10_000_000_000L;
  private static final int WIDEST_BAR = 30;

  private final Display display;
  private final String label;
  private final long total;
  private final long started;
  private long shown;
  private int lineLength;

  /// Begins a loop of {@code total} steps.
  ///
  /// @param label what the steps are: `epoch 3`
  public Progress(Display display, String label, long total) {
    this.display = display;
    this.label = label;
    this.total = total;
    this.started = display.nanos().getAsLong();
    this.shown = started;
  }

  /// Tells that {@code done} steps are behind, the last with the loss {@code loss} (NaN: there is
  /// none). The last step is always shown, others at most ten times a second, or every ten seconds
  /// without a terminal.
  public void update(long done, double loss) {
    if (display.style() == Style.OFF) {
      return;
    }
    long now = display.nanos().getAsLong();
    boolean terminal = display.style() == Style.TERMINAL;
    if (done < total && now - shown < (terminal ? TERMINAL_NANOS : PLAIN_NANOS)) {
      return;
    }
    shown = now;
    if (terminal) {
      overwrite(line(done, loss, now));
    } else {
      display.out().println(text(done, loss, now));
    }
    if (done >= total) {
      close();
    }
  }

  /// Ends the line on a terminal, so that other output begins a new one.
  @Override
  public void close() {
    if (lineLength > 0) {
      display.out().println();
      display.out().flush();
      lineLength = 0;
    }
  }

  private void overwrite(String line) {
    String padding = " ".repeat(Math.max(0, lineLength - line.length()));
    display.out().print("\r" + line + padding);
    display.out().flush();
    lineLength = line.length();
  }

  /// The text with a bar that fills what is left of the line; the last column stays free, for some
  /// terminals wrap after it.
  private String line(long done, double loss, long now) {
    String text = text(done, loss, now);
    int room = display.columns() - 1;
    int bar = Math.min(WIDEST_BAR, room - text.length() - 3);
    if (bar >= 5) {
      int filled = (int) (bar * Math.min(done, total) / Math.max(1, total));
      text = "[" + "#".repeat(filled) + ".".repeat(bar - filled) + "] " + text;
    }
    return text.length() > room ? text.substring(0, room) : text;
  }

  private String text(long done, double loss, long now) {
    StringBuilder text = new StringBuilder("%s %d/%d".formatted(label, done, total));
    if (!Double.isNaN(loss)) {
      text.append(String.format(Locale.ROOT, ", loss %.4f", loss));
    }
    double seconds = (now - started) * 1e-9;
    if (done > 0 && seconds > 0) {
      double rate = done / seconds;
      text.append(
          rate >= 1
              ? String.format(Locale.ROOT, ", %.1f/s", rate)
              : String.format(Locale.ROOT, ", %.1f s each", 1 / rate));
      text.append(done < total ? ", left " : ", took ");
      text.append(duration(done < total ? (total - done) / rate : seconds));
    }
    return text.toString();
  }

  /// `m:ss` or `h:mm:ss`.
  static String duration(double seconds) {
    long s = Math.round(seconds);
    return s < 3600
        ? "%d:%02d".formatted(s / 60, s % 60)
        : "%d:%02d:%02d".formatted(s / 3600, s / 60 % 60, s % 60);
  }
}
