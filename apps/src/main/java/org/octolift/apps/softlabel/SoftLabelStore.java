package org.octolift.apps.softlabel;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.engine.InputException;
import org.octolift.engine.io.Folders;

/// A folder of soft labels: `STEM.npz` for the image `STEM.png` or `STEM.jpg`.
///
/// @param folder need not exist yet
/// @param setting the option or key that names the folder, for messages
/// @param smaller what to do when the disk has no room, for messages
public record SoftLabelStore(Path folder, String setting, String smaller) {
  private static final String OVERLAY = ".overlay.png";
  private static final Pattern IMAGE = Pattern.compile(".*\\.(png|jpe?g|ppm|pgm)");

  /// The file of an image.
  public Path file(Path image) {
    return folder.resolve(stem(image) + ".npz");
  }

  /// The picture of an image's labels.
  Path overlay(Path image) {
    return folder.resolve(stem(image) + OVERLAY);
  }

  /// Whether a file's name is that of an image that can be labelled.
  public static boolean isImage(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return IMAGE.matcher(name).matches() && !name.endsWith(OVERLAY);
  }

  /// Writes an image's labels, the picture first.
  ///
  /// @param pixels the image
  /// @param teacher who knows the classes
  /// @param fingerprint of the teacher
  /// @param overlay whether to make a picture
  void write(
      Path image,
      ColourImage pixels,
      SoftLabels labels,
      ImageTeacher teacher,
      String fingerprint,
      boolean overlay)
      throws IOException {
    if (overlay) {
      Overlay.write(overlay(image), pixels, labels, teacher);
    }
    SoftLabelFile.write(file(image), labels, teacher.classes().size(), fingerprint);
  }

  static String stem(Path image) {
    String name = image.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  /// Checks that no two different images have the same file.
  ///
  /// @throws InputException naming both
  public void requireOwnNames(List<Path> images) {
    Map<String, Path> owners = new HashMap<>();
    for (Path image : images) {
      Path other = owners.putIfAbsent(stem(image), image);
      if (other != null && !other.equals(image)) {
        throw new InputException(
            "%s and %s: the labels of both would be %s; give images names of their own"
                .formatted(other, image, file(image)));
      }
    }
  }

  /// What stored labels must be.
  ///
  /// @param teacher fingerprint of their teacher; empty for any
  /// @param classes number of all classes
  /// @param kept K
  /// @param more whether a greater K will do
  public record Wanted(Optional<String> teacher, int classes, int kept, boolean more) {}

  /// Whether an image's labels are there and complete.
  ///
  /// @throws InputException when they are not what is wanted: two kinds in a folder would be a trap
  public boolean has(Path image, Wanted wanted) throws IOException {
    Path file = file(image);
    if (!Files.exists(file)) {
      return false;
    }
    Optional<SoftLabelFile.Stamp> stamp;
    try {
      stamp = SoftLabelFile.stamp(file);
    } catch (InputException e) {
      return false;
    }
    stamp.ifPresent(found -> check(file, found, wanted));
    return true;
  }

  private void check(Path file, SoftLabelFile.Stamp found, Wanted wanted) {
    String other = null;
    if (!wanted.teacher.orElse(found.teacher()).equals(found.teacher())) {
      other =
          "labels by the weights with SHA-256 %.16s…, found some by %.16s…"
              .formatted(wanted.teacher.orElseThrow(), found.teacher());
    } else if (found.classes() != wanted.classes) {
      other = "labels of %d classes, found %d".formatted(wanted.classes, found.classes());
    } else if (found.kept() < wanted.kept || (found.kept() > wanted.kept && !wanted.more)) {
      other =
          "the %d most probable classes of each pixel, found %d"
              .formatted(wanted.kept, found.kept());
    }
    if (other != null) {
      throw InputException.in(
          file,
          "expected %s; name another folder by %s, or delete this one's files"
              .formatted(other, setting));
    }
  }

  /// Checks that the disk has room.
  ///
  /// @param bytes that will be written
  /// @throws InputException when it has not
  public void requireRoom(long bytes) throws IOException {
    Folders.make(setting, folder);
    FileStore disk = Files.getFileStore(folder);
    if (bytes > disk.getUsableSpace()) {
      throw new InputException(
          "%s %s: the soft labels will take about %,d MB, but %,d MB are free; %s"
              .formatted(setting, folder, bytes >> 20, disk.getUsableSpace() >> 20, smaller));
    }
  }
}
