package org.octolift.apps.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.Script;
import org.octolift.apps.data.FileList;
import org.octolift.apps.data.ScanFiles;
import org.octolift.apps.report.HtmlReport;
import org.octolift.apps.rooms.RoomFiles;
import org.octolift.apps.rooms.RoomOptions;
import org.octolift.apps.rooms.RoomType;
import org.octolift.apps.train.Progress;
import org.octolift.apps.train.SegmentationJob;
import org.octolift.engine.io.AtomicFile;

/// From nothing to a report: rooms, training, predictions for unseen rooms, the page. Training and
/// prediction are [SegmentationJob]s with a configuration file, as the command line runs them.
public final class Demo {
  /// Distance between the points of a scan, in metres.
  private static final double SPACING = 0.06;

  private static final int MOST_POINTS = 40_000;

  /// With the classes of all five types a few minutes would not do.
  private static final List<RoomType> TYPES =
      List.of(RoomType.LIVING_ROOM, RoomType.BEDROOM, RoomType.OFFICE);

  private final DemoOptions options;
  private final RoomOptions roomOptions;
  private final Consumer<String> console;
  private final Progress.Display display;
  private final Map<String, Double> seconds = new LinkedHashMap<>();

  /// What came out.
  ///
  /// @param report the page
  /// @param miou mean over the classes that occur in the test rooms of intersection over union
  /// @param classes number of those classes
  /// @param accuracy share of test points with the right class
  public record Result(Path report, double miou, int classes, double accuracy) {}

  /// @param console shows a line
  /// @param display shows progress
  public Demo(DemoOptions options, Consumer<String> console, Progress.Display display) {
    this.options = options;
    this.roomOptions = RoomOptions.demo().withTypes(TYPES).withResolution(SPACING, MOST_POINTS);
    this.console = console;
    this.display = display;
  }

  /// Runs to the end. What a broken-off demo with the same options left is used; anything else that
  /// a demo left is overwritten.
  ///
  /// @throws org.octolift.engine.InputException when the folder holds what no demo wrote
  public Result run() throws IOException, InterruptedException {
    byte[] yaml = configuration();
    DemoFolder folder = DemoFolder.open(options.out(), settings(yaml));
    AtomicFile.write(folder.configuration(), out -> out.write(yaml));
    if (folder.stage() == DemoFolder.Stage.BEGUN) {
      phase("rooms", () -> generate(folder));
      folder.reached(DemoFolder.Stage.ROOMS);
    } else {
      console.accept("going on with the unfinished demo in " + options.out());
    }
    RunConfig config = load(folder, folder.run(), "train", List.of());
    phase("training", () -> new SegmentationJob(config, console, display).run());
    phase("prediction", () -> predict(folder, config));
    List<LabelledRoom> rooms = read(folder, config);
    ClassCounts counts = new ClassCounts(config.model().classes());
    rooms.forEach(counts::add);
    phase("report", () -> report(folder, config, rooms, counts));
    folder.reached(DemoFolder.Stage.REPORT);
    return new Result(folder.report(), counts.miou(), counts.present().length, counts.accuracy());
  }

  private interface Phase {
    void run() throws IOException, InterruptedException;
  }

  private void phase(String name, Phase phase) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    phase.run();
    double taken = (System.nanoTime() - begin) * 1e-9;
    seconds.put(name, taken);
    console.accept(String.format(Locale.ROOT, "%s: done in %.1f s", name, taken));
  }

  private Map<String, Object> settings(byte[] yaml) {
    CRC32 checksum = new CRC32();
    checksum.update(yaml);
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("rooms", (long) options.rooms());
    settings.put("tests", (long) options.tests());
    settings.put("seed", options.seed());
    settings.put("epochs", (long) options.epochs().orElse(0));
    settings.put("configuration", checksum.getValue());
    return settings;
  }

  /// The file config/rooms.yaml, which the build puts beside this class.
  private static byte[] configuration() throws IOException {
    try (InputStream in = Demo.class.getResourceAsStream("rooms.yaml")) {
      if (in == null) {
        throw new IllegalStateException("rooms.yaml is missing beside Demo.class");
      }
      return in.readAllBytes();
    }
  }

  private void generate(DemoFolder folder) throws IOException {
    int count = options.rooms() + options.tests();
    Progress progress = new Progress(display, "rooms", count);
    int threads =
        options.threads() == 0 ? Runtime.getRuntime().availableProcessors() : options.threads();
    RoomFiles.write(
        folder.rooms(),
        count,
        options.tests(),
        options.seed() * count,
        roomOptions,
        threads,
        done -> progress.update(done, Double.NaN));
    console.accept(
        "%d rooms to train on, %d others to test on".formatted(options.rooms(), options.tests()));
  }

  /// The configuration of a job; {@code pairs} come last.
  private RunConfig load(DemoFolder folder, Path logdir, String run, List<String> pairs) {
    List<String> all = new ArrayList<>();
    for (String list : List.of("train", "test")) {
      set(all, "DATA." + list + ".location", folder.rooms());
      set(all, "DATA." + list + ".filelist", folder.rooms().resolve(list + ".txt"));
    }
    set(all, "SOLVER.logdir", logdir);
    all.addAll(List.of("SOLVER.run", run));
    all.addAll(List.of("SOLVER.seed", Long.toString(options.seed())));
    all.addAll(List.of("SOLVER.threads", Integer.toString(options.threads())));
    all.addAll(List.of("SOLVER.device", options.device()));
    options
        .epochs()
        .ifPresent(epochs -> all.addAll(List.of("SOLVER.max_epoch", Integer.toString(epochs))));
    all.addAll(pairs);
    return RunConfig.load(
        Script.SEGMENTATION,
        Optional.of(folder.configuration()),
        all,
        "octolift demo",
        LocalDateTime.now(ZoneId.systemDefault()));
  }

  private static void set(List<String> pairs, String key, Path path) {
    pairs.add(key);
    pairs.add(RunConfig.quoted(path.toString()));
  }

  private void predict(DemoFolder folder, RunConfig training)
      throws IOException, InterruptedException {
    List<String> pairs = new ArrayList<>();
    set(
        pairs,
        "SOLVER.ckpt",
        folder
            .run()
            .resolve("checkpoints")
            .resolve("%05d.solver.json".formatted(training.solver().epochs())));
    RunConfig config = load(folder, folder.predictions(), "evaluate", pairs);
    new SegmentationJob(config, console, display).run();
  }

  private static List<LabelledRoom> read(DemoFolder folder, RunConfig config) throws IOException {
    FileList list = FileList.read(config.test().list().orElseThrow(), config.test().location());
    List<LabelledRoom> rooms = new ArrayList<>();
    for (FileList.Entry entry : list.entries()) {
      Path file = folder.predictions().resolve("01.%04d.npz".formatted(rooms.size()));
      rooms.add(LabelledRoom.read(ScanFiles.read(entry.file()), file));
    }
    return rooms;
  }

  private void report(
      DemoFolder folder, RunConfig config, List<LabelledRoom> rooms, ClassCounts counts)
      throws IOException {
    List<RoomType> types = new ArrayList<>();
    for (int i = 0; i < rooms.size(); i++) {
      types.add(RoomFiles.type(options.rooms() + i, roomOptions));
    }
    DemoReport report = new DemoReport(options, roomOptions, config, folder.run(), seconds);
    HtmlReport.write(folder.report(), report.of(rooms, types, counts));
  }
}
