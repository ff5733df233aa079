package org.octolift.apps.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.octolift.engine.InputException;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.Npz;
import org.octolift.nn.checkpoint.TorchFile;

/// Which points of each scan have labels: the indices of points by scan, whose names may lack their
/// extension. Files are `points/LA/points20` to `points200` of the reference, dictionaries
/// written by torch.save, or NumPy's archives (`.npz`) with an array for each scan. An index that
/// is listed twice counts once.
public final class PointLists {
  private final Path file;
  private final Map<String, long[]> lists;

  private PointLists(Path file, Map<String, long[]> lists) {
    this.file = file;
    this.lists = lists;
  }

  /// Reads a file.
  ///
  /// @throws InputException when it holds anything but lists of indices
  public static PointLists read(Path file) throws IOException {
    Map<String, long[]> lists = new LinkedHashMap<>();
    Map<String, NdArray> arrays =
        file.toString().endsWith(".npz") ? Npz.read(file) : TorchFile.readStateDict(file);
    for (Map.Entry<String, NdArray> entry : arrays.entrySet()) {
      NdArray indices = entry.getValue();
      if (indices.dtype().isFloat() || indices.shape().length != 1) {
        throw InputException.in(
            file,
            "%s: expected a list of whole numbers, the points with labels, found %s"
                .formatted(entry.getKey(), indices));
      }
      lists.put(entry.getKey(), indices.longs());
    }
    return new PointLists(file, lists);
  }

  /// Number of scans.
  public int size() {
    return lists.size();
  }

  /// The indices of a scan's labelled points as the file has them.
  ///
  /// @param scan file name with or without extension
  /// @throws InputException when the file does not name the scan, or no point of it
  public long[] indices(String scan) {
    long[] indices = lists.get(scan);
    if (indices == null) {
      int dot = scan.lastIndexOf('.');
      indices = dot < 0 ? null : lists.get(scan.substring(0, dot));
    }
    if (indices == null) {
      throw InputException.in(
          file,
          "names no labelled points of %s; take the scan off DATA.train.filelist or use its points"
              .formatted(scan));
    }
    if (indices.length == 0) {
      throw InputException.in(
          file, "%s: expected at least one labelled point, the list is empty".formatted(scan));
    }
    return indices;
  }

  /// For each point of a scan whether it has a label.
  ///
  /// @param points number of the scan's points
  /// @throws InputException as [#indices], and when an index is not one of the scan's points
  public boolean[] mask(String scan, int points) {
    boolean[] mask = new boolean[points];
    for (long index : indices(scan)) {
      if (index < 0 || index >= points) {
        throw InputException.in(
            file,
            "%s: expected indices below %d, the points of the scan, found %d; is it the scan that the list was made for?"
                .formatted(scan, points, index));
      }
      mask[(int) index] = true;
    }
    return mask;
  }
}
