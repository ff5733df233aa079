package org.octolift.apps.softlabel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.octolift.apps.config.DataConfig;
import org.octolift.apps.data.FileList;
import org.octolift.apps.data.prepare.Chunks;
import org.octolift.engine.InputException;

/// Which image each scan of a list was made of. `LIST_img.txt` beside `LIST.txt` names them, one a
/// line in the same order, relative to the section's location, as `octolift data mp3d` and the
/// reference's tools write it. Without such a list the image lies beside the scan under its name;
/// all chunks of a scan have one.
public final class ScanImages {
  private static final String LIST_END = "_img.txt";
  private static final List<String> ENDS = List.of(".png", ".jpg", ".jpeg");

  private ScanImages() {}

  /// The image of each scan, in the order of the list.
  ///
  /// @throws InputException when the section has no list, or an image is missing
  public static List<Path> of(DataConfig data) {
    Path list =
        data.list()
            .orElseThrow(
                () ->
                    new InputException(
                        "%s.filelist: expected a text file of scans, got nothing"
                            .formatted(data.section())));
    FileList scans = FileList.read(list, data.location());
    Path imageList = imageList(list);
    if (!Files.exists(imageList)) {
      return scans.entries().stream().map(entry -> beside(entry.file(), imageList)).toList();
    }
    FileList images = FileList.read(imageList, data.location());
    if (images.entries().size() != scans.entries().size()) {
      throw new InputException(
          "%s: expected an image for each of the %d scans of %s, found %d"
              .formatted(imageList, scans.entries().size(), list, images.entries().size()));
    }
    return images.entries().stream().map(FileList.Entry::file).toList();
  }

  private static Path imageList(Path list) {
    return list.resolveSibling(SoftLabelStore.stem(list) + LIST_END);
  }

  private static Path beside(Path scan, Path imageList) {
    String stem = SoftLabelStore.stem(scan);
    for (String name : List.of(stem, Chunks.scene(scan.getFileName().toString()))) {
      for (String end : ENDS) {
        Path image = scan.resolveSibling(name + end);
        if (Files.isRegularFile(image)) {
          return image;
        }
      }
    }
    throw InputException.in(
        scan,
        "expected the image that it was made of, %s.png or .jpg beside it or named by %s; found neither"
            .formatted(stem, imageList));
  }
}
