package org.octolift.apps.data.prepare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedSet;
import org.octolift.apps.data.PlyFile;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.rgbd.Panoramas;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.io.AtomicFile;

/// Matterport3D's panoramas as points (data.md §4): `SCENE/NAME_rgb.png` and `SCENE/NAME_depth.exr`
/// give `NAME_rgb.ply`, a copy of the image beside it, and [Chunks]; scenes for training in
/// `train/`, the others in `val/`. Images are paired by name; the reference pairs them by position
/// in unsorted lists.
///
/// @param images folder of the scenes, relative to the input folder; empty for that itself
/// @param colourEnding end of the names of colour images
/// @param depthEnding end of the names of depth images
/// @param scenes the set of each scene, `train` or `val`; empty when all are for training
/// @param threads for the normals of one panorama
public record MatterportPreparation(
    String images,
    String colourEnding,
    String depthEnding,
    LinkedHashMap<String, String> scenes,
    int threads)
    implements Preparation {
  private static final long serialVersionUID = 1L;

  private static final String TRAIN = "train";
  private static final String VAL = "val";

  @Override
  public List<Step> steps(SortedSet<String> files) {
    String root = images.isEmpty() ? "" : images + "/";
    List<Step> steps = new ArrayList<>();
    Map<String, String> outputs = new HashMap<>();
    Set<String> found = new LinkedHashSet<>();
    for (String file : files.subSet(root, root + Character.MAX_VALUE)) {
      String scene = scene(file, root);
      String set = scenes.isEmpty() ? TRAIN : scenes.get(scene);
      if (set == null || !file.endsWith(colourEnding)) {
        continue;
      }
      found.add(scene);
      String base = file.substring(0, file.length() - colourEnding.length());
      String output = set + "/" + stem(file.substring(file.lastIndexOf('/') + 1)) + ".ply";
      String other = outputs.putIfAbsent(output, file);
      if (other != null) {
        throw new InputException(
            "%s and %s: would both become %s; give panoramas names of their own"
                .formatted(other, file, output));
      }
      steps.add(new Step(base.substring(root.length()), List.of(file, base + depthEnding), output));
    }
    if (found.isEmpty()) {
      throw new InputException(
          "--path-in: expected panoramas %sSCENE/NAME%s with NAME%s beside them, found none%s"
              .formatted(
                  root,
                  colourEnding,
                  depthEnding,
                  scenes.isEmpty() ? "" : " of the " + scenes.size() + " scenes of the lists"));
    }
    for (String scene : scenes.keySet()) {
      if (!found.contains(scene)) {
        steps.add(
            new Step(scene, List.of(root + scene), scenes.get(scene) + "/" + scene + colourEnding));
      }
    }
    return steps;
  }

  /// The folder that a file is in, relative to {@code root}.
  private static String scene(String file, String root) {
    int slash = file.lastIndexOf('/');
    return slash < root.length() ? "" : file.substring(root.length(), slash);
  }

  private static String stem(String file) {
    return file.substring(0, file.lastIndexOf('.'));
  }

  @Override
  public void prepare(Step step, Path input, Path output) throws IOException {
    if (step.inputs().size() < 2) {
      throw new InputException(
          "%s: the scene is on a list, but has no panoramas NAME%s"
              .formatted(input.resolve(step.inputs().getFirst()), colourEnding));
    }
    Path image = input.resolve(step.inputs().get(0));
    Path target = output.resolve(step.output());
    Scan scan;
    try (Workers workers = new Workers(threads)) {
      scan = Panoramas.cloud(image, input.resolve(step.inputs().get(1)), workers);
    }
    Path folder = target.getParent();
    String name = stem(target.getFileName().toString());
    String type = colourEnding.substring(colourEnding.lastIndexOf('.'));
    Files.createDirectories(folder);
    AtomicFile.write(folder.resolve(name + type), out -> Files.copy(image, out));
    Chunks.write(folder, name, scan);
    PlyFile.write(target, scan);
  }

  @Override
  public SequencedMap<String, String> lists(List<Step> steps, SortedSet<String> files) {
    SequencedMap<String, String> lists = new LinkedHashMap<>();
    String image = colourEnding.substring(colourEnding.lastIndexOf('.'));
    for (String set : new String[] {TRAIN, VAL}) {
      List<String> scans =
          steps.stream()
              .map(Step::output)
              .filter(file -> file.startsWith(set + "/") && files.contains(file))
              .map(file -> file.substring(set.length() + 1))
              .toList();
      Preparation.putLists(lists, "mp3d_" + set, scans, image);
      List<String> chunked = Chunks.replaced(scans, set + "/", files);
      Preparation.putLists(lists, "mp3d_" + set + "_new", chunked, image);
    }
    return lists;
  }
}
