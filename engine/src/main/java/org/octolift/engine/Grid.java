package org.octolift.engine;

/// How the rows of a value are the pixels of images: row `(image · height + y) · width + x`.
///
/// @param images number of images
/// @param height rows of pixels of each
/// @param width columns of pixels of each
public record Grid(int images, int height, int width) {
  /// Checks that there are pixels and that `int` can count them.
  public Grid {
    if (images < 1 || height < 1 || width < 1 || (long) images * height * width > 1 << 30) {
      throw new IllegalArgumentException(
          "%d images of %d×%d pixels".formatted(images, height, width));
    }
  }

  /// Pixels of an image.
  public int pixels() {
    return height * width;
  }

  /// Pixels of all images.
  public int size() {
    return images * pixels();
  }

  /// The rows of a value on this grid.
  public Rows rows() {
    return Rows.fixed(size());
  }

  /// As many images of another size.
  public Grid resized(int newHeight, int newWidth) {
    return new Grid(images, newHeight, newWidth);
  }

  @Override
  public String toString() {
    return "%d×%d×%d".formatted(images, height, width);
  }
}
