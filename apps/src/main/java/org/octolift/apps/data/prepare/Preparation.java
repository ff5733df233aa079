package org.octolift.apps.data.prepare;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedSet;
import org.octolift.engine.InputException;

/// How a data set is made, in steps that do not depend on each other. It sees names and files but
/// decides neither where they are nor who works: [LocalPreparation] is one who does.
public interface Preparation extends Serializable {
  /// What there is to do.
  ///
  /// @param files names of all files below the input folder, relative to it, with slashes
  /// @throws InputException when none of them belongs to such a data set
  List<Step> steps(SortedSet<String> files);

  /// Does one step. Whatever it writes is whole, and [Step#output] is written last.
  ///
  /// @param input folder that the step's inputs are relative to
  /// @param output folder that the step's output is relative to
  /// @throws InputException when an input is at fault
  void prepare(Step step, Path input, Path output) throws IOException;

  /// The address of a file that all steps need beside their inputs; none by default.
  default Optional<String> shared() {
    return Optional.empty();
  }

  /// This preparation with a local copy of the shared file.
  default Preparation with(Path file) {
    return this;
  }

  /// Lists of what has been prepared: the text of each file by its name in the output folder.
  ///
  /// @param files names of all files below the output folder, as in [#steps]
  SequencedMap<String, String> lists(List<Step> steps, SortedSet<String> files);

  /// The lines of a list, each ended.
  static String lines(List<String> lines) {
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  /// The lists {@code NAME.txt} and {@code NAME_img.txt} for {@code NAME.txt}: points and images
  /// in the same order.
  static void putLists(Map<String, String> lists, String name, List<String> scans, String image) {
    lists.put(name + ".txt", lines(scans));
    if (image != null) {
      lists.put(
          name + "_img.txt",
          lines(scans.stream().map(scan -> Chunks.scene(scan) + image).toList()));
    }
  }
}
