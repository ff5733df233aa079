package org.octolift.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.softlabel.ImageTeacher;
import org.octolift.apps.softlabel.SoftLabelPreparation;
import org.octolift.apps.softlabel.TeacherSource;
import org.octolift.engine.Device;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// A teacher without layers: classes are red, green and blue, probable as they are bright. Its
/// weights are a file of one word.
record BrightnessTeacher() implements ImageTeacher {
  /// Makes it, from a file that must be there.
  record Makers() implements SoftLabelPreparation.Teachers {
    private static final long serialVersionUID = 1L;

    @Override
    public TeacherSource of(Path weights) {
      return new TeacherSource() {
        @Override
        public Optional<String> fingerprint() throws IOException {
          return Optional.of(Files.readString(weights).repeat(13).substring(0, 64));
        }

        @Override
        public int classes() {
          return 3;
        }

        @Override
        public ImageTeacher open(Device device) {
          return new BrightnessTeacher();
        }
      };
    }
  }

  @Override
  public List<String> classes() {
    return List.of("red", "green", "blue");
  }

  @Override
  public int colour(int index) {
    return 0xff << (8 * (2 - index));
  }

  @Override
  public void label(ColourImage image, Bands bands) {
    int pixels = image.width() * image.height();
    FloatArray probabilities = new FloatArray(3 * pixels);
    for (int pixel = 0; pixel < pixels; pixel++) {
      float sum = 3;
      for (int c = 0; c < 3; c++) {
        sum += image.channel(pixel, c);
      }
      for (int c = 0; c < 3; c++) {
        probabilities.set(3 * pixel + c, (1 + image.channel(pixel, c)) / sum);
      }
    }
    bands.accept(0, image.height(), probabilities);
  }

  @Override
  public void close() {}
}
