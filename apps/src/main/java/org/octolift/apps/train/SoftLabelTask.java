package org.octolift.apps.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.octolift.apps.config.DataConfig;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.SolverConfig;
import org.octolift.apps.softlabel.ImageLabelling;
import org.octolift.apps.softlabel.ImageTeacher;
import org.octolift.apps.softlabel.ScanSoftLabels;
import org.octolift.apps.softlabel.SoftLabels;
import org.octolift.apps.softlabel.TeacherSource;
import org.octolift.engine.Device;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;
import org.octolift.nn.models.Model;

/// Pre-training: a network learns at the points of RGB-D images what a 2-D teacher says about their
/// pixels. Usually what it says is computed and stored before training begins.
final class SoftLabelTask implements Task {
  private final RunConfig config;
  private final TeacherSource source;
  private final Consumer<String> console;
  private final Progress.Display display;
  private final Map<String, Targets> targets = new HashMap<>();
  private final Workers workers;
  private ImageTeacher teacher;

  SoftLabelTask(
      RunConfig config, TeacherSource source, Consumer<String> console, Progress.Display display) {
    this.config = config;
    this.source = source;
    this.console = console;
    this.display = display;
    this.workers = new Workers(config.solver().threads());
  }

  @Override
  public boolean prepare(Device device, BooleanSupplier stop)
      throws IOException, InterruptedException {
    Optional<String> fingerprint = source.fingerprint();
    int classes = config.model().classes();
    if (fingerprint.isPresent() && source.classes() != classes) {
      throw new InputException(
          "MODEL.nout: expected %d, the classes of MODEL.teacher, got %d"
              .formatted(source.classes(), classes));
    }
    Map<DataConfig, ScanSoftLabels> sections = new LinkedHashMap<>();
    for (DataConfig data : sections()) {
      sections.put(data, new ScanSoftLabels(data, classes, fingerprint));
    }
    requireOwnNames(sections.values());
    for (Map.Entry<DataConfig, ScanSoftLabels> section : sections.entrySet()) {
      ScanSoftLabels labels = section.getValue();
      boolean stored = section.getKey().soft().stored();
      if (stored) {
        List<Path> missing = labels.labelling().missing(labels.images());
        if (config.solver().run() == SolverConfig.Run.PROFILE) {
          stored = missing.isEmpty();
        } else if (!missing.isEmpty() && !store(labels, missing, device, stop)) {
          return false;
        }
      }
      boolean tested = labels.section().equals(config.test().section());
      int mask = tested ? config.loss().mask() : SoftTargets.ALL;
      IntFunction<SoftLabels> given = stored ? labels::read : item -> compute(labels, item, device);
      targets.put(labels.section(), new SoftTargets(given, stored, mask));
    }
    return true;
  }

  private List<DataConfig> sections() {
    List<DataConfig> sections = new ArrayList<>();
    if (config.usesTraining()) {
      sections.add(config.train());
    }
    boolean tests = config.solver().run() != SolverConfig.Run.PROFILE;
    if (tests && !(config.usesTraining() && config.test().disabled())) {
      sections.add(config.test());
    }
    return sections;
  }

  /// Sections may share a folder.
  private static void requireOwnNames(Collection<ScanSoftLabels> all) {
    for (ScanSoftLabels labels : all) {
      labels
          .store()
          .requireOwnNames(
              all.stream()
                  .filter(other -> other.store().folder().equals(labels.store().folder()))
                  .flatMap(other -> other.images().stream())
                  .toList());
    }
  }

  private boolean store(
      ScanSoftLabels labels, List<Path> missing, Device device, BooleanSupplier stop)
      throws IOException, InterruptedException {
    console.accept(
        "%s: soft labels of %d images, stored in %s"
            .formatted(labels.section(), missing.size(), labels.store().folder()));
    try (ImageTeacher opened = open(device);
        Progress progress = new Progress(display, "label", missing.size())) {
      int done = labels.labelling().label(missing, opened, workers, new Shown(progress), stop);
      if (done == missing.size()) {
        return true;
      }
      console.accept(
          "stopped after %d of %d images; the same command goes on from there"
              .formatted(done, missing.size()));
      return false;
    }
  }

  /// An image that cannot be read ends the run: its scan could not be learnt from.
  private record Shown(Progress progress) implements ImageLabelling.Listener {
    @Override
    public void labelled(int done) {
      progress.update(done, Double.NaN);
    }

    @Override
    public void failed(InputException problem) {
      throw problem;
    }
  }

  /// What is wrong with the teacher's file is told by the key that names it.
  private ImageTeacher open(Device device) throws IOException {
    try {
      return source.open(device);
    } catch (InputException e) {
      throw new InputException("MODEL.teacher: " + e.getMessage(), e);
    }
  }

  /// On the thread that trains: the device serves one at a time.
  private SoftLabels compute(ScanSoftLabels labels, int item, Device device) {
    if (teacher == null) {
      try {
        teacher = open(device);
      } catch (IOException e) {
        throw new UncheckedIOException("MODEL.teacher: cannot be read: " + e.getMessage(), e);
      }
    }
    return labels.compute(item, teacher, workers);
  }

  @Override
  public TrainingStep step(Model model, Device device, boolean fresh) {
    return new SupervisedStep(
        SegmentationPrograms.training(
            model,
            Target.POINTS,
            SegmentationPrograms.Criterion.softLabels(),
            config.solver(),
            device.recomputation()),
        device,
        LabelSource.none());
  }

  @Override
  public SegmentationPrograms.Testing testing(Model model) {
    return SegmentationPrograms.testing(
        model, Target.POINTS, SegmentationPrograms.Criterion.softLabels());
  }

  @Override
  public Targets targets(DataConfig data) {
    return targets.get(data.section());
  }

  @Override
  public Task pointWise() {
    return this;
  }

  @Override
  public void close() {
    workers.close();
    if (teacher != null) {
      teacher.close();
    }
  }
}
