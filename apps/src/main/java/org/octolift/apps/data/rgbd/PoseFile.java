package org.octolift.apps.data.rgbd;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.octolift.apps.data.MappedFile;
import org.octolift.engine.InputException;

/// Reads camera-to-world poses; the format follows from the numbers in a line:
///
/// - 7: `x y z qx qy qz qw`
/// - 8: `time x y z qx qy qz qw` (TUM RGB-D)
/// - 4: matrices of 4 lines
/// - 3, then 4 lines of 4: Open3D trajectory (.log)
///
/// Lines that start with `#` and empty lines are skipped.
public final class PoseFile {
  private static final int MAX_FILE_BYTES = 64 << 20;
  private static final Pattern NOT_FINITE = Pattern.compile("(?i)\\b(inf|nan)");

  private final Path file;
  private final List<double[]> rows = new ArrayList<>();
  private final List<Integer> lines = new ArrayList<>();

  private PoseFile(Path file) {
    this.file = file;
    int number = 0;
    for (String line : MappedFile.text(file, MAX_FILE_BYTES).split("\n")) {
      number++;
      String stripped = line.strip();
      if (!stripped.isEmpty() && !stripped.startsWith("#")) {
        rows.add(numbers(stripped, number));
        lines.add(number);
      }
    }
  }

  /// The poses of {@code file}, in its order; at least one.
  ///
  /// @throws InputException names the line that is wrong
  public static List<Pose> read(Path file) {
    return new PoseFile(file).poses();
  }

  /// The single pose of {@code file}; empty when its numbers are infinite or NaN.
  ///
  /// @throws InputException when it is no pose, or holds several
  static Optional<Pose> readSingle(Path file) {
    if (NOT_FINITE.matcher(MappedFile.text(file, MAX_FILE_BYTES)).find()) {
      return Optional.empty();
    }
    List<Pose> poses = read(file);
    if (poses.size() != 1) {
      throw InputException.in(file, "holds %d poses, expected one".formatted(poses.size()));
    }
    return Optional.of(poses.getFirst());
  }

  private double[] numbers(String line, int number) {
    String[] words = line.split("[\\s,]+");
    double[] values = new double[words.length];
    for (int i = 0; i < words.length; i++) {
      try {
        values[i] = Double.parseDouble(words[i]);
      } catch (NumberFormatException e) {
        throw new InputException(
            "%s: line %d: \"%s\" is no number".formatted(file, number, words[i]), e);
      }
    }
    return values;
  }

  private List<Pose> poses() {
    if (rows.isEmpty()) {
      throw InputException.in(file, "holds no poses");
    }
    List<Pose> poses = new ArrayList<>();
    switch (rows.getFirst().length) {
      case 7, 8 -> {
        int width = rows.getFirst().length;
        for (int i = 0; i < rows.size(); i++) {
          requireWidth(i, width);
          poses.add(quaternion(i));
        }
      }
      case 4 -> {
        for (int i = 0; i < rows.size(); i += 4) {
          poses.add(matrix(i));
        }
      }
      case 3 -> {
        for (int i = 0; i < rows.size(); i += 5) {
          requireWidth(i, 3);
          poses.add(matrix(i + 1));
        }
      }
      default ->
          throw wrong(
              0,
              "%d numbers; expected 7 (x y z qx qy qz qw), 8 (time first), 4 (matrices) or 3 (.log)"
                  .formatted(rows.getFirst().length));
    }
    return poses;
  }

  private Pose quaternion(int row) {
    double[] values = rows.get(row);
    int start = values.length - 7;
    double[] place = Arrays.copyOfRange(values, start, start + 3);
    double[] rotation = Arrays.copyOfRange(values, start + 3, start + 7);
    try {
      return Pose.of(rotation, place, start == 1 ? values[0] : Double.NaN);
    } catch (IllegalArgumentException e) {
      throw wrong(row, e.getMessage());
    }
  }

  private Pose matrix(int first) {
    double[] rotation = new double[9];
    double[] place = new double[3];
    for (int i = 0; i < 4; i++) {
      if (first + i >= rows.size()) {
        throw InputException.in(file, "ends in the middle of a 4 x 4 matrix");
      }
      requireWidth(first + i, 4);
      double[] row = rows.get(first + i);
      if (i < 3) {
        System.arraycopy(row, 0, rotation, 3 * i, 3);
        place[i] = row[3];
      } else if (row[0] != 0 || row[1] != 0 || row[2] != 0 || row[3] != 1) {
        throw wrong(first + i, "the last row of a pose must be 0 0 0 1");
      }
    }
    try {
      return new Pose(rotation, place, Double.NaN);
    } catch (IllegalArgumentException e) {
      throw wrong(first, e.getMessage());
    }
  }

  private void requireWidth(int row, int width) {
    if (rows.get(row).length != width) {
      throw wrong(row, "expected %d numbers, found %d".formatted(width, rows.get(row).length));
    }
  }

  private InputException wrong(int row, String problem) {
    return InputException.in(file, "line %d: %s".formatted(lines.get(row), problem));
  }
}
