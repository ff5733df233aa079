package org.octolift.apps.data.prepare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.octolift.apps.data.PlyFile;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.image.GreyImage;
import org.octolift.apps.data.image.ImageFiles;
import org.octolift.apps.data.rgbd.DepthEncoding;
import org.octolift.apps.data.rgbd.PinholeCamera;
import org.octolift.apps.data.rgbd.Pose;
import org.octolift.apps.data.rgbd.RgbdClouds;
import org.octolift.apps.data.rgbd.RgbdFrame;
import org.octolift.apps.data.rgbd.RgbdFrames;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.io.AtomicFile;

/// SUN RGB-D's frames as points (data.md §5): a folder with `image/`, `depth/` and
/// `intrinsics.txt` makes one cloud, without the pixels on depth jumps, with the label image's
/// values as labels. The clouds are named after the label images, of which the first ones, in
/// sorted order, are for validation.
///
/// @param labels folder of the label images, relative to the input folder; empty for none
/// @param scenes folder of the scene that the label image of each name belongs to; label images
/// without an entry belong to the scene whose image or folder has their name
/// @param validation number of scans for validation
/// @param encoding meaning of the depth values
/// @param depthScale depth units in a metre
/// @param edgeFilter whether pixels on depth jumps are left out
public record SunRgbdPreparation(
    String labels,
    LinkedHashMap<String, String> scenes,
    int validation,
    DepthEncoding encoding,
    double depthScale,
    boolean edgeFilter)
    implements Preparation {
  private static final long serialVersionUID = 1L;

  private static final String CAMERA = "intrinsics.txt";

  /// Images of a scene: camera, colour, depth.
  private record Scene(String camera, String colour, String depth) {}

  @Override
  public List<Step> steps(SortedSet<String> files) {
    Map<String, Scene> found = scenes(files);
    if (found.isEmpty()) {
      throw new InputException(
          "--path-in: expected folders with image/, depth/ and intrinsics.txt, found none");
    }
    TreeMap<String, Step> steps = new TreeMap<>(RgbdFrames.NATURAL);
    if (labels.isEmpty()) {
      found.forEach(
          (folder, scene) -> {
            String name = folder.isEmpty() ? stem(scene.colour()) : folder.replace('/', '_');
            steps.put(name, step(name, scene, "", "train/"));
          });
      return List.copyOf(steps.values());
    }
    TreeSet<String> images = new TreeSet<>(RgbdFrames.NATURAL);
    for (String file : files.subSet(labels + "/", labels + "/" + Character.MAX_VALUE)) {
      if (file.endsWith(".png") || file.endsWith(".pgm")) {
        images.add(file);
      }
    }
    if (images.isEmpty()) {
      throw new InputException(
          "--labels: there are no label images %s/NAME.png below --path-in".formatted(labels));
    }
    Map<String, String> byName = byName(found);
    int number = 0;
    for (String image : images) {
      String name = stem(image);
      String set = number++ < validation ? "val/" : "train/";
      String folder = scenes.isEmpty() ? byName.get(name) : scenes.get(name);
      Scene scene = folder == null ? null : found.get(folder);
      steps.put(name, step(name, scene, image, set));
    }
    return List.copyOf(steps.values());
  }

  private static Step step(String name, Scene scene, String label, String set) {
    List<String> inputs = new ArrayList<>();
    if (scene != null) {
      inputs.addAll(List.of(scene.camera(), scene.colour(), scene.depth()));
      if (!label.isEmpty()) {
        inputs.add(label);
      }
    }
    return new Step(name, inputs, set + name + ".ply");
  }

  /// Folders that have all that a frame needs; the first image of each folder counts.
  private static Map<String, Scene> scenes(SortedSet<String> files) {
    Map<String, Scene> scenes = new TreeMap<>();
    for (String file : files) {
      if (file.equals(CAMERA) || file.endsWith("/" + CAMERA)) {
        String folder = file.substring(0, file.length() - CAMERA.length());
        String colour = first(files, folder + "image/");
        String depth = first(files, folder + "depth/");
        if (colour != null && depth != null) {
          scenes.put(folder.replaceFirst("/$", ""), new Scene(file, colour, depth));
        }
      }
    }
    return scenes;
  }

  private static String first(SortedSet<String> files, String folder) {
    SortedSet<String> inside = files.subSet(folder, folder + Character.MAX_VALUE);
    return inside.isEmpty() ? null : inside.first();
  }

  /// The scene of each name that stands for one scene alone.
  private static Map<String, String> byName(Map<String, Scene> scenes) {
    Map<String, String> byName = new TreeMap<>();
    TreeSet<String> ambiguous = new TreeSet<>();
    scenes.forEach(
        (folder, scene) -> {
          String last = folder.substring(folder.lastIndexOf('/') + 1);
          for (String name : new TreeSet<>(List.of(stem(scene.colour()), last))) {
            if (byName.putIfAbsent(name, folder) != null) {
              ambiguous.add(name);
            }
          }
        });
    byName.keySet().removeAll(ambiguous);
    return byName;
  }

  private static String stem(String file) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  @Override
  public void prepare(Step step, Path input, Path output) throws IOException {
    if (step.inputs().isEmpty()) {
      throw new InputException(
          "the label image %s belongs to no scene: name the scene of each label image with --scenes"
              .formatted(step.name()));
    }
    Path camera = input.resolve(step.inputs().get(0));
    Path colour = input.resolve(step.inputs().get(1));
    Path depth = input.resolve(step.inputs().get(2));
    RgbdClouds.Options options =
        new RgbdClouds.Options(
            PinholeCamera.parse(camera.toString()), null, encoding, depthScale, edgeFilter, false);
    Scan scan;
    try (Workers workers = new Workers(1)) {
      scan =
          new RgbdClouds(options, workers)
              .cloud(new RgbdFrame(step.name(), colour, depth, Pose.IDENTITY));
    }
    if (step.inputs().size() > 3) {
      GreyImage image = ImageFiles.readGrey(depth);
      scan = labelled(scan, ImageFiles.readGrey(input.resolve(step.inputs().get(3))), image);
    }
    Path target = output.resolve(step.output());
    Files.createDirectories(target.getParent());
    AtomicFile.write(
        target.resolveSibling(step.name() + type(colour)), out -> Files.copy(colour, out));
    PlyFile.write(target, scan);
  }

  private static String type(Path image) {
    String name = image.getFileName().toString();
    return name.substring(name.lastIndexOf('.'));
  }

  private static Scan labelled(Scan scan, GreyImage label, GreyImage depth) {
    if (label.width() != depth.width() || label.height() != depth.height()) {
      throw InputException.in(
          label.source(),
          "has %d x %d pixels, the depth image %s has %d x %d"
              .formatted(
                  label.width(), label.height(), depth.source(), depth.width(), depth.height()));
    }
    int[] labels = new int[scan.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = label.values()[scan.pixels()[i]];
    }
    return new Scan(
        scan.source(), scan.xyz(), scan.normals(), scan.colours(), labels, scan.pixels());
  }

  @Override
  public SequencedMap<String, String> lists(List<Step> steps, SortedSet<String> files) {
    SequencedMap<String, String> lists = new LinkedHashMap<>();
    for (String set : new String[] {"train", "val"}) {
      List<Step> done =
          steps.stream()
              .filter(step -> step.output().startsWith(set) && files.contains(step.output()))
              .toList();
      if (!done.isEmpty()) {
        lists.put(
            "sunrgbd_" + set + ".txt",
            Preparation.lines(done.stream().map(step -> step.name() + ".ply").toList()));
        lists.put(
            "sunrgbd_" + set + "_img.txt",
            Preparation.lines(
                done.stream()
                    .map(step -> step.name() + type(Path.of(step.inputs().get(1))))
                    .toList()));
      }
    }
    return lists;
  }
}
