package org.octolift.apps.inspect;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.ScanFiles;
import org.octolift.apps.data.Scans;
import org.octolift.apps.softlabel.SoftLabelFile;
import org.octolift.apps.train.Checkpoints;
import org.octolift.engine.InputException;
import org.octolift.engine.io.Json;
import org.octolift.engine.octree.Octree;
import org.octolift.engine.octree.OctreeFile;
import org.octolift.nn.checkpoint.ModelFiles;

/// Says what a file holds: a checkpoint's tensors, a scan's points and labels, an octree's nodes,
/// the size of soft labels.
public final class FileInspection {
  private FileInspection() {}

  /// The content of {@code file} as text; the extension says what it is.
  ///
  /// @throws InputException when the file is at fault or of no known kind
  public static String describe(Path file) throws IOException {
    String name = file.toString().toLowerCase(Locale.ROOT);
    String kind = name.substring(name.lastIndexOf('.') + 1);
    return switch (kind) {
      case "safetensors", "pth", "pt", "tar" -> TensorListing.of(file);
      case "json" -> checkpoint(Checkpoints.read(file));
      case "npz" -> SoftLabelFile.recognises(file) ? softLabels(file) : scan(ScanFiles.read(file));
      case "ply", "pcd", "points" -> scan(ScanFiles.read(file));
      case "octree" -> octree(OctreeFile.read(file));
      default -> {
        if (!ModelFiles.recognises(file)) {
          throw InputException.in(
              file,
              "expected a checkpoint (.safetensors, .pth, .pt, .tar, .solver.json), a scan (.ply,"
                  + " .pcd, .points, .npz), an .octree file or a file of torch.save");
        }
        yield TensorListing.of(file);
      }
    };
  }

  private static String checkpoint(Checkpoints.Saved saved) throws IOException {
    return "epoch %d, state %s%n%n%s%n%s%n%s%n%s"
        .formatted(
            saved.epoch(),
            Json.write(saved.state()),
            saved.model(),
            TensorListing.of(saved.model()),
            saved.solver(),
            TensorListing.of(saved.solver()));
  }

  private static String scan(Scan scan) {
    StringBuilder text = new StringBuilder(scan.summary()).append(System.lineSeparator());
    Scan finite = Scans.finite(scan);
    if (finite.size() < scan.size()) {
      text.append("%,d points are not finite%n".formatted(scan.size() - finite.size()));
    }
    for (int axis = 0; axis < 3 && finite.size() > 0; axis++) {
      float least = Float.POSITIVE_INFINITY;
      float most = Float.NEGATIVE_INFINITY;
      for (int i = axis; i < finite.xyz().length; i += 3) {
        least = Math.min(least, finite.xyz()[i]);
        most = Math.max(most, finite.xyz()[i]);
      }
      text.append("%c %.4f to %.4f%n".formatted("xyz".charAt(axis), least, most));
    }
    if (finite.labels() != null) {
      Map<Integer, Integer> histogram = new TreeMap<>();
      for (int label : finite.labels()) {
        histogram.merge(label, 1, Integer::sum);
      }
      histogram.forEach(
          (label, count) ->
              text.append(
                  "label %d: %,d points, %.1f %%%n"
                      .formatted(label, count, 100.0 * count / finite.size())));
    }
    return text.toString();
  }

  private static String softLabels(Path file) throws IOException {
    return SoftLabelFile.stamp(file)
        .map(
            stamp ->
                "soft labels of %d × %d pixels: the %d most probable of %d classes%nby the weights with SHA-256 %s%n"
                    .formatted(
                        stamp.width(),
                        stamp.height(),
                        stamp.kept(),
                        stamp.classes(),
                        stamp.teacher()))
        .orElse("soft labels by another program%n".formatted());
  }

  private static String octree(Octree octree) {
    StringBuilder text = new StringBuilder();
    text.append(
        "%d %s, depth %d, full to depth %d, %d channels%s%n"
            .formatted(
                octree.batchSize(),
                octree.batchSize() == 1 ? "octree" : "octrees",
                octree.depth(),
                octree.fullDepth(),
                octree.channels(),
                octree.hasLabels(octree.depth()) ? ", labels" : ""));
    for (int depth = 0; depth <= octree.depth(); depth++) {
      text.append(
          "depth %d: %,d nodes, %,d of them non-empty%n"
              .formatted(depth, octree.nodes(depth), octree.nonEmpty(depth)));
    }
    return text.toString();
  }
}
