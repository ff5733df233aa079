package org.octolift.apps.show;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.apps.Console;
import org.octolift.apps.data.PlyFile;
import org.octolift.apps.data.Scan;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.Npz;

class DataShowTest {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final int SIDE = 60;
  private static final int POINTS = SIDE * SIDE;

  @TempDir private Path folder;

  /// A red floor whose left half has label 1, the right half 2; predicted 1 all over.
  @BeforeEach
  void floor() throws IOException {
    float[] xyz = new float[3 * POINTS];
    float[] colours = new float[3 * POINTS];
    int[] labels = new int[POINTS];
    float[] prob = new float[3 * POINTS];
    boolean[] inside = new boolean[POINTS];
    for (int i = 0; i < POINTS; i++) {
      xyz[3 * i] = i % SIDE * 0.05f;
      xyz[3 * i + 1] = Math.floorDiv(i, SIDE) * 0.05f;
      colours[3 * i] = 255;
      labels[i] = i % SIDE < SIDE / 2 ? 1 : 2;
      prob[3 * i + 1] = 0.9f;
      inside[i] = true;
    }
    PlyFile.write(folder.resolve("a<b.ply"), new Scan("floor", xyz, null, colours, labels, null));
    PlyFile.write(folder.resolve("plain.ply"), new Scan("plain", xyz, null, null, null, null));
    Map<String, NdArray> arrays = new LinkedHashMap<>();
    arrays.put("prob", NdArray.of(prob, POINTS, 3));
    arrays.put("inbox_mask", NdArray.of(inside, POINTS));
    Npz.write(folder.resolve("01.0000.npz"), arrays, Npz.Compression.STORED);
  }

  private Console.Result show(String... words) {
    String[] all = new String[words.length + 4];
    System.arraycopy(
        new String[] {"data", "show", "--out", folder.resolve("out").toString()}, 0, all, 0, 4);
    for (int i = 0; i < words.length; i++) {
      all[4 + i] =
          words[i].startsWith("@") ? folder.resolve(words[i].substring(1)).toString() : words[i];
    }
    return Console.run(all);
  }

  /// Share of the picture's pixels that are nearly of this colour.
  private static double share(BufferedImage image, int rgb) {
    int count = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int pixel = image.getRGB(x, y);
        int off = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
          off = Math.max(off, Math.abs((pixel >> shift & 255) - (rgb >> shift & 255)));
        }
        count += off <= 64 ? 1 : 0;
      }
    }
    return (double) count / image.getWidth() / image.getHeight();
  }

  @Test
  void drawsPictures() throws IOException {
    Console.Result result =
        show("@a<b.ply", "--predictions", "@01.0000.npz", "--size", "200x100", "--max-points", "9");
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out().lines()).hasSize(21);
    BufferedImage rgb = ImageIO.read(folder.resolve("out/a<b_rgb_top.png").toFile());
    assertThat(rgb.getWidth()).isEqualTo(200);
    // A square fills half of a picture of 2 : 1.
    assertThat(share(rgb, 0xFF0000)).isBetween(0.4, 0.55);
    BufferedImage error = ImageIO.read(folder.resolve("out/a<b_error_top.png").toFile());
    assertThat(share(error, 0xD7301F)).isBetween(0.18, 0.3);
    assertThat(share(error, 0x9DBBD0)).isBetween(0.18, 0.3);
    for (String side : new String[] {"south", "east", "north", "west"}) {
      assertThat(folder.resolve("out/a<b_label_" + side + ".png")).exists();
      assertThat(folder.resolve("out/a<b_prediction_" + side + ".png")).exists();
    }
    String page = Files.readString(folder.resolve("out/index.html"));
    assertThat(page).contains("<title>a&lt;b</title>", "\"name\":\"a\\u003cb\",\"points\":9");
    assertThat(page).doesNotContain("http:", "https:");
  }

  @ParameterizedTest
  @CsvSource({
    "'#colour=error&view=top', 3600, error, '>right<'",
    "'#clouds=0,1&colour=prediction', 7200, prediction, '>wall<'",
    "'#clouds=&view=east', 0, rgb, '>0 points<'"
  })
  void thePageShowsClouds(String state, int points, String colouring, String seen)
      throws IOException, InterruptedException {
    String dom = loaded(page() + state);
    assertThat(dom)
        .as("what the browser said: %s", Files.readString(folder.resolve("chromium.err")))
        .contains("data-ready=\"yes\"", "data-drawn=\"" + points + "\"");
    assertThat(dom).contains("data-colour=\"" + colouring + "\"", seen);
    assertThat(dom).contains("2 clouds</h1>", ">a&lt;b<", ">plain<");
    double painted = Double.parseDouble(dom.replaceAll("(?s).*data-painted=\"([0-9.]+)\".*", "$1"));
    if (points == 0) {
      assertThat(painted).isZero();
    } else {
      assertThat(painted).isBetween(0.05, 0.9);
    }
  }

  @Test
  void thePageHasTheRightColours() throws IOException, InterruptedException {
    Path shot = folder.resolve("shot.png");
    String address = page() + "#colour=error&view=top";
    for (int attempt = 0; attempt < 3 && !Files.exists(shot); attempt++) {
      chromium("--screenshot=" + shot, address);
    }
    BufferedImage image = ImageIO.read(shot.toFile());
    assertThat(share(image, 0xD7301F)).isGreaterThan(0.02);
    assertThat(share(image, 0x9DBBD0)).isGreaterThan(0.02);
  }

  private String page() {
    assumeTrue(Files.isExecutable(CHROMIUM), CHROMIUM + " is missing");
    Console.Result result =
        show(
            "@a<b.ply", "@plain.ply", "--predictions", "@01.0000.npz", "@a<b.ply", "--size", "0x0");
    assertThat(result.code()).as(result.err()).isZero();
    return folder.resolve("out/index.html").toUri().toString();
  }

  /// The page's document once its script has drawn. A browser on a crowded machine may give up its
  /// start of WebGL or print a document that never loaded: it is started anew then, twice at most.
  private String loaded(String address) throws IOException, InterruptedException {
    String dom = "";
    for (int attempt = 0; attempt < 3 && !dom.contains("data-ready"); attempt++) {
      dom = chromium("--dump-dom", address);
    }
    return dom;
  }

  private String chromium(String what, String address) throws IOException, InterruptedException {
    Path output = folder.resolve("chromium.out");
    Process process =
        new ProcessBuilder(
                CHROMIUM.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--use-gl=angle",
                "--use-angle=swiftshader",
                "--enable-unsafe-swiftshader",
                "--window-size=800,600",
                "--virtual-time-budget=5000",
                "--user-data-dir=" + Files.createTempDirectory(folder, "profile"),
                what,
                address)
            .redirectError(folder.resolve("chromium.err").toFile())
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
    return Files.readString(output, StandardCharsets.UTF_8);
  }

  @Test
  void labelsMayBeAnyNumbers() throws IOException {
    int[] labels = {0, 300, Integer.MAX_VALUE, 2};
    Scan scan =
        new Scan("odd", new float[] {0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 1}, null, null, labels, null);
    PlyFile.write(folder.resolve("odd.ply"), scan);
    Console.Result result = show("@odd.ply", "--size", "64x64");
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(folder.resolve("out/odd_label_top.png")).exists();
  }

  @Test
  void saysWhatIsWrong() {
    assertThat(show("@none.ply").err()).contains("none.ply: ");
    assertThat(show("@plain.ply", "--size", "3x3").err()).contains("--size: expected 64x64");
    assertThat(show("@plain.ply", "--size", "big").err()).contains("--size: expected WIDTHxHEIGHT");
    assertThat(show("@plain.ply", "--max-points", "0").err()).contains("--max-points: expected 1");
    assertThat(show("@plain.ply", "--predictions", "@plain.ply").err()).contains("has no labels");
    assertThat(show("@plain.ply", "@a<b.ply", "--predictions", "@plain.ply").err())
        .contains("--predictions: expected one file for each of the 2 scans, got 1");
  }
}
