package org.octolift.apps.softlabel;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedSet;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.data.image.ImageFiles;
import org.octolift.apps.data.prepare.Preparation;
import org.octolift.apps.data.prepare.Step;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.cpu.Workers;

/// Soft labels as a preparation, for clusters: each image is a step, the teacher's weights are what
/// all steps share. A process loads the teacher once and labels one image after the other, each on
/// all its processors. The files are those of [ImageLabelling].
///
/// @param weights file, or its address
/// @param kept K
/// @param teachers what makes a teacher of a local file of weights
public record SoftLabelPreparation(String weights, int kept, Teachers teachers)
    implements Preparation {
  private static final long serialVersionUID = 1L;

  /// Makes a teacher of its weights. Equal ones make equal teachers.
  @FunctionalInterface
  public interface Teachers extends Serializable {
    /// The teacher of a file.
    TeacherSource of(Path weights);
  }

  /// Makes the teachers of [ImageTeachers].
  public record Published() implements Teachers {
    private static final long serialVersionUID = 1L;

    @Override
    public TeacherSource of(Path file) {
      return ImageTeachers.of(file);
    }
  }

  @Override
  public Optional<String> shared() {
    return Optional.of(weights);
  }

  @Override
  public Preparation with(Path file) {
    return new SoftLabelPreparation(file.toString(), kept, teachers);
  }

  @Override
  public List<Step> steps(SortedSet<String> files) {
    List<Path> images = files.stream().map(Path::of).filter(SoftLabelStore::isImage).toList();
    if (images.isEmpty()) {
      throw new InputException("--images: expected images (png, jpg, ppm, pgm), found none");
    }
    store(Path.of("")).requireOwnNames(images);
    List<Step> steps = new ArrayList<>();
    for (Path image : images) {
      String stem = SoftLabelStore.stem(image);
      steps.add(new Step(stem, List.of(image.toString().replace('\\', '/')), stem + ".npz"));
    }
    return steps;
  }

  private static SoftLabelStore store(Path folder) {
    return new SoftLabelStore(folder, "--out", "keep fewer classes by --top-k");
  }

  @Override
  public void prepare(Step step, Path input, Path output) throws IOException {
    Path file = input.resolve(step.inputs().getFirst());
    ColourImage image = ImageFiles.readColour(file);
    SoftLabelStore store = store(output);
    Loaded.of(this).label(file, image, store, kept);
  }

  @Override
  public SequencedMap<String, String> lists(List<Step> steps, SortedSet<String> files) {
    return new LinkedHashMap<>();
  }

  /// The teacher of this process.
  private static final class Loaded {
    private static SoftLabelPreparation owner;
    private static Loaded loaded;

    private final String fingerprint;
    private final Workers workers;
    private final ImageTeacher teacher;

    private Loaded(TeacherSource source, Path weights) throws IOException {
      fingerprint =
          source
              .fingerprint()
              .orElseThrow(
                  () -> new InputException(weights + ": expected the weights, found none"));
      int processors = Runtime.getRuntime().availableProcessors();
      workers = new Workers(processors);
      teacher = source.open(new CpuDevice(processors));
    }

    static synchronized Loaded of(SoftLabelPreparation preparation) throws IOException {
      if (!preparation.equals(owner)) {
        Path weights = Path.of(preparation.weights);
        loaded = new Loaded(preparation.teachers.of(weights), weights);
        owner = preparation;
      }
      return loaded;
    }

    synchronized void label(Path file, ColourImage image, SoftLabelStore store, int kept)
        throws IOException {
      SoftLabels labels = SoftLabels.of(teacher, image, kept, workers);
      store.write(file, image, labels, teacher, fingerprint, true);
    }
  }
}
