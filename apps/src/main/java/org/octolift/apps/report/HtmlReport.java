package org.octolift.apps.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.octolift.engine.io.AtomicFile;

/// Writes a [Report] as one HTML page that needs no other file and no network: style sheet, charts
/// (SVG) and pictures (PNG) are inside. Light or dark as the reader's system is. The page is also
/// well-formed XML.
public final class HtmlReport {
  private final StringBuilder out = new StringBuilder(1 << 16);

  private HtmlReport() {}

  /// Writes the page.
  ///
  /// @throws IOException when the file cannot be written; an old one is then untouched
  public static void write(Path file, Report report) throws IOException {
    byte[] page = page(report).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, stream -> stream.write(page));
  }

  /// The page's text.
  public static String page(Report report) {
    HtmlReport page = new HtmlReport();
    page.head(report);
    page.charts(report.charts());
    page.classes(report);
    page.galleries(report);
    page.facts(report.facts());
    page.notes(report.notes());
    page.out.append("</main>\n<footer>Written by Octolift.</footer>\n</body>\n</html>\n");
    return page.out.toString();
  }

  private void head(Report report) {
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
    add("<title>%s</title>\n", report.title());
    out.append("<style>\n").append(styleSheet()).append("</style>\n</head>\n<body>\n<header>\n");
    add("<h1>%s</h1>\n<p class=\"lead\">%s</p>\n", report.title(), report.lead());
    if (!report.headlines().isEmpty()) {
      out.append("<dl class=\"headlines\">\n");
      for (Report.Fact fact : report.headlines()) {
        add("<div class=\"card\"><dt>%s</dt><dd>%s</dd></div>\n", fact.name(), fact.value());
      }
      out.append("</dl>\n");
    }
    out.append("</header>\n<main>\n");
  }

  private void charts(List<Report.Chart> charts) {
    if (charts.isEmpty()) {
      return;
    }
    String layout = charts.size() % 3 == 1 && charts.size() > 1 ? "charts two" : "charts";
    add("<section>\n<h2>Training</h2>\n<div class=\"%s\">\n", layout);
    for (Report.Chart chart : charts) {
      add("<figure class=\"card chart\">\n<h3>%s</h3>\n", chart.title());
      if (chart.series().size() > 1) {
        out.append("<ul class=\"key\">");
        for (int i = 0; i < chart.series().size(); i++) {
          out.append("<li><i class=\"f").append(i + 1).append("\"></i>");
          add("%s</li>", chart.series().get(i).name());
        }
        out.append("</ul>\n");
      }
      out.append(SvgChart.draw(chart)).append("\n</figure>\n");
    }
    out.append("</div>\n</section>\n");
  }

  private void classes(Report report) {
    if (report.classes().isEmpty()) {
      return;
    }
    List<String> methods = report.methods();
    out.append("<section>\n<h2>Classes</h2>\n");
    out.append("<div class=\"card scroll\" tabindex=\"0\" role=\"region\"");
    out.append(
        " aria-label=\"Scores by class\">\n<table>\n<thead><tr><th scope=\"col\">class</th>");
    out.append("<th scope=\"col\" class=\"num optional\">points</th>");
    for (int i = 0; i < methods.size(); i++) {
      String key = methods.size() == 1 ? "" : "<i class=\"dot f%d\"></i>".formatted(i + 1);
      add("<th scope=\"col\" class=\"num\">%sIoU %s</th>", Raw.of(key), methods.get(i));
    }
    out.append("<td class=\"iou\"></td></tr></thead>\n<tbody>\n");
    double[] sums = new double[methods.size()];
    int present = 0;
    for (Report.ClassScore score : report.classes()) {
      boolean occurs = score.truth() > 0;
      add("<tr><th scope=\"row\">%s%s</th>", Raw.of(swatch(score.colour())), score.name());
      add("<td class=\"num optional\">%s</td>", String.format(Locale.ROOT, "%,d", score.truth()));
      double[] iou = new double[methods.size()];
      for (int i = 0; i < iou.length; i++) {
        iou[i] = occurs ? score.iou().get(i) : Double.NaN;
        sums[i] += occurs ? iou[i] : 0;
      }
      present += occurs ? 1 : 0;
      scores(iou);
    }
    out.append("</tbody>\n");
    if (present > 0) {
      out.append("<tfoot><tr><th scope=\"row\">mean of classes that occur</th>");
      out.append("<td class=\"num optional\"></td>");
      for (int i = 0; i < sums.length; i++) {
        sums[i] /= present;
      }
      scores(sums);
      out.append("</tfoot>\n");
    }
    out.append("</table>\n</div>\n</section>\n");
  }

  /// The last cells of a row: a number and a bar for each method.
  private void scores(double[] iou) {
    StringBuilder bars = new StringBuilder();
    for (int i = 0; i < iou.length; i++) {
      add("<td class=\"num\">%s</td>", Double.isNaN(iou[i]) ? "–" : decimal(iou[i]));
      bars.append(bar(iou[i], i + 1));
    }
    add("<td class=\"iou\">%s</td></tr>\n", Raw.of(bars.toString()));
  }

  private void galleries(Report report) {
    boolean legend = !report.classes().isEmpty();
    for (Report.Gallery gallery : report.galleries()) {
      add("<section>\n<h2>%s</h2>\n", gallery.title());
      if (!gallery.lead().isEmpty()) {
        add("<p class=\"about\">%s</p>\n", gallery.lead());
      }
      if (legend) {
        out.append("<ul class=\"legend\" aria-label=\"Colours of the classes\">\n");
        for (Report.ClassScore score : report.classes()) {
          add("<li>%s%s</li>\n", Raw.of(swatch(score.colour())), score.name());
        }
        out.append("</ul>\n");
        legend = false;
      }
      gallery.scenes().forEach(this::scene);
      out.append("</section>\n");
    }
  }

  private void scene(Report.Scene scene) {
    add(
        "<div class=\"card scene\">\n<h3>%s</h3>\n<div class=\"%s\">\n",
        scene.caption(),
        scene.pictures().stream().anyMatch(HtmlReport::isWide) ? "pictures wide" : "pictures");
    for (Report.Picture picture : scene.pictures()) {
      add(
          "<figure><img alt=\"%s\" width=\"%s\" height=\"%s\" src=\"data:image/png;base64,%s\"/>"
              + "<figcaption>%s</figcaption></figure>\n",
          picture.description(),
          Integer.toString(picture.image().getWidth()),
          Integer.toString(picture.image().getHeight()),
          Base64.getEncoder().encodeToString(png(picture.image())),
          picture.caption());
    }
    out.append("</div>\n</div>\n");
  }

  private static boolean isWide(Report.Picture picture) {
    return picture.image().getWidth() > 1.6 * picture.image().getHeight();
  }

  private void facts(List<Report.Fact> facts) {
    if (facts.isEmpty()) {
      return;
    }
    out.append("<section>\n<h2>Run</h2>\n<dl class=\"card facts\">\n");
    for (Report.Fact fact : facts) {
      add("<div><dt>%s</dt><dd>%s</dd></div>\n", fact.name(), fact.value());
    }
    out.append("</dl>\n</section>\n");
  }

  private void notes(List<String> notes) {
    if (notes.isEmpty()) {
      return;
    }
    out.append("<section>\n<h2>Notes</h2>\n<div class=\"card notes\">\n");
    for (String note : notes) {
      add("<p>%s</p>\n", note);
    }
    out.append("</div>\n</section>\n");
  }

  /// Markup that is not to be escaped again.
  private record Raw(String markup) {
    static Raw of(String markup) {
      return new Raw(markup);
    }
  }

  /// Appends a template; each `%s` takes the next value, escaped unless it is [Raw].
  private void add(String template, Object... values) {
    int from = 0;
    for (Object value : values) {
      int hole = template.indexOf("%s", from);
      out.append(template, from, hole);
      out.append(value instanceof Raw raw ? raw.markup : Html.escape(value.toString()));
      from = hole + 2;
    }
    out.append(template, from, template.length());
  }

  private static String swatch(int colour) {
    return String.format(
        Locale.ROOT, "<i class=\"swatch\" style=\"background:#%06X\"></i>", colour & 0xFFFFFF);
  }

  private static String bar(double iou, int colour) {
    double percent = Double.isNaN(iou) ? 0 : 100 * Math.clamp(iou, 0.0, 1.0);
    return String.format(
        Locale.ROOT,
        "<span class=\"bar\"><i class=\"f%d\" style=\"width:%.1f%%\"></i></span>",
        colour,
        percent);
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private static byte[] png(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("a picture could not be encoded as PNG", e);
    }
    return bytes.toByteArray();
  }

  private static String styleSheet() {
    try (InputStream in = HtmlReport.class.getResourceAsStream("report.css")) {
      if (in == null) {
        throw new IllegalStateException("report.css is missing beside HtmlReport.class");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("report.css could not be read", e);
    }
  }
}
