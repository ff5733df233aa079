package org.octolift.apps.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.report.ClassNames;
import org.octolift.apps.report.ClassPalette;
import org.octolift.apps.report.CloudRenderer;
import org.octolift.apps.report.PointColours;
import org.octolift.apps.report.Report;
import org.octolift.apps.rooms.RoomOptions;
import org.octolift.apps.rooms.RoomType;
import org.octolift.engine.InputException;
import org.octolift.engine.io.Json;

/// Tells a demo as a [Report].
///
/// @param seconds that each phase took
record DemoReport(
    DemoOptions options,
    RoomOptions rooms,
    RunConfig config,
    Path run,
    Map<String, Double> seconds) {
  private static final int WIDTH = 420;
  private static final int HEIGHT = 330;

  /// The report.
  ///
  /// @param tested the test rooms
  /// @param types of the test rooms
  /// @param counts over all of them
  Report of(List<LabelledRoom> tested, List<RoomType> types, ClassCounts counts)
      throws IOException {
    return new Report(
        "Octolift demo",
        ("An octree U-Net learned from %d generated scans of furnished rooms to say what each point"
                + " belongs to. It is measured on %d other rooms, which it never saw.")
            .formatted(options.rooms(), options.tests()),
        headlines(counts),
        TrainingCurves.read(run, counts.present()),
        classes(counts),
        scenes(tested, types),
        facts(),
        notes(counts));
  }

  private List<Report.Fact> headlines(ClassCounts counts) {
    return List.of(
        fact("mIoU over %d classes".formatted(counts.present().length), "%.3f", counts.miou()),
        fact("points labelled right", "%.1f %%", 100 * counts.accuracy()),
        fact("unseen rooms, %,d points".formatted(counts.points()), "%d", options.tests()),
        fact("minutes to generate, train and predict", "%.1f", total() / 60));
  }

  private double total() {
    return seconds.values().stream().mapToDouble(s -> s).sum();
  }

  private static Report.Fact fact(String name, String format, Object... values) {
    return new Report.Fact(name, String.format(Locale.ROOT, format, values));
  }

  private List<Report.ClassScore> classes(ClassCounts counts) {
    List<String> names = ClassNames.scanNet20();
    ClassPalette palette = ClassPalette.scanNet20();
    List<Report.ClassScore> scores = new ArrayList<>();
    for (int k = 1; k < config.model().classes(); k++) {
      scores.add(
          new Report.ClassScore(
              names.get(k).replace('_', ' '),
              palette.colour(k),
              counts.truth(k),
              counts.intersection(k),
              counts.union(k)));
    }
    return scores;
  }

  /// The first test room of each type.
  private List<Report.Scene> scenes(List<LabelledRoom> tested, List<RoomType> types) {
    Set<RoomType> shown = EnumSet.noneOf(RoomType.class);
    List<Report.Scene> scenes = new ArrayList<>();
    for (int i = 0; i < tested.size(); i++) {
      if (shown.add(types.get(i))) {
        scenes.add(scene(tested.get(i), types.get(i)));
      }
    }
    return scenes;
  }

  private Report.Scene scene(LabelledRoom room, RoomType type) {
    ClassPalette palette = ClassPalette.scanNet20();
    ClassCounts counts = ClassCounts.of(room, config.model().classes());
    String what = "the scanned " + type.title();
    return new Report.Scene(
        String.format(
            Locale.ROOT,
            "%s: %,d points, %.1f %% right, mIoU %.3f over its %d classes",
            type.title().substring(0, 1).toUpperCase(Locale.ROOT) + type.title().substring(1),
            room.scan().size(),
            100 * counts.accuracy(),
            counts.miou(),
            counts.present().length),
        List.of(
            picture("input", what + " in its colours", room, PointColours.ofScan(room.scan())),
            picture("truth", what, room, PointColours.ofLabels(room.labels(), palette)),
            picture(
                "prediction",
                what + " in the colours of the predicted classes",
                room,
                PointColours.ofLabels(room.predictions(), palette)),
            picture(
                "errors (red)",
                what + " with wrong points in red",
                room,
                PointColours.ofErrors(room.labels(), room.predictions(), 0))));
  }

  private static Report.Picture picture(
      String caption, String description, LabelledRoom room, int[] colours) {
    CloudRenderer renderer = new CloudRenderer(CloudRenderer.Viewpoint.isometric(WIDTH, HEIGHT));
    return new Report.Picture(caption, description, renderer.render(room.scan(), colours));
  }

  private List<Report.Fact> facts() throws IOException {
    Path file = run.resolve("environment.json");
    if (!(Json.parse(file) instanceof Map<?, ?> environment)) {
      throw InputException.in(file, "expected an object");
    }
    List<Report.Fact> facts = new ArrayList<>();
    var solver = config.solver();
    var model = config.model();
    var train = config.train();
    facts.add(
        fact(
            "Network",
            "%s, %,d parameters, octree depth %d",
            model.name().name().toLowerCase(Locale.ROOT),
            environment.get("parameters"),
            model.depth()));
    facts.add(
        fact(
            "Widths",
            "encoder %s, decoder %s, header %d",
            model.stages().encoderChannels(),
            model.stages().decoderChannels(),
            model.stages().headChannels()));
    facts.add(
        fact(
            "Training",
            "%d epochs, batches of %d, %s, learning rate %s (%s), weight decay %s",
            solver.epochs(),
            train.batchSize(),
            solver.optimiser().name().toLowerCase(Locale.ROOT),
            solver.learningRate().base(),
            solver.learningRate().type().name().toLowerCase(Locale.ROOT),
            solver.weightDecay()));
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

  private List<String> notes(ClassCounts counts) {
    int absent = config.model().classes() - 1 - counts.present().length;
    return List.of(
        "IoU of a class: the points that are of this class and were taken for it, divided by the"
            + " points that are or were. mIoU is its mean over the %d classes that occur in the"
                .formatted(counts.present().length)
            + " test rooms' truth, each counted over all test rooms together;"
            + (absent == 0
                ? " these are all classes there are."
                : " the %d others cannot be measured on these rooms.".formatted(absent))
            + " Points without a label do not count.",
        "The rooms are synthetic: a generator furnishes them, renders depth images from %d places"
                .formatted(rooms.views())
            + " with the errors of a depth camera, and fuses them. Good scores here say that the"
            + " network learns; they say nothing about scans of real rooms.",
        "Rooms to test on come from the same generator with other random numbers. They take no part"
            + " in training; the curve over the epochs only watches them.",
        "rooms.yaml beside this page is the configuration; run/all_configs.yaml is the same with all"
            + " defaults and paths. octolift segment runs such files, with other settings too.");
  }
}
