package org.octolift.apps.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.octolift.apps.report.Report.ClassScore;
import org.octolift.apps.report.Report.Fact;
import org.octolift.apps.report.Report.Series;
import org.octolift.apps.rooms.Room;
import org.octolift.apps.rooms.RoomGenerator;
import org.octolift.apps.rooms.RoomOptions;
import org.octolift.apps.rooms.RoomType;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class HtmlReportTest {
  @Test
  void pageIsWellFormedAndNeedsNothingElse() throws Exception {
    Report report = sample();
    String page = HtmlReport.page(report);
    Document document = parse(page);
    assertThat(page).doesNotContain("http", "url(", "@import", "<script", "<link");
    NodeList images = document.getElementsByTagName("img");
    assertThat(images.getLength()).isEqualTo(8);
    for (int i = 0; i < images.getLength(); i++) {
      Element image = (Element) images.item(i);
      assertThat(image.getAttribute("src")).startsWith("data:image/png;base64,iVBOR");
      assertThat(image.getAttribute("alt")).isNotBlank();
    }
    NodeList charts = document.getElementsByTagName("svg");
    assertThat(charts.getLength()).isEqualTo(3);
    for (int i = 0; i < charts.getLength(); i++) {
      assertThat(((Element) charts.item(i)).getAttribute("aria-label")).contains(" over ");
    }
    assertThat(document.getElementsByTagName("polyline").getLength()).isEqualTo(4);
    Path file = Path.of("target", "report", "report.html");
    HtmlReport.write(file, report);
    assertThat(Files.readString(file)).isEqualTo(page);
  }

  @Test
  void textIsEscapedEverywhere() throws Exception {
    String evil = "</h1><script>alert('\"&1')</script>\u0001 %s \uD83D\uDE00";
    Report.Chart chart =
        new Report.Chart(
            evil, evil, List.of(new Series(evil, new double[] {1, 2}, new double[] {3, 4})));
    Report.Picture picture =
        new Report.Picture(evil, evil, new java.awt.image.BufferedImage(2, 2, 2));
    Report report =
        new Report(
            evil,
            evil,
            List.of(new Fact(evil, evil)),
            List.of(chart),
            List.of(evil),
            List.of(new ClassScore(evil, 0, 2, List.of(0.5))),
            List.of(
                new Report.Gallery(evil, evil, List.of(new Report.Scene(evil, List.of(picture))))),
            List.of(new Fact(evil, evil)),
            List.of(evil));
    String page = HtmlReport.page(report);
    assertThat(page).doesNotContain("<script");
    Document document = parse(page);
    String expected = evil.replace('\u0001', '\uFFFD');
    assertThat(document.getElementsByTagName("h1").item(0).getTextContent()).isEqualTo(expected);
    assertThat(((Element) document.getElementsByTagName("img").item(0)).getAttribute("alt"))
        .isEqualTo(expected);
  }

  @Test
  void emptyAndDegenerateReportsAreWellFormed() throws Exception {
    List<Report.Chart> charts = new ArrayList<>();
    double nan = Double.NaN;
    for (double[] y :
        new double[][] {{}, {nan}, {0}, {5, 5, 5}, {-3, nan, 4}, {1e-9, 2e-9}, {1e12, -1e12}}) {
      double[] x = new double[y.length];
      for (int i = 0; i < x.length; i++) {
        x[i] = i;
      }
      charts.add(new Report.Chart("c", "epoch", List.of(new Series("s", x, y))));
    }
    List<ClassScore> absent = List.of(new ClassScore("none", 0xFF0000, 0, List.of(Double.NaN)));
    String page =
        HtmlReport.page(
            new Report(
                "t", "", List.of(), charts, List.of("m"), absent, List.of(), List.of(), List.of()));
    parse(page);
    assertThat(page).doesNotContain("NaN", "Infinity");
    parse(
        HtmlReport.page(
            new Report(
                "t", "", List.of(), List.of(), List.of(), List.of(), List.of(), List.of(),
                List.of())));
  }

  private static Document parse(String page) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(page)));
  }

  private static Report sample() {
    int steps = 1200;
    double[] epoch = new double[steps];
    double[] loss = new double[steps];
    double[] rate = new double[steps];
    for (int i = 0; i < steps; i++) {
      epoch[i] = 30.0 * i / steps;
      loss[i] = 0.25 + 2.6 * Math.exp(-epoch[i] / 6) * (1 + 0.12 * Math.sin(i * 12.9898));
      rate[i] = 0.1 * (1 + Math.cos(Math.PI * i / steps)) / 2;
    }
    double[] tested = {5, 10, 15, 20, 25, 30};
    List<ClassScore> classes = new ArrayList<>();
    ClassPalette palette = ClassPalette.scanNet20();
    for (int c = 1; c <= 20; c++) {
      long union = c == 16 ? 0 : 400_000 / (c * c) + 900;
      long intersection = (long) (union * (0.95 - 0.023 * c));
      classes.add(
          new ClassScore(
              ClassNames.scanNet20().get(c),
              palette.colour(c),
              union,
              List.of(0.6 * intersection / union, (double) intersection / union)));
    }
    return new Report(
        "Rooms: segmentation of generated scans",
        "A small U-Net learned 20 classes on 60 generated rooms and was tested on 12 rooms that it"
            + " had never seen.",
        List.of(
            new Fact("mean IoU on unseen rooms", "0.683"),
            new Fact("accuracy", "91.4 %"),
            new Fact("training time", "3 min 12 s"),
            new Fact("parameters", "1,284,117")),
        List.of(
            new Report.Chart("Training loss", "epoch", List.of(new Series("loss", epoch, loss))),
            new Report.Chart(
                "Test on unseen rooms",
                "epoch",
                List.of(
                    new Series("mean IoU", tested, new double[] {.21, .42, .55, .62, .66, .683}),
                    new Series("accuracy", tested, new double[] {.6, .74, .83, .87, .9, .914}))),
            new Report.Chart(
                "Learning rate", "epoch", List.of(new Series("learning rate", epoch, rate)))),
        List.of("from scratch", "pre-trained"),
        classes,
        List.of(
            new Report.Gallery("A living room", "", List.of(scene(RoomType.LIVING_ROOM))),
            new Report.Gallery("A kitchen", "With a sink.", List.of(scene(RoomType.KITCHEN)))),
        List.of(
            new Fact("configuration", "demo.yaml"),
            new Fact("seed", "7"),
            new Fact("device", "CPU, 2 threads, 256-bit vectors"),
            new Fact("Java", "25.0.1"),
            new Fact("commit", "0123456789abcdef"),
            new Fact("octree depth", "7"),
            new Fact("batch size", "4"),
            new Fact("seconds per step", "0.31")),
        List.of(
            "Rooms are generated from their seed: the same command makes the same rooms.",
            "Unlabelled points take no part in training and do not count here."));
  }

  private static Report.Scene scene(RoomType type) {
    Room room = RoomGenerator.generate(5, RoomOptions.demo().withTypes(List.of(type)));
    int[] truth = room.scan().labels();
    int[] prediction = truth.clone();
    for (int i = 0; i < prediction.length; i++) {
      float x = room.scan().xyz()[3 * i];
      prediction[i] = Math.sin(7 * x) > 0.93 ? (truth[i] + 3) % 21 : truth[i];
    }
    CloudRenderer renderer = new CloudRenderer(CloudRenderer.Viewpoint.isometric(420, 340));
    ClassPalette palette = ClassPalette.scanNet20();
    String where = " of the " + type.title() + " seen from above";
    return new Report.Scene(
        "A %s, %,d points".formatted(type.title(), room.scan().size()),
        List.of(
            new Report.Picture(
                "input",
                "Scan" + where,
                renderer.render(room.scan(), PointColours.ofScan(room.scan()))),
            new Report.Picture(
                "truth",
                "True classes" + where,
                renderer.render(room.scan(), PointColours.ofLabels(truth, palette))),
            new Report.Picture(
                "prediction",
                "Predicted classes" + where,
                renderer.render(room.scan(), PointColours.ofLabels(prediction, palette))),
            new Report.Picture(
                "errors",
                "Wrong points in red" + where,
                renderer.render(room.scan(), PointColours.ofErrors(truth, prediction, 0)))));
  }
}
