package org.octolift.apps.show;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.octolift.apps.report.ClassPalette;
import org.octolift.apps.report.CloudRenderer;
import org.octolift.apps.report.PointColours;
import org.octolift.engine.io.AtomicFile;

/// Draws clouds from above and from four sides, a PNG file for each.
public final class CloudPictures {
  private static final int IGNORED_LABEL = 0;

  private final int width;
  private final int height;
  private final ClassPalette palette;

  /// @param width of the pictures in pixels
  /// @param height of the pictures in pixels
  /// @param palette colours of labels
  public CloudPictures(int width, int height, ClassPalette palette) {
    this.width = width;
    this.height = height;
    this.palette = palette;
  }

  /// Writes `NAME_COLOURING_SIDE.png` for each side.
  ///
  /// @return the files
  /// @throws IOException when one cannot be written
  public List<Path> write(Path folder, Cloud cloud, Cloud.Colouring colouring) throws IOException {
    List<Path> files = new ArrayList<>();
    int[] colours = colours(cloud, colouring);
    for (Side side : Side.values()) {
      CloudRenderer.Viewpoint viewpoint =
          new CloudRenderer.Viewpoint(side.azimuth, side.elevation, width, height);
      BufferedImage image = new CloudRenderer(viewpoint).render(cloud.scan(), colours);
      Path file = folder.resolve(cloud.name() + "_" + colouring + "_" + side.name + ".png");
      write(file, onWhite(image));
      files.add(file);
    }
    return files;
  }

  private enum Side {
    TOP("top", -90, 90),
    SOUTH("south", -90, 40),
    EAST("east", 0, 40),
    NORTH("north", 90, 40),
    WEST("west", 180, 40);

    private final String name;
    private final double azimuth;
    private final double elevation;

    Side(String name, double azimuth, double elevation) {
      this.name = name;
      this.azimuth = azimuth;
      this.elevation = elevation;
    }
  }

  private int[] colours(Cloud cloud, Cloud.Colouring colouring) {
    return switch (colouring) {
      case RGB -> PointColours.ofScan(cloud.scan());
      case LABEL -> PointColours.ofLabels(cloud.scan().labels(), palette);
      case PREDICTION -> PointColours.ofLabels(cloud.predictions(), palette);
      case ERROR ->
          PointColours.ofErrors(cloud.scan().labels(), cloud.predictions(), IGNORED_LABEL);
    };
  }

  private static BufferedImage onWhite(BufferedImage image) {
    BufferedImage page =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = page.createGraphics();
    graphics.drawImage(image, 0, 0, Color.WHITE, null);
    graphics.dispose();
    return page;
  }

  private static void write(Path file, BufferedImage image) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    AtomicFile.write(file, png::writeTo);
  }
}
