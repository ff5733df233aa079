package org.octolift.apps.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Draws curves as inline SVG: round ticks, thinned series with the range of what was thinned,
/// values on hover. Colours come from the page's style sheet.
final class SvgChart {
  private static final double WIDTH = 380;
  private static final double HEIGHT = 226;
  private static final double LEFT = 46;
  private static final double RIGHT = 372;
  private static final double TOP = 12;
  private static final double BOTTOM = 180;
  private static final int MOST_POINTS = 200;
  private static final int MOST_HITS = 80;

  /// A thinned curve: means, least and greatest values of runs of points.
  private record Curve(String name, double[] x, double[] y, double[] low, double[] high) {}

  private final Report.Chart chart;
  private final List<Curve> curves = new ArrayList<>();
  private final StringBuilder out = new StringBuilder();
  private double minX = Double.POSITIVE_INFINITY;
  private double maxX = Double.NEGATIVE_INFINITY;
  private double minY = Double.POSITIVE_INFINITY;
  private double maxY = Double.NEGATIVE_INFINITY;

  private SvgChart(Report.Chart chart) {
    this.chart = chart;
    chart.series().forEach(s -> curves.add(thin(s)));
  }

  /// The chart as an `svg` element.
  static String draw(Report.Chart chart) {
    return new SvgChart(chart).draw();
  }

  private String draw() {
    ranges();
    out.append(
        "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">\n"
            .formatted(WIDTH, HEIGHT, Html.escape(summary())));
    axes();
    for (int i = 0; i < curves.size(); i++) {
      curve(curves.get(i), i + 1);
    }
    hits();
    return out.append("</svg>").toString();
  }

  private String summary() {
    StringBuilder text = new StringBuilder(chart.title()).append(" over ").append(chart.xName());
    for (Curve curve : curves) {
      int last = curve.y.length - 1;
      if (last >= 0) {
        text.append(
            "; %s from %s to %s".formatted(curve.name, number(curve.y[0]), number(curve.y[last])));
      }
    }
    return text.toString();
  }

  private static Curve thin(Report.Series series) {
    int n = 0;
    double[] x = new double[series.x().length];
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      if (Double.isFinite(series.x()[i]) && Double.isFinite(series.y()[i])) {
        x[n] = series.x()[i];
        y[n++] = series.y()[i];
      }
    }
    int points = Math.min(n, MOST_POINTS);
    Curve curve =
        new Curve(
            series.name(),
            new double[points],
            new double[points],
            new double[points],
            new double[points]);
    for (int p = 0; p < points; p++) {
      int from = (int) ((long) p * n / points);
      int to = (int) ((long) (p + 1) * n / points);
      curve.low[p] = Double.POSITIVE_INFINITY;
      curve.high[p] = Double.NEGATIVE_INFINITY;
      for (int i = from; i < to; i++) {
        curve.x[p] += x[i] / (to - from);
        curve.y[p] += y[i] / (to - from);
        curve.low[p] = Math.min(curve.low[p], y[i]);
        curve.high[p] = Math.max(curve.high[p], y[i]);
      }
    }
    return curve;
  }

  private void ranges() {
    for (Report.Series series : chart.series()) {
      for (int i = 0; i < series.x().length; i++) {
        if (Double.isFinite(series.x()[i]) && Double.isFinite(series.y()[i])) {
          minX = Math.min(minX, series.x()[i]);
          maxX = Math.max(maxX, series.x()[i]);
        }
      }
    }
    for (Curve curve : curves) {
      for (int i = 0; i < curve.x.length; i++) {
        minY = Math.min(minY, curve.low[i]);
        maxY = Math.max(maxY, curve.high[i]);
      }
    }
    if (minX > maxX) {
      minX = 0;
      maxX = 1;
      minY = 0;
      maxY = 1;
    }
    if (minX == maxX) {
      minX -= 0.5;
      maxX += 0.5;
    }
    if (minY >= 0 && minY < 0.6 * maxY) {
      minY = 0;
    }
    if (minY == maxY) {
      double room = maxY == 0 ? 1 : 0.1 * Math.abs(maxY);
      minY -= room;
      maxY += room;
    }
    double step = step(maxY - minY, 5);
    minY = Math.floor(minY / step + 1e-9) * step;
    maxY = Math.ceil(maxY / step - 1e-9) * step;
  }

  /// The round number 1, 2 or 5 times a power of ten that cuts the span into at most that many.
  private static double step(double span, int most) {
    double power = Math.pow(10, Math.floor(Math.log10(span / most)));
    for (int factor : new int[] {1, 2, 5}) {
      if (span / (factor * power) <= most) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  private void axes() {
    double stepY = step(maxY - minY, 5);
    for (long i = Math.round(minY / stepY); i <= Math.round(maxY / stepY); i++) {
      double y = y(i * stepY);
      line("grid", LEFT, y, RIGHT, y);
      text("end", LEFT - 8, y + 4, tick(i * stepY, stepY));
    }
    double stepX = step(maxX - minX, 6);
    for (long i = (long) Math.ceil(minX / stepX - 1e-9); i * stepX <= maxX + 1e-9 * stepX; i++) {
      double x = x(i * stepX);
      line("axis", x, BOTTOM, x, BOTTOM + 4);
      text("middle", x, BOTTOM + 18, tick(i * stepX, stepX));
    }
    line("axis", LEFT, BOTTOM, RIGHT, BOTTOM);
    text("middle", (LEFT + RIGHT) / 2, HEIGHT - 6, chart.xName());
  }

  private void curve(Curve curve, int colour) {
    int n = curve.x.length;
    if (n == 0) {
      return;
    }
    StringBuilder line = new StringBuilder();
    StringBuilder upper = new StringBuilder();
    StringBuilder lower = new StringBuilder();
    boolean ranged = false;
    for (int i = 0; i < n; i++) {
      line.append(point(x(curve.x[i]), y(curve.y[i])));
      upper.append(point(x(curve.x[i]), y(curve.high[i])));
      lower.insert(0, point(x(curve.x[i]), y(curve.low[i])));
      ranged |= curve.low[i] < curve.high[i];
    }
    if (ranged) {
      out.append("<polygon class=\"band f%d\" points=\"%s%s\"/>%n".formatted(colour, upper, lower));
    }
    out.append("<polyline class=\"curve s%d\" points=\"%s\"/>%n".formatted(colour, line));
    dot("dot end", colour, x(curve.x[n - 1]), y(curve.y[n - 1]));
  }

  /// Invisible columns that show the values under the pointer.
  private void hits() {
    Curve first = curves.getFirst();
    int stride = Math.max(1, Math.ceilDiv(first.x.length, MOST_HITS));
    double half = (RIGHT - LEFT) / Math.max(1, first.x.length / stride) / 2;
    for (int i = 0; i < first.x.length; i += stride) {
      double x = x(first.x[i]);
      out.append("<g class=\"hit\">");
      out.append(
          "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>"
              .formatted(place(x - half), place(TOP), place(2 * half), place(BOTTOM - TOP)));
      line("rule", x, TOP, x, BOTTOM);
      StringBuilder text = new StringBuilder(chart.xName()).append(' ').append(number(first.x[i]));
      for (int c = 0; c < curves.size(); c++) {
        Curve curve = curves.get(c);
        int at = nearest(curve, first.x[i]);
        if (at >= 0) {
          dot("dot", c + 1, x(curve.x[at]), y(curve.y[at]));
          text.append('\n').append(curve.name).append(": ").append(number(curve.y[at]));
        }
      }
      out.append("<title>").append(Html.escape(text.toString())).append("</title></g>\n");
    }
  }

  private static int nearest(Curve curve, double x) {
    int best = -1;
    for (int i = 0; i < curve.x.length; i++) {
      if (best < 0 || Math.abs(curve.x[i] - x) < Math.abs(curve.x[best] - x)) {
        best = i;
      }
    }
    return best;
  }

  private double x(double value) {
    return LEFT + (value - minX) / (maxX - minX) * (RIGHT - LEFT);
  }

  private double y(double value) {
    return BOTTOM - (value - minY) / (maxY - minY) * (BOTTOM - TOP);
  }

  private void line(String style, double x0, double y0, double x1, double y1) {
    out.append(
        "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>"
            .formatted(style, place(x0), place(y0), place(x1), place(y1)));
  }

  private void text(String anchor, double x, double y, String text) {
    out.append(
        "<text text-anchor=\"%s\" x=\"%s\" y=\"%s\">%s</text>%n"
            .formatted(anchor, place(x), place(y), Html.escape(text)));
  }

  private void dot(String style, int colour, double x, double y) {
    out.append(
        "<circle class=\"%s f%d\" cx=\"%s\" cy=\"%s\" r=\"3.5\"/>"
            .formatted(style, colour, place(x), place(y)));
  }

  private static String point(double x, double y) {
    return place(x) + "," + place(y) + " ";
  }

  private static String place(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /// A tick's label with as many decimals as its step needs.
  private static String tick(double value, double step) {
    if (step < 1e-3 || step >= 1e6) {
      return value == 0 ? "0" : String.format(Locale.ROOT, "%.1e", value);
    }
    int decimals = Math.max(0, (int) Math.ceil(-Math.log10(step) - 1e-9));
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /// Four significant digits, without an exponent where that is short.
  private static String number(double value) {
    double size = Math.abs(value);
    if (value == Math.rint(value) && size < 1e9) {
      return String.format(Locale.ROOT, "%d", (long) value);
    }
    if (size < 1e-3 || size >= 1e6) {
      return String.format(Locale.ROOT, "%.2e", value);
    }
    int decimals = Math.max(0, 3 - (int) Math.floor(Math.log10(size)));
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
