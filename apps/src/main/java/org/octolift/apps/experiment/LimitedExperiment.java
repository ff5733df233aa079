package org.octolift.apps.experiment;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.Script;
import org.octolift.apps.data.FileList;
import org.octolift.apps.data.LabelDraw;
import org.octolift.apps.data.ScanFiles;
import org.octolift.apps.rooms.RoomFiles;
import org.octolift.apps.rooms.RoomOptions;
import org.octolift.apps.rooms.RoomType;
import org.octolift.apps.train.Progress;
import org.octolift.apps.train.SegmentationJob;
import org.octolift.engine.InputException;
import org.octolift.engine.io.AtomicFile;
import org.octolift.engine.io.Folders;
import org.octolift.engine.io.Json;

/// Does learning from the unlabelled rest help? Trains networks on generated rooms with few
/// labels, each [Method] with several seeds, and tabulates how they do in rooms they have not
/// seen.
///
/// All methods take the same number of optimiser steps with the same settings; the two methods of
/// a pair have the same labels. Every training is a run directory: what is finished is not done
/// again, what was broken off goes on.
public final class LimitedExperiment {
  /// Distance between the points of a scan, in metres.
  private static final double SPACING = 0.12;

  private static final int MOST_POINTS = 10_000;

  private static final List<RoomType> TYPES =
      List.of(RoomType.LIVING_ROOM, RoomType.BEDROOM, RoomType.OFFICE);

  /// Seeds of the first room to train on, to test on, to choose settings on.
  private static final long TRAIN_SEED = 1_000_000;

  private static final long TEST_SEED = 2_000_000;
  private static final long VALIDATION_SEED = 3_000_000;

  private final LimitedOptions options;
  private final RoomOptions roomOptions;
  private final Consumer<String> console;
  private final Progress.Display display;

  /// @param console shows a line
  /// @param display shows progress
  public LimitedExperiment(
      LimitedOptions options, Consumer<String> console, Progress.Display display) {
    this.options = options;
    this.roomOptions = RoomOptions.demo().withTypes(TYPES).withResolution(SPACING, MOST_POINTS);
    this.console = console;
    this.display = display;
  }

  /// Runs what is missing and writes `results.md`, `results.csv` and `results.json`.
  ///
  /// @param stop is asked after each training step; the same experiment goes on from there later
  /// @return the page; nothing if it was stopped
  /// @throws InputException when the folder holds an experiment with other settings
  public Optional<Path> run(BooleanSupplier stop) throws IOException, InterruptedException {
    byte[] yaml = configuration();
    begin(yaml);
    FileList training = rooms("train", options.rooms(), TRAIN_SEED);
    FileList test =
        options.validation()
            ? rooms("validation", options.tests(), VALIDATION_SEED)
            : rooms("test", options.tests(), TEST_SEED);
    List<Outcome> outcomes = new ArrayList<>();
    int count = options.seeds().size() * options.methods().size();
    for (long seed : options.seeds()) {
      for (Method method : options.methods()) {
        String title =
            "%d/%d %s, seed %d".formatted(outcomes.size() + 1, count, method.title(), seed);
        Optional<Outcome> outcome = train(title, method, seed, training, test, stop);
        if (outcome.isEmpty()) {
          return Optional.empty();
        }
        outcomes.add(outcome.get());
      }
    }
    int[] present = present(test);
    ResultTable table = new ResultTable(options.methods(), outcomes, present);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("settings", settings(yaml));
    json.put("classes", present);
    json.put("environment", environment());
    json.put("runs", outcomes.stream().map(outcome -> outcome.fields(present)).toList());
    Outcome.write(options.out().resolve("results.json"), json);
    write(options.out().resolve("results.csv"), table.csv());
    Path page = options.out().resolve("results.md");
    write(page, table.markdown(what(), environment()));
    return Optional.of(page);
  }

  private byte[] configuration() throws IOException {
    if (options.config().isPresent()) {
      return Files.readAllBytes(options.config().get());
    }
    try (InputStream in = LimitedExperiment.class.getResourceAsStream("limited.yaml")) {
      if (in == null) {
        throw new IllegalStateException("limited.yaml is missing beside LimitedExperiment.class");
      }
      return in.readAllBytes();
    }
  }

  /// What all results depend on. Seeds are not among it: more may follow.
  private Map<String, Object> settings(byte[] yaml) {
    CRC32 checksum = new CRC32();
    checksum.update(yaml);
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("rooms", (long) options.rooms());
    settings.put("tests", (long) options.tests());
    settings.put("labelledRooms", (long) options.labelledRooms());
    settings.put("validation", options.validation());
    settings.put("pairs", options.pairs());
    settings.put("configuration", checksum.getValue());
    return settings;
  }

  private void begin(byte[] yaml) throws IOException {
    Path description = options.out().resolve("experiment.json");
    Map<String, Object> settings = settings(yaml);
    if (!Files.exists(description)) {
      Folders.make("--out", options.out());
      AtomicFile.write(configurationFile(), out -> out.write(yaml));
      Outcome.write(description, settings);
    } else if (!settings.equals(Json.parse(description))) {
      throw InputException.in(
          description,
          "is of an experiment with other settings; give the same, or another folder with --out");
    }
  }

  private Path configurationFile() {
    return options.out().resolve("limited.yaml");
  }

  private FileList rooms(String name, int count, long seed) throws IOException {
    Path folder = options.out().resolve("rooms").resolve(name);
    // The list is written when all rooms are.
    Path list = folder.resolve("train.txt");
    if (!Files.exists(list)) {
      int threads =
          options.threads() == 0 ? Runtime.getRuntime().availableProcessors() : options.threads();
      Progress progress = new Progress(display, name + " rooms", count);
      RoomFiles.write(
          folder, count, 0, seed, roomOptions, threads, done -> progress.update(done, Double.NaN));
    }
    return FileList.read(list, folder);
  }

  private Optional<Outcome> train(
      String title,
      Method method,
      long seed,
      FileList training,
      FileList test,
      BooleanSupplier stop)
      throws IOException, InterruptedException {
    Path logdir = logdir(method, seed);
    List<String> pairs = new ArrayList<>(options.pairs());
    set(pairs, "SOLVER.logdir", logdir);
    pairs.addAll(List.of("SOLVER.run", "train", "SOLVER.seed", Long.toString(seed)));
    pairs.addAll(List.of("SOLVER.threads", Integer.toString(options.threads())));
    data(pairs, "DATA.train", training);
    data(pairs, "DATA.test", test);
    RunConfig base = load(method.script(), pairs);
    labels(pairs, method, seed, training, base);
    RunConfig config = load(method.script(), pairs);
    int epochs = config.solver().epochs();
    Optional<Outcome> finished = finished(method, seed, epochs);
    if (finished.isPresent()) {
      console.accept(title + ": done before");
      return finished;
    }
    try (Progress progress = new Progress(display, title, epochs)) {
      if (!job(method, config, progress).run(stop)) {
        console.accept(title + ": stopped; the same command goes on from there");
        return Optional.empty();
      }
    }
    finished = finished(method, seed, epochs);
    Outcome outcome =
        finished.orElseThrow(
            () -> new IllegalStateException(logdir + ": no test after the training"));
    console.accept(String.format(Locale.ROOT, "%s: accuracy %.3f", title, outcome.accuracy()));
    return finished;
  }

  private SegmentationJob job(Method method, RunConfig config, Progress progress) {
    Progress.Display none =
        new Progress.Display(display.out(), display.nanos(), Progress.Style.OFF, display.columns());
    Consumer<String> lines =
        line -> {
          if (line.startsWith("epoch ")) {
            progress.update(Integer.parseInt(line, 6, line.indexOf(':'), 10), Double.NaN);
          }
        };
    return method.annotations()
        ? SegmentationJob.limitedAnnotations(config, lines, none)
        : SegmentationJob.limitedReconstructions(config, lines, none);
  }

  private Path logdir(Method method, long seed) {
    return options.out().resolve("runs").resolve(method + "-" + seed);
  }

  private Path checkpoint(Method method, long seed, int epochs, String suffix) {
    return logdir(method, seed)
        .resolve("checkpoints")
        .resolve(String.format(Locale.ROOT, "%05d.%s", epochs, suffix));
  }

  /// The result of a run that was tested and saved after its last epoch.
  private Optional<Outcome> finished(Method method, long seed, int epochs) throws IOException {
    return Files.exists(checkpoint(method, seed, epochs, "solver.json"))
        ? Outcome.read(method, seed, logdir(method, seed), epochs)
        : Optional.empty();
  }

  /// Which labels a training sees, and how many epochs are as many steps as the others take.
  private void labels(
      List<String> pairs, Method method, long seed, FileList training, RunConfig base)
      throws IOException {
    Path folder = options.out().resolve("labels");
    Files.createDirectories(folder);
    pairs.addAll(List.of("DATA.train.semi", method.semiSupervised() ? "True" : "False"));
    if (method.annotations()) {
      int count = base.train().limited().points();
      Path points = folder.resolve("points%d-%d.npz".formatted(count, seed));
      if (!Files.exists(points)) {
        LabelDraw.writePoints(points, training, count, seed);
      }
      pairs.addAll(List.of("DATA.train.limit", "True"));
      set(pairs, "DATA.train.points_file", points);
      return;
    }
    Path rooms = folder.resolve("rooms-%d.txt".formatted(seed));
    if (!Files.exists(rooms)) {
      LabelDraw.writeRooms(rooms, training, options.labelledRooms(), seed);
    }
    set(pairs, "DATA.train.limited_reconst", rooms);
    int times = stepsPerEpoch(options.rooms(), base) / stepsPerEpoch(options.labelledRooms(), base);
    int supervisedEpochs = base.solver().epochs() * times;
    if (method.semiSupervised()) {
      set(
          pairs,
          "MODEL.pseudo_file",
          checkpoint(method.baseline(), seed, supervisedEpochs, "model.safetensors"));
    } else {
      pairs.addAll(List.of("SOLVER.max_epoch", Integer.toString(supervisedEpochs)));
      int every = base.solver().testEvery() * times;
      pairs.addAll(List.of("SOLVER.test_every_epoch", Integer.toString(every)));
    }
  }

  private static int stepsPerEpoch(int rooms, RunConfig config) {
    return Math.ceilDiv(rooms, config.train().batchSize());
  }

  private RunConfig load(Script script, List<String> pairs) {
    return RunConfig.load(
        script,
        Optional.of(configurationFile()),
        pairs,
        "octolift experiment limited",
        LocalDateTime.now(ZoneId.systemDefault()));
  }

  private static void data(List<String> pairs, String section, FileList list) {
    set(pairs, section + ".filelist", list.list());
    set(pairs, section + ".location", list.list().getParent());
  }

  private static void set(List<String> pairs, String key, Path path) {
    pairs.add(key);
    pairs.add(RunConfig.quoted(path.toString()));
  }

  /// The classes that the test rooms have.
  private static int[] present(FileList test) {
    return test.entries().stream()
        .flatMapToInt(entry -> IntStream.of(ScanFiles.read(entry.file()).labels()))
        .filter(label -> label > 0)
        .distinct()
        .sorted()
        .toArray();
  }

  private Map<?, ?> environment() throws IOException {
    Path file =
        logdir(options.methods().getFirst(), options.seeds().getFirst())
            .resolve("environment.json");
    return (Map<?, ?>) Json.parse(file);
  }

  private String what() {
    RunConfig config = load(Script.LIMITED_ANNOTATIONS, options.pairs());
    return "%d rooms to train on, %d others to test on; LA: %d labelled points a room; LR: %d labelled rooms; seeds %s"
        .formatted(
            options.rooms(),
            options.tests(),
            config.train().limited().points(),
            options.labelledRooms(),
            options.seeds());
  }

  private static void write(Path file, String text) throws IOException {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }
}
