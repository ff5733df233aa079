package org.octolift.apps.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.octolift.apps.config.DataConfig;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.data.FileList;
import org.octolift.apps.data.PointLists;
import org.octolift.engine.Device;
import org.octolift.engine.InputException;
import org.octolift.engine.RandomSource;
import org.octolift.engine.io.NdArray;
import org.octolift.nn.checkpoint.ModelFiles;
import org.octolift.nn.checkpoint.StateDict;
import org.octolift.nn.models.Model;

/// Fine-tuning with little: few labelled points a scan, or few labelled scans; alone or with what
/// the rest teaches.
final class Finetuning {
  private Finetuning() {}

  /// The settings of a run with a few labelled points a scan.
  ///
  /// @throws InputException when one is missing
  static RunConfig annotationSettings(RunConfig config) {
    if (config.usesTraining() && !config.train().limited().annotations()) {
      throw new InputException(
          "DATA.train.limit: expected True, and DATA.train.points to say how many points a scan have"
              + " labels, got False; octolift segment trains with all labels");
    }
    return config;
  }

  /// The step of such a run.
  ///
  /// @throws InputException when the file of labelled points is at fault or lacks a scan
  static TrainingStep annotations(RunConfig config, Model model, Device device, boolean fresh)
      throws IOException {
    DataConfig data = config.train();
    PointLists lists = PointLists.read(data.limited().annotationFile());
    for (FileList.Entry entry : trainingList(data).entries()) {
      lists.indices(entry.name());
    }
    LabelSource source = new LimitedAnnotations(lists);
    return data.limited().semiSupervised()
        ? semiSupervised(config, MeanTeacherStep.Variant.ANNOTATIONS, model, device, source, fresh)
        : supervised(config, model, device, source, fresh);
  }

  /// The settings of a run with a few labelled scans: without the rest, their list takes the place
  /// of the training list.
  ///
  /// @throws InputException when one is missing
  static RunConfig reconstructionSettings(RunConfig config) {
    if (!config.usesTraining()) {
      return config;
    }
    DataConfig data = config.train();
    Path list = labelledList(data);
    if (!data.limited().semiSupervised()) {
      return config.withTrain(data.withList(list));
    }
    pseudoLabelFile(config);
    return config;
  }

  /// The step of such a run.
  ///
  /// @throws InputException when a list or a file of weights is at fault
  static TrainingStep reconstructions(RunConfig config, Model model, Device device, boolean fresh)
      throws IOException {
    DataConfig data = config.train();
    if (!data.limited().semiSupervised()) {
      return supervised(config, model, device, LabelSource.all(), fresh);
    }
    Set<String> labelled = labelledScans(data);
    Path weights = pseudoLabelFile(config);
    Model network = network(config, "pseudo-label parameters");
    StateDict.load(network.parameters(), ModelFiles.read(weights), weights);
    return semiSupervised(
        config,
        MeanTeacherStep.Variant.RECONSTRUCTIONS,
        model,
        device,
        new PseudoLabels(labelled, network, config.loss().pseudoRate(), device),
        fresh);
  }

  private static TrainingStep supervised(
      RunConfig config, Model model, Device device, LabelSource source, boolean fresh)
      throws IOException {
    if (fresh) {
      loadPretrained(config, model);
    }
    return new SupervisedStep(
        SegmentationPrograms.training(
            model, Target.POINTS, config.loss().mask(), config.solver(), device.recomputation()),
        device,
        source);
  }

  /// The teacher begins with the same pre-trained trunk, but with a classifier of its own.
  private static TrainingStep semiSupervised(
      RunConfig config,
      MeanTeacherStep.Variant variant,
      Model model,
      Device device,
      LabelSource source,
      boolean fresh)
      throws IOException {
    Model teacher = network(config, "teacher parameters");
    if (fresh) {
      loadPretrained(config, model, teacher);
    }
    return new MeanTeacherStep(config, variant, model, teacher, device, source);
  }

  private static void loadPretrained(RunConfig config, Model... models) throws IOException {
    Optional<Path> file = config.model().pretrained();
    if (file.isPresent()) {
      try {
        Map<String, NdArray> entries = ModelFiles.read(file.get());
        for (Model model : models) {
          StateDict.loadTrunk(model.parameters(), entries, file.get());
        }
      } catch (InputException e) {
        throw new InputException("MODEL.pretrain_file: " + e.getMessage(), e);
      }
    }
  }

  private static Model network(RunConfig config, String purpose) {
    return Networks.create(config.model(), RandomSource.of(config.solver().seed()).split(purpose));
  }

  private static Path labelledList(DataConfig data) {
    return data.limited()
        .reconstructions()
        .orElseThrow(
            () ->
                new InputException(
                    "DATA.train.limited_reconst: expected the list of labelled scans, got nothing"));
  }

  private static Path pseudoLabelFile(RunConfig config) {
    return config
        .model()
        .pseudoLabels()
        .orElseThrow(
            () ->
                new InputException(
                    "MODEL.pseudo_file: expected weights of a network that labels scans, got nothing; train"
                        + " one with DATA.train.semi False"));
  }

  private static FileList trainingList(DataConfig data) {
    return FileList.read(
        data.list()
            .orElseThrow(
                () ->
                    new InputException(
                        "DATA.train.filelist: expected a text file of scans, got nothing")),
        data.location());
  }

  /// The names in the list of labelled scans, each of which the training list must have.
  private static Set<String> labelledScans(DataConfig data) {
    FileList training = trainingList(data);
    Set<String> known = new TreeSet<>();
    training.entries().forEach(entry -> known.add(entry.name()));
    Set<String> labelled = new TreeSet<>();
    FileList list = FileList.read(labelledList(data), data.location());
    for (FileList.Entry entry : list.entries()) {
      if (!known.contains(entry.name())) {
        throw new InputException(
            "%s: line %d: %s is no scan of %s; correct the line or DATA.train.filelist"
                .formatted(list.list(), entry.line(), entry.name(), training.list()));
      }
      labelled.add(entry.name());
    }
    return labelled;
  }
}
