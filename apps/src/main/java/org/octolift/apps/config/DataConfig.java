package org.octolift.apps.config;

import static org.octolift.apps.config.InvalidSetting.require;

import java.nio.file.Path;
import java.util.Optional;

/// One data section: which scans, how they become octrees, how they are loaded.
///
/// @param section `DATA.train` or `DATA.test`, for messages
/// @param name `scannet` and `mp3d` choose the augmentation in metres; any other name the one that
/// normalises by the bounding sphere
/// @param disabled whether the program shall do without this set
/// @param location directory that the lines of the list are relative to
/// @param list text file of scans; none in a section that is not used
/// @param octree how octrees are built
/// @param augmentation what changes the points before
/// @param batchSize scans a batch
/// @param workers threads that prepare batches; 0: the thread that trains
/// @param shuffle whether the order is random
/// @param inMemory whether scans are read once and kept
/// @param limited restrictions for data-efficient learning
/// @param soft soft labels, for pre-training
public record DataConfig(
    String section,
    String name,
    boolean disabled,
    Path location,
    Optional<Path> list,
    OctreeConfig octree,
    AugmentationConfig augmentation,
    int batchSize,
    int workers,
    boolean shuffle,
    boolean inMemory,
    Limited limited,
    Soft soft) {
  /// Soft labels of the scans' images.
  ///
  /// @param folder where they are stored; none: `soft_labels` in the section's location
  /// @param stored whether they are stored, rather than computed whenever they are needed
  /// @param kept how many classes each pixel keeps; 0: all
  public record Soft(Optional<Path> folder, boolean stored, int kept) {}

  /// What of the labels may be used.
  ///
  /// @param annotations whether labels are given for a few points a scan only
  /// @param points how many points a scan
  /// @param pointsFile which points; none: `points/LA/pointsN` in the working directory
  /// @param semiSupervised whether the rest is learnt from too
  /// @param reconstructions list of the scans that have labels; none: all
  public record Limited(
      boolean annotations,
      int points,
      Optional<Path> pointsFile,
      boolean semiSupervised,
      Optional<Path> reconstructions) {
    /// The file that lists the labelled points of each scan.
    public Path annotationFile() {
      return pointsFile.orElseGet(() -> Path.of("points", "LA", "points" + points));
    }
  }

  /// Checks the ranges.
  public DataConfig {
    require(batchSize >= 1, section + ".batch_size", "at least 1", batchSize);
    require(workers >= 0, section + ".num_workers", "at least 0", workers);
    require(
        !limited.annotations || limited.points >= 1 || limited.pointsFile.isPresent(),
        section + ".points",
        "the labelled points a scan (20, 50, 100 or 200), as limit is True",
        limited.points);
    require(
        soft.kept >= 0 && soft.kept <= 256,
        section + ".soft_top_k",
        "0 (all classes) to 256",
        soft.kept);
  }

  /// The folder of stored soft labels.
  public Path softLabels() {
    return soft.folder.orElseGet(() -> location.resolve("soft_labels"));
  }

  /// Whether coordinates are metres in a box of ±5.12 m, with colours: ScanNet and Matterport3D.
  public boolean isMetric() {
    return name.equals("scannet") || name.equals("mp3d");
  }

  /// The same section with another list of scans.
  public DataConfig withList(Path other) {
    return new DataConfig(
        section,
        name,
        disabled,
        location,
        Optional.of(other),
        octree,
        augmentation,
        batchSize,
        workers,
        shuffle,
        inMemory,
        limited,
        soft);
  }

  static DataConfig of(String section, ConfigTree tree) {
    return new DataConfig(
        section,
        tree.text(section + ".name"),
        tree.flag(section + ".disable"),
        Choice.path(section + ".location", tree),
        optionalPath(section + ".filelist", tree),
        OctreeConfig.of(section, tree),
        AugmentationConfig.of(section, tree),
        tree.whole(section + ".batch_size"),
        tree.whole(section + ".num_workers"),
        tree.flag(section + ".shuffle"),
        tree.flag(section + ".in_memory"),
        new Limited(
            tree.flag(section + ".limit"),
            tree.whole(section + ".points"),
            optionalPath(section + ".points_file", tree),
            tree.flag(section + ".semi"),
            optionalPath(section + ".limited_reconst", tree)),
        new Soft(
            optionalPath(section + ".soft_labels", tree),
            tree.flag(section + ".soft_store"),
            tree.whole(section + ".soft_top_k")));
  }

  private static Optional<Path> optionalPath(String key, ConfigTree tree) {
    return tree.text(key).isEmpty() ? Optional.empty() : Optional.of(Choice.path(key, tree));
  }
}
