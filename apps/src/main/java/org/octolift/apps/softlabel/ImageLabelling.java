package org.octolift.apps.softlabel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.octolift.apps.data.Prefetcher;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.data.image.ImageFiles;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;

/// Labels images and stores the labels; what is stored already is left alone, so that the same call
/// goes on where an earlier one was stopped.
///
/// @param store where labels go
/// @param wanted what they shall be
/// @param overlays whether a picture, `STEM.overlay.png`, goes beside each file
public record ImageLabelling(SoftLabelStore store, SoftLabelStore.Wanted wanted, boolean overlays) {
  private static final int READERS = 2;

  /// Is told what happens.
  public interface Listener {
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
      if (!stored || (overlays && !Files.exists(store.overlay(image)))) {
        missing.add(image);
      }
    }
    return missing;
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

  /// Labels images, one after the other; files are read and written meanwhile.
  ///
  /// @param images see [#missing]
  /// @param workers for what is done with probabilities
  /// @param stop is asked after each image
  /// @return how many were labelled
  /// @throws IOException when labels cannot be written
  public int label(
      List<Path> images,
      ImageTeacher teacher,
      Workers workers,
      Listener listener,
      BooleanSupplier stop)
      throws IOException, InterruptedException {
    requireRoom(images);
    try (Prefetcher<Reading> reader =
            new Prefetcher<>(i -> Reading.of(images, i), 0, READERS, 2 * READERS);
        Writing writing = new Writing(listener)) {
      for (Path file : images) {
        try {
          ColourImage image = reader.next().image();
          SoftLabels labels = SoftLabels.of(teacher, image, wanted.kept(), workers);
          writing.begin(
              () ->
                  store.write(
                      file, image, labels, teacher, wanted.teacher().orElseThrow(), overlays));
        } catch (InputException e) {
          listener.failed(e);
        }
        if (stop.getAsBoolean()) {
          break;
        }
      }
      return writing.end();
    }
  }

  /// An image, or why it cannot be read.
  private record Reading(ColourImage value, InputException problem) {
    /// Nothing after the last image.
    static Reading of(List<Path> images, long position) {
      if (position >= images.size()) {
        return new Reading(null, null);
      }
      try {
        return new Reading(ImageFiles.readColour(images.get((int) position)), null);
      } catch (InputException e) {
        return new Reading(null, e);
      }
    }

    ColourImage image() {
      if (problem != null) {
        throw problem;
      }
      return value;
    }
  }

  /// Writes one image's files while the next image is labelled.
  private static final class Writing implements AutoCloseable {
    private final ExecutorService thread =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("octolift-writer").factory());
    private final Listener listener;
    private Future<Object> last;
    private int done;

    Writing(Listener listener) {
      this.listener = listener;
    }

    /// What writes the files of an image.
    private interface Output {
      void write() throws IOException;
    }

    void begin(Output files) throws IOException, InterruptedException {
      end();
      last =
          thread.submit(
              () -> {
                files.write();
                return null;
              });
    }

    /// Waits for what is under way.
    ///
    /// @return how many images were written
    int end() throws IOException, InterruptedException {
      if (last != null) {
        Future<Object> ended = last;
        last = null;
        try {
          ended.get();
        } catch (ExecutionException e) {
          switch (e.getCause()) {
            case IOException cause -> throw cause;
            case RuntimeException cause -> throw cause;
            case Error cause -> throw cause;
            default -> throw new IllegalStateException(e.getCause());
          }
        }
        listener.labelled(++done);
      }
      return done;
    }

    @Override
    public void close() {
      thread.close();
    }
  }
}
