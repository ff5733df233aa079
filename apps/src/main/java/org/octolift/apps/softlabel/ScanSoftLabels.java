package org.octolift.apps.softlabel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.octolift.apps.config.DataConfig;
import org.octolift.apps.data.image.ImageFiles;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;

/// The soft labels of the scans of a section, each made of an image: see [ScanImages].
public final class ScanSoftLabels {
  private final String section;
  private final List<Path> images;
  private final SoftLabelStore store;
  private final SoftLabelStore.Wanted wanted;

  /// @param classes number of all classes
  /// @param teacher fingerprint of who labels; empty if only stored labels are used
  /// @throws InputException when the section's list is at fault, or an image is missing
  public ScanSoftLabels(DataConfig data, int classes, Optional<String> teacher) {
    this.section = data.section();
    if (data.soft().kept() > classes) {
      throw new InputException(
          "%s.soft_top_k: expected 0 (all classes) to %d, got %d"
              .formatted(section, classes, data.soft().kept()));
    }
    this.images = ScanImages.of(data);
    this.store =
        new SoftLabelStore(
            data.softLabels(),
            section + ".soft_labels",
            "keep fewer classes by %s.soft_top_k, or none by %s.soft_store False"
                .formatted(section, section));
    int kept = data.soft().kept() == 0 ? classes : data.soft().kept();
    this.wanted = new SoftLabelStore.Wanted(teacher, classes, kept, true);
  }

  /// `DATA.train` or `DATA.test`.
  public String section() {
    return section;
  }

  /// Where labels are stored.
  public SoftLabelStore store() {
    return store;
  }

  /// The image of each scan; those of chunks are the same.
  public List<Path> images() {
    return images;
  }

  /// Labels images and stores the labels.
  public ImageLabelling labelling() {
    return new ImageLabelling(store, wanted, false);
  }

  /// The stored labels of a scan's image.
  ///
  /// @param item which scan, from 0
  /// @throws InputException when they are missing or damaged, or have too few classes
  public SoftLabels read(int item) {
    Path file = store.file(images.get(item));
    try {
      SoftLabels labels = SoftLabelFile.read(file, wanted.classes());
      if (labels.kept() < wanted.kept()) {
        throw InputException.in(
            file,
            "expected the %d most probable classes of each pixel, found %d: set %s.soft_top_k %2$d"
                .formatted(wanted.kept(), labels.kept(), section));
      }
      return labels.first(wanted.kept());
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /// Computes the labels of a scan's image: the same bits as [#read] gives once they are stored.
  ///
  /// @param item which scan, from 0
  public SoftLabels compute(int item, ImageTeacher teacher, Workers workers) {
    return SoftLabels.of(teacher, ImageFiles.readColour(images.get(item)), wanted.kept(), workers);
  }
}
