package org.octolift.apps.teacher;

import java.nio.file.Path;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.data.image.GreyImage;
import org.octolift.apps.data.image.ImageFiles;
import org.octolift.engine.InputException;

/// An image with the class of each pixel.
///
/// @param colours the image
/// @param labels class of each pixel, 0 for none
record LabelledImage(ColourImage colours, GreyImage labels) {
  /// Reads both files.
  ///
  /// @param classes labels are below this
  /// @throws InputException when one cannot be read, sizes differ or a label is too high
  static LabelledImage read(Path colours, Path labels, int classes) {
    ColourImage image = ImageFiles.readColour(colours);
    GreyImage truth = ImageFiles.readGrey(labels);
    if (image.width() != truth.width() || image.height() != truth.height()) {
      throw InputException.in(
          labels,
          "has %d x %d pixels, %s has %d x %d"
              .formatted(truth.width(), truth.height(), colours, image.width(), image.height()));
    }
    for (char label : truth.values()) {
      if (label >= classes) {
        throw InputException.in(
            labels, "expected labels of 0..%d, found %d".formatted(classes - 1, (int) label));
      }
    }
    return new LabelledImage(image, truth);
  }
}
