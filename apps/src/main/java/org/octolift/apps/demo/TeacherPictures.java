package org.octolift.apps.demo;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.data.image.GreyImage;
import org.octolift.apps.data.image.ImageFiles;
import org.octolift.apps.report.Ade20k;
import org.octolift.apps.report.ClassPalette;
import org.octolift.apps.report.Report;
import org.octolift.apps.rooms.RoomPanoramas;
import org.octolift.apps.softlabel.SoftLabelFile;
import org.octolift.apps.softlabel.SoftLabelStore;
import org.octolift.apps.softlabel.SoftLabels;

/// What the 2-D teacher says of panoramas, in pictures.
///
/// @param folder of the panoramas
/// @param store of what the teacher says
/// @param classes of the teacher
record TeacherPictures(Path folder, SoftLabelStore store, int classes) {
  /// Pixels of a picture for each of the image's, along each side.
  private static final int ENLARGED = 2;

  /// Millimetres that are shown as the darkest blue.
  private static final double FAR = 5000;

  /// The first panoramas.
  List<Report.Scene> scenes(int count) throws IOException {
    List<String> images = Files.readAllLines(folder.resolve("train_img.txt"));
    List<Report.Scene> scenes = new ArrayList<>();
    for (String name : images.subList(0, Math.min(count, images.size()))) {
      scenes.add(scene(folder.resolve(name), scenes.size() + 1));
    }
    return scenes;
  }

  private Report.Scene scene(Path file, int number) throws IOException {
    ColourImage image = ImageFiles.readColour(file);
    GreyImage depth = ImageFiles.readGrey(RoomPanoramas.depth(file));
    GreyImage truth = ImageFiles.readGrey(RoomPanoramas.labels(file));
    SoftLabels labels = SoftLabelFile.read(store.file(file), classes);
    ClassPalette palette = ClassPalette.scanNet20();
    boolean same = classes == palette.size();
    String of = " of panorama " + number;
    return new Report.Scene(
        "Panorama " + number,
        List.of(
            picture(
                "colours: all that the teacher sees", "colours" + of, image, p -> rgb(image, p)),
            picture("depth, for the points", "depth" + of, image, p -> shade(depth.values()[p])),
            picture(
                "the teacher's most probable classes",
                "the teacher's classes" + of,
                image,
                p ->
                    depth.values()[p] == 0 && truth.values()[p] == 0
                        ? palette.colour(0)
                        : same ? palette.colour(labels.best(p)) : Ade20k.colour(labels.best(p))),
            picture(
                "true classes, which nobody learns from",
                "true classes" + of,
                image,
                p -> palette.colour(truth.values()[p]))));
  }

  private static int rgb(ColourImage image, int pixel) {
    return image.channel(pixel, 0) << 16 | image.channel(pixel, 1) << 8 | image.channel(pixel, 2);
  }

  /// From yellow, near, to dark blue; grey where nothing was measured.
  private static int shade(int millimetres) {
    if (millimetres == 0) {
      return ClassPalette.scanNet20().colour(0);
    }
    double t = Math.min(1, millimetres / FAR);
    int red = (int) (250 - 220 * t);
    int green = (int) (225 - 175 * t);
    int blue = (int) (110 + 10 * t);
    return red << 16 | green << 8 | blue;
  }

  private static Report.Picture picture(
      String caption, String description, ColourImage image, IntUnaryOperator colour) {
    int width = ENLARGED * image.width();
    BufferedImage picture =
        new BufferedImage(width, ENLARGED * image.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < width; x++) {
        int pixel = y / ENLARGED * image.width() + x / ENLARGED;
        picture.setRGB(x, y, colour.applyAsInt(pixel));
      }
    }
    return new Report.Picture(caption, description, picture);
  }
}
