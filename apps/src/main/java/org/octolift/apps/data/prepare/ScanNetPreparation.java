package org.octolift.apps.data.prepare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.octolift.apps.benchmark.LabelFile;
import org.octolift.apps.benchmark.Nyu40;
import org.octolift.apps.data.PlyFile;
import org.octolift.apps.data.PlyMesh;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.Scans;
import org.octolift.apps.data.geometry.MeshNormals;
import org.octolift.engine.InputException;

/// ScanNet's meshes as points with normals and labels (data.md §2): of `scans/` in `train/`, of
/// `scans_test/`, which has no labels, in `test/`. Each scan gives `SCENE.ply`, its NYU40 ids as
/// text, and its [Chunks]. Points are the mesh's vertices in their order.
///
/// @param remap whether labels become the benchmark's classes 0 to 20, or stay NYU40 ids
public record ScanNetPreparation(boolean remap) implements Preparation {
  private static final long serialVersionUID = 1L;

  private static final Pattern MESH =
      Pattern.compile("(?:.*/)?(scans|scans_test)/([^/]+)/\\2_vh_clean_2\\.ply");
  private static final String TABLE = "scannetv2-labels.combined.tsv";

  /// Labels that annotators left by mistake; they become 0.
  private static final Map<String, Integer> FAULTS =
      Map.of("scene0270_00", 50, "scene0270_02", 50, "scene0384_00", 149);

  @Override
  public List<Step> steps(SortedSet<String> files) {
    List<String> tables = files.stream().filter(file -> isTable(file)).toList();
    List<Step> steps = new ArrayList<>();
    for (String file : files) {
      Matcher mesh = MESH.matcher(file);
      if (mesh.matches()) {
        String scene = mesh.group(2);
        boolean test = mesh.group(1).equals("scans_test");
        List<String> inputs = new ArrayList<>(List.of(file));
        if (!test) {
          labelFiles(file, scene, files, inputs);
          inputs.addAll(tables);
        }
        steps.add(new Step(scene, inputs, (test ? "test/" : "train/") + scene + ".ply"));
      }
    }
    if (steps.isEmpty()) {
      throw new InputException(
          "--path-in: expected ScanNet's meshes scans/SCENE/SCENE_vh_clean_2.ply or"
              + " scans_test/SCENE/SCENE_vh_clean_2.ply, found none");
    }
    return steps;
  }

  private static boolean isTable(String file) {
    return file.equals(TABLE) || file.endsWith("/" + TABLE);
  }

  private static void labelFiles(
      String mesh, String scene, SortedSet<String> files, List<String> inputs) {
    String folder = mesh.substring(0, mesh.lastIndexOf('/') + 1);
    for (String file : files.subSet(folder, folder + Character.MAX_VALUE)) {
      String name = file.substring(folder.length());
      boolean archive = name.endsWith(".zip") && !name.contains("_2d-");
      if (archive
          || name.equals(labels(scene))
          || name.equals(aggregation(scene))
          || name.equals(segments(scene))) {
        inputs.add(file);
      }
    }
  }

  private static String labels(String scene) {
    return scene + "_vh_clean_2.labels.ply";
  }

  private static String aggregation(String scene) {
    return scene + ".aggregation.json";
  }

  private static String segments(String scene) {
    return scene + "_vh_clean_2.0.010000.segs.json";
  }

  @Override
  public void prepare(Step step, Path input, Path output) throws IOException {
    Path target = output.resolve(step.output());
    boolean test = step.output().startsWith("test/");
    PlyMesh mesh = PlyFile.readMesh(input.resolve(step.inputs().getFirst()));
    Scan vertices = Scans.requireFinite(mesh.vertices());
    if (vertices.colours() == null) {
      throw new InputException(vertices.source() + ": has no colours red, green, blue");
    }
    float[] normals = MeshNormals.of(mesh);
    requireArea(vertices, normals);
    int[] ids = test ? new int[vertices.size()] : ids(step, input, vertices);
    Scan scan =
        new Scan(
            vertices.source(),
            vertices.xyz(),
            normals,
            vertices.colours(),
            classes(step.name(), ids),
            null);
    Path folder = target.getParent();
    Files.createDirectories(folder);
    if (!test) {
      LabelFile.write(folder.resolve(step.name() + ".txt"), ids);
    }
    Chunks.write(folder, step.name(), scan);
    PlyFile.write(target, scan);
  }

  private static void requireArea(Scan vertices, float[] normals) {
    for (float value : normals) {
      if (value != 0) {
        return;
      }
    }
    throw new InputException(
        vertices.source() + ": no face has an area: there are no normals; is the mesh damaged?");
  }

  private static int[] ids(Step step, Path input, Scan vertices) throws IOException {
    List<String> files = step.inputs();
    Optional<Source> labelled = Source.find(input, files, labels(step.name()));
    if (labelled.isPresent()) {
      Source source = labelled.orElseThrow();
      return ScanNetLabels.of(PlyFile.read(Path.of(source.name()), source.bytes()), vertices);
    }
    Optional<Source> aggregation = Source.find(input, files, aggregation(step.name()));
    Optional<Source> segments = Source.find(input, files, segments(step.name()));
    Optional<Source> table = Source.find(input, files, TABLE);
    if (aggregation.isPresent() && segments.isPresent() && table.isPresent()) {
      return ScanNetLabels.of(
          aggregation.orElseThrow(), segments.orElseThrow(), table.orElseThrow(), vertices);
    }
    throw new InputException(
        "%s: has no labels: expected %s beside it, or %s, %s and, anywhere below --path-in, %s; %s"
            .formatted(
                vertices.source(),
                labels(step.name()),
                aggregation(step.name()),
                segments(step.name()),
                TABLE,
                "scans without labels belong below scans_test"));
  }

  private int[] classes(String scene, int[] ids) {
    int fault = FAULTS.getOrDefault(scene, -1);
    return Arrays.stream(ids).map(id -> id == fault ? 0 : remap ? Nyu40.label(id) : id).toArray();
  }

  @Override
  public SequencedMap<String, String> lists(List<Step> steps, SortedSet<String> files) {
    return new LinkedHashMap<>();
  }
}
