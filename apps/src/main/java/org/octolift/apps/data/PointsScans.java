package org.octolift.apps.data;

import java.io.IOException;
import java.nio.file.Path;
import org.octolift.engine.InputException;
import org.octolift.engine.octree.Points;
import org.octolift.engine.octree.PointsFile;

/// Scans as `.points` files: three feature channels are colours / 255; labels are floats; there is
/// no place for pixel indices.
final class PointsScans {
  private PointsScans() {}

  static Scan read(Path file) {
    Points points;
    try {
      points = PointsFile.read(file);
    } catch (IOException e) {
      throw MappedFile.unreadable(file, e);
    }
    float[] colours = null;
    if (points.featureChannels() == 3) {
      colours = points.features().clone();
      for (int i = 0; i < colours.length; i++) {
        colours[i] *= 255;
      }
    } else if (points.featureChannels() != 0) {
      throw InputException.in(
          file,
          "has %d feature channels; expected 3 (red, green, blue / 255) or none"
              .formatted(points.featureChannels()));
    }
    int[] labels = null;
    if (points.labels() != null) {
      labels = new int[points.size()];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = (int) points.labels()[i];
        if (labels[i] != points.labels()[i]) {
          throw InputException.in(
              file,
              "point %d: the label must be a whole number, is %s".formatted(i, points.labels()[i]));
        }
      }
    }
    return new Scan(file.toString(), points.xyz(), points.normals(), colours, labels, null);
  }

  static void write(Path file, Scan scan) {
    float[] features = null;
    if (scan.colours() != null) {
      features = scan.colours().clone();
      for (int i = 0; i < features.length; i++) {
        features[i] /= 255;
      }
    }
    float[] labels = null;
    if (scan.labels() != null) {
      labels = new float[scan.size()];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = scan.labels()[i];
        if ((int) labels[i] != scan.labels()[i]) {
          throw InputException.in(
              file,
              "the label %d of point %d is too large for .points files, which hold floats"
                  .formatted(scan.labels()[i], i));
        }
      }
    }
    try {
      PointsFile.write(file, new Points(scan.xyz(), scan.normals(), features, labels));
    } catch (IOException e) {
      throw MappedFile.unwritable(file, e);
    }
  }
}
