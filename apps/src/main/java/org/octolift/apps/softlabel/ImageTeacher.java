package org.octolift.apps.softlabel;

import java.util.List;
import org.octolift.apps.data.image.ColourImage;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// A network that gives each pixel of an image a probability for each class. Equal images get equal
/// bits. Labels one image at a time; names and colours may be asked for meanwhile.
public interface ImageTeacher extends AutoCloseable {
  /// Takes the probabilities of an image, in bands of whole rows from top to bottom.
  @FunctionalInterface
  interface Bands {
    /// Takes a band.
    ///
    /// @param first row of the image that the band begins with
    /// @param rows number of its rows
    /// @param probabilities (rows · width, classes), perhaps larger; valid during the call
    void accept(int first, int rows, FloatArray probabilities);
  }

  /// The names of the classes, at most 256.
  List<String> classes();

  /// The colour of a class, 0xRRGGBB.
  int colour(int index);

  /// Computes the probabilities of all pixels.
  ///
  /// @throws org.octolift.engine.InputException when the image is too large
  void label(ColourImage image, Bands bands);

  @Override
  void close();
}
