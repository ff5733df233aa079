package org.octolift.apps.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.octolift.engine.InputException;
import org.octolift.engine.io.Folders;
import org.octolift.engine.io.InputFile;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.Npy;
import org.octolift.engine.io.Npz;

/// Sums the class probabilities of all votes and chunks of a scene and writes the label of each of
/// its points as NYU40 id (data.md §6, `generate_output_seg`). A point that was in no cube has
/// label 0.
public final class Voting {
  private static final int MAX_LIST_BYTES = 64 << 20;
  private static final String PLY = ".ply";
  private static final Pattern CHUNK = Pattern.compile("(.+)\\.chunk_[0-9]+");

  /// Probabilities of one vote for a scan.
  private record Vote(Path file, String scan) {}

  private final Path masks;
  private final Path output;

  /// @param masks folder with `SCAN.chunk_I.mask.npy`: which points of the scene a chunk has
  /// @param output folder of the label files
  public Voting(Path masks, Path output) {
    this.masks = masks;
    this.output = output;
  }

  /// Writes a label file for each scene. One scene at a time is in memory.
  ///
  /// @param list text file of the scans, in the order in which they were evaluated
  /// @param predictions folder of the votes: `VV.NNNN.npz`, as many for each scan
  /// @param console told of each scene
  /// @throws InputException when files do not fit together
  public void run(Path list, Path predictions, Consumer<String> console) throws IOException {
    List<String> scans = scans(list);
    List<Path> files = LabelFile.list(predictions, ".npz");
    if (files.size() % scans.size() != 0) {
      throw InputException.in(
          predictions,
          "expected as many votes for each of the %d scans of %s, found %d .npz files"
              .formatted(scans.size(), list, files.size()));
    }
    Map<String, List<Vote>> scenes = new LinkedHashMap<>();
    for (int i = 0; i < files.size(); i++) {
      String scan = scans.get(i % scans.size());
      Matcher chunk = CHUNK.matcher(scan);
      scenes
          .computeIfAbsent(chunk.matches() ? chunk.group(1) : scan, k -> new ArrayList<>())
          .add(new Vote(files.get(i), scan));
    }
    Folders.make("--path_out", output);
    for (Map.Entry<String, List<Vote>> scene : scenes.entrySet()) {
      int[] labels = labels(scene.getValue());
      LabelFile.write(output.resolve(scene.getKey() + ".txt"), labels);
      console.accept(
          "%s: %,d points, %d files"
              .formatted(scene.getKey(), labels.length, scene.getValue().size()));
    }
  }

  private static List<String> scans(Path list) throws IOException {
    List<String> scans = new ArrayList<>();
    for (String line :
        new String(InputFile.bytes(list, MAX_LIST_BYTES), StandardCharsets.UTF_8).split("\n", -1)) {
      String name = line.strip().split("\\s+", -1)[0];
      if (!name.isEmpty()) {
        name = name.endsWith(PLY) ? name.substring(0, name.length() - PLY.length()) : name;
        if (name.contains("..") || name.contains("/") || name.contains("\\")) {
          throw InputException.in(list, "expected names of scans without folders, got " + name);
        }
        scans.add(name);
      }
    }
    if (scans.isEmpty()) {
      throw InputException.in(list, "has no lines; expected one scan a line");
    }
    return scans;
  }

  private int[] labels(List<Vote> votes) throws IOException {
    double[] sums = null;
    int classes = Nyu40.classes();
    for (Vote vote : votes) {
      Map<String, NdArray> arrays = Npz.read(vote.file);
      boolean[] inside = array(vote.file, arrays, "inbox_mask").booleans();
      int[] points = points(vote, inside.length);
      int size = points == null ? inside.length : points[inside.length];
      if (sums == null) {
        sums = new double[Math.multiplyExact(size, classes)];
      } else if (sums.length != size * classes) {
        throw InputException.in(
            vote.file,
            "expected the %d points of the scene's other votes, found %d"
                .formatted(sums.length / classes, size));
      }
      float[] probabilities =
          array(vote.file, arrays, "prob").expectShape(count(inside), classes).floats();
      int row = 0;
      for (int i = 0; i < inside.length; i++) {
        if (inside[i]) {
          int point = points == null ? i : points[i];
          for (int c = 0; c < classes; c++) {
            sums[point * classes + c] += probabilities[row * classes + c];
          }
          row++;
        }
      }
    }
    return best(sums);
  }

  private static NdArray array(Path file, Map<String, NdArray> arrays, String name) {
    NdArray array = arrays.get(name);
    if (array == null) {
      throw InputException.in(
          file, "expected prob and inbox_mask as evaluate writes them, found " + arrays.keySet());
    }
    return array;
  }

  /// For each point of a chunk its index in the scene, then the scene's number of points; null if
  /// the scan is no chunk.
  private int[] points(Vote vote, int count) throws IOException {
    if (!CHUNK.matcher(vote.scan).matches()) {
      return null;
    }
    Path file = masks.resolve(vote.scan + ".mask.npy");
    boolean[] mask = Npy.read(file).booleans();
    if (count(mask) != count) {
      throw InputException.in(
          file,
          "expected %d points of the scene in the chunk, as %s has, found %d"
              .formatted(count, vote.file, count(mask)));
    }
    int[] points = new int[count + 1];
    int at = 0;
    for (int i = 0; i < mask.length; i++) {
      if (mask[i]) {
        points[at++] = i;
      }
    }
    points[count] = mask.length;
    return points;
  }

  private static int count(boolean[] mask) {
    int count = 0;
    for (boolean set : mask) {
      count += set ? 1 : 0;
    }
    return count;
  }

  /// The id of each point's largest sum, the first of equal ones.
  private static int[] best(double[] sums) {
    int classes = Nyu40.classes();
    int[] labels = new int[sums.length / classes];
    for (int point = 0; point < labels.length; point++) {
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = sums[point * classes + c] > sums[point * classes + best] ? c : best;
      }
      labels[point] = Nyu40.id(best);
    }
    return labels;
  }
}
