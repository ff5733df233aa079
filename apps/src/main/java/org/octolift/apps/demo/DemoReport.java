package org.octolift.apps.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.report.ClassNames;
import org.octolift.apps.report.ClassPalette;
import org.octolift.apps.report.CloudRenderer;
import org.octolift.apps.report.PointColours;
import org.octolift.apps.report.Report;
import org.octolift.apps.rooms.RoomFiles;
import org.octolift.apps.rooms.RoomOptions;
import org.octolift.apps.rooms.RoomType;
import org.octolift.apps.softlabel.SoftLabelStore;
import org.octolift.apps.transfer.TeacherScore;
import org.octolift.apps.transfer.Transfer;
import org.octolift.apps.transfer.TransferFolder;
import org.octolift.apps.transfer.TransferOptions;
import org.octolift.apps.transfer.TransferScale;
import org.octolift.apps.transfer.Tuning;
import org.octolift.apps.transfer.Tuning.Start;
import org.octolift.engine.InputException;
import org.octolift.engine.io.Json;

/// Tells a demo as a [Report].
///
/// @param seconds that each phase took
record DemoReport(TransferOptions options, Transfer transfer, Map<String, Double> seconds) {
  private static final int WIDTH = 420;
  private static final int HEIGHT = 330;
  private static final int PANORAMAS = 3;

  /// Of the columns of the table and the curves of the charts.
  private static final List<Start> ORDER = List.of(Start.PRETRAINED, Start.SCRATCH);

  /// The report.
  ///
  /// @param rooms the test rooms, by each network
  /// @param counts over all of them
  Report of(Map<Start, List<LabelledRoom>> rooms, Map<Start, ClassCounts> counts)
      throws IOException {
    TransferScale scale = options.scale();
    Optional<TeacherScore> teacher = transfer.teacherScore();
    return new Report(
        "Octolift demo",
        ("A 2-D network labels images, a 3-D network learns from these labels, and then needs few of its"
                + " own. Two networks were fine-tuned alike, with %d labelled points in each of %d"
                + " scanned rooms: one from scratch, the other with what %d panoramas of other rooms"
                + " had taught it, without any label of theirs.")
            .formatted(scale.points(), scale.rooms(), scale.panoramas()),
        headlines(counts, teacher),
        charts(counts.get(Start.SCRATCH).present()),
        ORDER.stream().map(Start::title).toList(),
        classes(counts),
        List.of(
            new Report.Gallery(
                "What the 2-D teacher says",
                "Panoramas of rooms that it has not seen. Pre-training takes its probabilities at the"
                    + " points that depth gives.",
                teacherScenes()),
            new Report.Gallery(
                "Rooms that nothing has seen",
                "What the two networks make of scans.",
                scenes(rooms))),
        facts(teacher),
        notes(counts.get(Start.SCRATCH)));
  }

  private TransferFolder folder() {
    return transfer.folder();
  }

  private Tuning tuning(Start start) {
    return new Tuning(start, options.scale().points(), options.scale().finetuningEpochs());
  }

  private List<Report.Fact> headlines(
      Map<Start, ClassCounts> counts, Optional<TeacherScore> teacher) {
    ClassCounts pretrained = counts.get(Start.PRETRAINED);
    ClassCounts scratch = counts.get(Start.SCRATCH);
    List<Report.Fact> facts = new ArrayList<>();
    facts.add(
        fact(
            "mIoU pre-trained, over %d classes".formatted(pretrained.present().length),
            "%.3f",
            pretrained.miou()));
    facts.add(fact("mIoU from scratch", "%.3f", scratch.miou()));
    facts.add(
        fact(
            "points right: pre-trained, from scratch",
            "%.0f %%, %.0f %%",
            100 * pretrained.accuracy(),
            100 * scratch.accuracy()));
    teacher.ifPresent(
        score ->
            facts.add(
                fact(
                    "pixels of unseen rooms right: 2-D teacher",
                    "%.0f %%",
                    100 * score.accuracy())));
    facts.add(fact("minutes that this run took", "%.1f", total() / 60));
    return facts;
  }

  private double total() {
    return seconds.values().stream().mapToDouble(s -> s).sum();
  }

  private static Report.Fact fact(String name, String format, Object... values) {
    return new Report.Fact(name, String.format(Locale.ROOT, format, values));
  }

  private List<Report.Chart> charts(int[] present) throws IOException {
    List<Report.Chart> charts = new ArrayList<>();
    if (Files.exists(folder().teacherLosses())) {
      double[] losses =
          Files.readAllLines(folder().teacherLosses()).stream()
              .mapToDouble(Double::parseDouble)
              .toArray();
      double[] steps = IntStream.rangeClosed(1, losses.length).asDoubleStream().toArray();
      charts.add(
          new Report.Chart(
              "2-D teacher: loss", "step", List.of(new Report.Series("loss", steps, losses))));
    }
    charts.add(
        new Report.Chart(
            "Pre-training: loss against the teacher",
            "epoch",
            List.of(TrainingCurves.losses("loss", folder().pretraining()))));
    List<Report.Series> losses = new ArrayList<>();
    List<Report.Series> tests = new ArrayList<>();
    for (Start start : ORDER) {
      Path run = folder().finetuning(tuning(start));
      losses.add(TrainingCurves.losses(start.title(), run));
      tests.add(TrainingCurves.miou(start.title(), run, present));
    }
    charts.add(new Report.Chart("Fine-tuning: loss of the labelled points", "epoch", losses));
    charts.add(new Report.Chart("Fine-tuning: mIoU in the test rooms", "epoch", tests));
    return charts;
  }

  private static List<Report.ClassScore> classes(Map<Start, ClassCounts> counts) {
    List<String> names = ClassNames.scanNet20();
    ClassPalette palette = ClassPalette.scanNet20();
    List<Report.ClassScore> scores = new ArrayList<>();
    for (int k : counts.get(Start.SCRATCH).present()) {
      List<Double> iou = new ArrayList<>();
      for (Start start : ORDER) {
        ClassCounts of = counts.get(start);
        iou.add((double) of.intersection(k) / of.union(k));
      }
      scores.add(
          new Report.ClassScore(
              names.get(k).replace('_', ' '),
              palette.colour(k),
              counts.get(Start.SCRATCH).truth(k),
              iou));
    }
    return scores;
  }

  private List<Report.Scene> teacherScenes() throws IOException {
    RunConfig config = transfer.pretraining();
    SoftLabelStore store =
        new SoftLabelStore(config.train().softLabels(), "DATA.train.soft_labels", "");
    return new TeacherPictures(folder().panoramas(), store, config.model().classes())
        .scenes(PANORAMAS);
  }

  /// The first test room of each type.
  private List<Report.Scene> scenes(Map<Start, List<LabelledRoom>> rooms) {
    Set<RoomType> shown = EnumSet.noneOf(RoomType.class);
    List<Report.Scene> scenes = new ArrayList<>();
    for (int i = 0; i < options.scale().tests(); i++) {
      RoomType type = RoomFiles.type(i, transfer.roomOptions());
      if (shown.add(type)) {
        scenes.add(
            scene(rooms.get(Start.SCRATCH).get(i), rooms.get(Start.PRETRAINED).get(i), type));
      }
    }
    return scenes;
  }

  private Report.Scene scene(LabelledRoom scratch, LabelledRoom pretrained, RoomType type) {
    ClassPalette palette = ClassPalette.scanNet20();
    int classes = palette.size();
    ClassCounts before = ClassCounts.of(scratch, classes);
    ClassCounts after = ClassCounts.of(pretrained, classes);
    String what = "the scanned " + type.title();
    return new Report.Scene(
        String.format(
            Locale.ROOT,
            "%s, %,d points: %.0f %% right from scratch, %.0f %% pre-trained",
            type.title().substring(0, 1).toUpperCase(Locale.ROOT) + type.title().substring(1),
            scratch.scan().size(),
            100 * before.accuracy(),
            100 * after.accuracy()),
        List.of(
            picture("scan", what + " in its colours", scratch, PointColours.ofScan(scratch.scan())),
            picture(
                "truth",
                what + " in the colours of its classes",
                scratch,
                PointColours.ofLabels(scratch.labels(), palette)),
            picture(
                Start.SCRATCH.title(),
                what + " in the colours of the classes that the network from scratch sees",
                scratch,
                PointColours.ofLabels(scratch.predictions(), palette)),
            picture(
                Start.PRETRAINED.title(),
                what + " in the colours of the classes that the pre-trained network sees",
                pretrained,
                PointColours.ofLabels(pretrained.predictions(), palette))));
  }

  private static Report.Picture picture(
      String caption, String description, LabelledRoom room, int[] colours) {
    CloudRenderer renderer = new CloudRenderer(CloudRenderer.Viewpoint.isometric(WIDTH, HEIGHT));
    return new Report.Picture(caption, description, renderer.render(room.scan(), colours));
  }

  private List<Report.Fact> facts(Optional<TeacherScore> teacher) throws IOException {
    RunConfig pretraining = transfer.pretraining();
    RunConfig finetuning = transfer.finetuning(tuning(Start.PRETRAINED));
    Path file = folder().finetuning(tuning(Start.SCRATCH)).resolve("environment.json");
    if (!(Json.parse(file) instanceof Map<?, ?> environment)) {
      throw InputException.in(file, "expected an object");
    }
    TransferScale scale = options.scale();
    RoomOptions rooms = transfer.roomOptions();
    List<Report.Fact> facts = new ArrayList<>();
    if (teacher.isPresent()) {
      facts.add(
          fact(
              "2-D teacher",
              "a small U-Net, %d steps on panoramas of %d rooms of its own",
              scale.teacherSteps(),
              scale.teacherRooms()));
      facts.add(
          fact(
              "2-D teacher in unseen rooms",
              "%.1f %% of the pixels right, mIoU %.3f",
              100 * teacher.get().accuracy(),
              teacher.get().miou()));
    } else {
      facts.add(fact("2-D teacher", "DPT-Hybrid, 150 classes of ADE20K"));
    }
    facts.add(
        fact(
            "3-D network",
            "%s, %,d parameters, octree depth %d",
            finetuning.model().name().name().toLowerCase(Locale.ROOT),
            environment.get("parameters"),
            finetuning.model().depth()));
    facts.add(fact("Pre-training", "%s", solver(pretraining)));
    facts.add(fact("Fine-tuning, twice", "%s", solver(finetuning)));
    facts.add(
        fact(
            "Scans",
            "points %s m apart, sensor noise %s, %d views a room; %s",
            rooms.voxel(),
            rooms.noise(),
            rooms.views(),
            String.join(", ", rooms.types().stream().map(RoomType::title).toList())));
    facts.add(fact("Seed", "%d", options.seed()));
    facts.add(fact("Device", "%s", environment.get("device")));
    facts.add(
        fact(
            "System",
            "%s %s, %s processors, Java %s",
            environment.get("system"),
            environment.get("architecture"),
            environment.get("processors"),
            environment.get("java")));
    String version = DemoReport.class.getPackage().getImplementationVersion();
    facts.add(fact("Octolift", "%s", version == null ? "development build" : version));
    seconds.forEach((phase, taken) -> facts.add(fact("Time for " + phase, "%.1f s", taken)));
    return Collections.unmodifiableList(facts);
  }

  private static String solver(RunConfig config) {
    return "%d epochs, batches of %d, %s, learning rate %s (%s)"
        .formatted(
            config.solver().epochs(),
            config.train().batchSize(),
            config.solver().optimiser().name().toLowerCase(Locale.ROOT),
            config.solver().learningRate().base(),
            config.solver().learningRate().type().name().toLowerCase(Locale.ROOT));
  }

  private List<String> notes(ClassCounts counts) {
    return List.of(
        "IoU of a class: the points that are of this class and were taken for it, divided by the"
            + " points that are or were. mIoU is its mean over the %d classes that occur in the"
                .formatted(counts.present().length)
            + " test rooms' truth, each counted over all test rooms together. Points without a label"
            + " do not count.",
        "No room serves two purposes. The 2-D teacher learns from images and labels of its own rooms"
            + " alone; pre-training takes what it says about panoramas of other rooms; fine-tuning sees"
            + " scans and the few labelled points of others; the test rooms take part in nothing. Only"
            + " the trunk of the pre-trained network goes on: its classifier is left behind.",
        "One run with one seed says little: docs/experiments.md compares several"
            + " (octolift experiment pretrain).",
        "The rooms are synthetic: a generator furnishes them and renders what a depth camera would"
            + " see, with its errors. Good scores here say that the method works; they say nothing"
            + " about scans of real rooms. A real image parser has learnt from many more images than"
            + " this small teacher: --dpt-weights FILE takes DPT-Hybrid instead.",
        "pretrain_rooms.yaml and LA_rooms.yaml beside this page are the configurations; octolift"
            + " pretrain and octolift finetune-la run such files, with other settings too.");
  }
}
