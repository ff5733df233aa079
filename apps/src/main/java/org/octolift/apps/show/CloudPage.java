package org.octolift.apps.show;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.octolift.apps.data.Scan;
import org.octolift.apps.report.ClassPalette;
import org.octolift.apps.report.Html;
import org.octolift.engine.io.AtomicFile;
import org.octolift.engine.io.Json;

/// Writes clouds as one HTML page with a 3-D viewer in WebGL that needs no other file and no
/// network. Coordinates are kept as 16-bit fractions of the cloud's extent.
public final class CloudPage {
  private static final int STEPS = 65535;
  private static final int MOST_CLASSES = 255;

  private final String title;
  private final List<Cloud> clouds;
  private final List<String> classes;
  private final ClassPalette palette;

  /// @param title of the page
  /// @param clouds at least one; their points are finite
  /// @param classes names of the labels
  /// @param palette their colours
  public CloudPage(String title, List<Cloud> clouds, List<String> classes, ClassPalette palette) {
    this.title = title;
    this.clouds = List.copyOf(clouds);
    this.classes = classes.subList(0, Math.min(MOST_CLASSES, classes.size()));
    this.palette = palette;
  }

  /// Writes the page.
  ///
  /// @throws IOException when the file cannot be written; an old one is then untouched
  public void write(Path file) throws IOException {
    AtomicFile.write(file, this::writeTo);
  }

  private void writeTo(OutputStream out) throws IOException {
    String page = template().replace("@TITLE@", Html.escape(title));
    page = page.replace("@META@", Json.write(meta()).replace("<", "\\u003c"));
    int at = page.indexOf("@DATA@");
    out.write(page.substring(0, at).getBytes(StandardCharsets.UTF_8));
    for (int n = 0; n < clouds.size(); n++) {
      Scan scan = clouds.get(n).scan();
      writeData(out, "c" + n + "-xyz", places(scan));
      if (scan.colours() != null) {
        writeData(out, "c" + n + "-rgb", bytes(scan.colours()));
      }
      if (scan.labels() != null) {
        writeData(out, "c" + n + "-label", bytes(scan.labels()));
      }
      if (clouds.get(n).predictions() != null) {
        writeData(out, "c" + n + "-prediction", bytes(clouds.get(n).predictions()));
      }
    }
    out.write(page.substring(at + "@DATA@".length()).getBytes(StandardCharsets.UTF_8));
  }

  private static String template() {
    try (InputStream in = CloudPage.class.getResourceAsStream("viewer.html")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the viewer is missing from the program", e);
    }
  }

  private static void writeData(OutputStream out, String id, byte[] data) throws IOException {
    out.write(
        "<script type=\"application/octet-stream\" id=\"%s\">"
            .formatted(id)
            .getBytes(StandardCharsets.UTF_8));
    out.write(Base64.getEncoder().encode(data));
    out.write("</script>\n".getBytes(StandardCharsets.UTF_8));
  }

  private Map<String, Object> meta() {
    List<Object> kinds = new ArrayList<>();
    for (int i = 0; i < classes.size(); i++) {
      int colour = palette.colour(i);
      kinds.add(
          Map.of(
              "name",
              classes.get(i),
              "colour",
              List.of(colour >> 16, colour >> 8 & 255, colour & 255)));
    }
    List<Object> described = new ArrayList<>();
    for (Cloud cloud : clouds) {
      float[] xyz = cloud.scan().xyz();
      double[] low = low(xyz);
      double[] extent = extent(xyz, low);
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", cloud.name());
      entry.put("points", cloud.scan().size());
      entry.put("origin", low);
      entry.put("extent", extent);
      entry.put("spacing", spacing(cloud.scan().size(), extent));
      described.add(entry);
    }
    Map<String, Object> meta = new LinkedHashMap<>();
    meta.put("classes", kinds);
    meta.put("clouds", described);
    return meta;
  }

  /// The distance of points that cover the two largest sides of the box twice over.
  private static double spacing(int points, double[] extent) {
    double[] sides = extent.clone();
    Arrays.sort(sides);
    double area = 2 * sides[2] * sides[1] + sides[0] * (sides[1] + sides[2]);
    return Math.max(1e-4, Math.sqrt(area / points));
  }

  private static double[] low(float[] xyz) {
    double[] low = {xyz[0], xyz[1], xyz[2]};
    for (int i = 0; i < xyz.length; i++) {
      low[i % 3] = Math.min(low[i % 3], xyz[i]);
    }
    return low;
  }

  private static double[] extent(float[] xyz, double[] low) {
    double[] extent = new double[3];
    for (int i = 0; i < xyz.length; i++) {
      extent[i % 3] = Math.max(extent[i % 3], xyz[i] - low[i % 3]);
    }
    return extent;
  }

  private static byte[] places(Scan scan) {
    float[] xyz = scan.xyz();
    double[] low = low(xyz);
    double[] extent = extent(xyz, low);
    ByteBuffer out = ByteBuffer.allocate(2 * xyz.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < xyz.length; i++) {
      double side = Math.max(extent[i % 3], Double.MIN_NORMAL);
      out.putShort((short) Math.round(STEPS * ((xyz[i] - low[i % 3]) / side)));
    }
    return out.array();
  }

  private static byte[] bytes(float[] colours) {
    byte[] out = new byte[colours.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) Math.clamp(Math.round(colours[i]), 0, 255);
    }
    return out;
  }

  /// Labels that are none of the classes become 255.
  private static byte[] bytes(int[] labels) {
    byte[] out = new byte[labels.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) (labels[i] >= 0 && labels[i] < MOST_CLASSES ? labels[i] : MOST_CLASSES);
    }
    return out;
  }
}
