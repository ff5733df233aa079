package org.octolift.apps.softlabel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.data.image.ImageFiles;
import org.octolift.engine.Device;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;

/// Labels images and stores the labels; what is stored already is left alone, so that the same call
/// goes on where an earlier one was stopped.
///
/// @param store where labels go
/// @param wanted what they shall be
/// @param overlays whether a picture, `STEM.overlay.png`, goes beside each file
public record ImageLabelling(SoftLabelStore store, SoftLabelStore.Wanted wanted, boolean overlays) {
  /// Is told what happens.
  public interface Listener {
    /// Begins to label.
    ///
    /// @param images how many
    void begins(int images);

    /// An image is done.
    ///
    /// @param done images so far, this one included
    void labelled(int done);

    /// An image could not be read; others are gone on with.
    void failed(InputException problem);
  }

  /// The images whose labels, or pictures, are not there.
  ///
  /// @throws InputException when two images would have the same file, or labels of another kind are
  /// stored
  public List<Path> missing(List<Path> images) throws IOException {
    store.requireOwnNames(images);
    List<Path> missing = new ArrayList<>();
    for (Path image : images.stream().distinct().toList()) {
      boolean stored = store.has(image, wanted);
      if (!stored || (overlays && !Files.exists(overlay(image)))) {
        missing.add(image);
      }
    }
    return missing;
  }

  private Path overlay(Path image) {
    return store.folder().resolve(SoftLabelStore.stem(image) + ".overlay.png");
  }

  /// Takes all images to be as large as the first one that can be read.
  private void requireRoom(List<Path> images) throws IOException {
    for (Path file : images) {
      long pixels = pixels(file);
      if (pixels > 0) {
        store.requireRoom(SoftLabelFile.bytes(wanted.kept(), pixels * images.size()));
        return;
      }
    }
  }

  /// None if the image cannot be read, which is told later.
  private static long pixels(Path file) {
    try {
      ColourImage image = ImageFiles.readColour(file);
      return (long) image.width() * image.height();
    } catch (InputException e) {
      return 0;
    }
  }

  /// Labels images, one after the other.
  ///
  /// @param images see [#missing]
  /// @param stop is asked after each image
  /// @return how many were labelled
  /// @throws IOException when labels cannot be written
  public int label(
      List<Path> images,
      TeacherSource source,
      Device device,
      Listener listener,
      BooleanSupplier stop)
      throws IOException {
    int done = 0;
    requireRoom(images);
    try (ImageTeacher teacher = source.open(device);
        Workers workers = new Workers(Runtime.getRuntime().availableProcessors())) {
      String fingerprint = wanted.teacher().orElseThrow();
      listener.begins(images.size());
      for (Path file : images) {
        try {
          ColourImage image = ImageFiles.readColour(file);
          SoftLabels labels = SoftLabels.of(teacher, image, wanted.kept(), workers);
          if (overlays) {
            Overlay.write(overlay(file), image, labels, teacher);
          }
          SoftLabelFile.write(store.file(file), labels, wanted.classes(), fingerprint);
          listener.labelled(++done);
        } catch (InputException e) {
          listener.failed(e);
        }
        if (stop.getAsBoolean()) {
          break;
        }
      }
    }
    return done;
  }
}
