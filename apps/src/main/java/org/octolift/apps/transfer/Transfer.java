package org.octolift.apps.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.Script;
import org.octolift.apps.data.FileList;
import org.octolift.apps.data.LabelDraw;
import org.octolift.apps.data.image.ImageFiles;
import org.octolift.apps.dpt.DptWeights;
import org.octolift.apps.rooms.RoomFiles;
import org.octolift.apps.rooms.RoomOptions;
import org.octolift.apps.rooms.RoomPanoramas;
import org.octolift.apps.rooms.RoomType;
import org.octolift.apps.softlabel.ImageTeachers;
import org.octolift.apps.softlabel.SoftLabelFile;
import org.octolift.apps.softlabel.SoftLabelStore;
import org.octolift.apps.softlabel.TeacherSource;
import org.octolift.apps.teacher.RoomTeacher;
import org.octolift.apps.train.Progress;
import org.octolift.apps.train.RunScore;
import org.octolift.apps.train.SegmentationJob;
import org.octolift.engine.InputException;
import org.octolift.engine.RandomSource;
import org.octolift.engine.io.AtomicFile;
import org.octolift.engine.io.Folders;

/// From a 2-D teacher to a 3-D network that needs few labels, on generated rooms: the phases, in
/// the order of the methods. Each leaves files; what is there is not done again, a training that
/// was broken off goes on. Pre-training and fine-tuning are [SegmentationJob]s with configuration
/// files, as the command line runs them.
///
/// What is seen by whom: the teacher sees panoramas and labels of its own rooms; pre-training sees
/// panoramas of others, no labels; fine-tuning scans of others, a few labels each; tests are on
/// scans of others.
public final class Transfer {
  /// Classes of the generated rooms.
  private static final int CLASSES = 21;

  /// Rows of a panorama: at 2.5 m, pixels are about as far apart as the points of a scan.
  private static final int HEIGHT = 128;

  /// Distance between the points of a scan, in metres.
  private static final double SPACING = 0.06;

  private static final int MOST_POINTS = 40_000;

  /// The same rooms for every seed.
  private static final long TEST_SEED = 2_000_000;

  /// With the classes of all five types a few minutes would not do.
  private static final List<RoomType> TYPES =
      List.of(RoomType.LIVING_ROOM, RoomType.BEDROOM, RoomType.OFFICE);

  private final TransferOptions options;
  private final TransferScale scale;
  private final TransferFolder folder;
  private final RoomOptions rooms;
  private final Consumer<String> console;
  private final Progress.Display display;

  /// @param console shows a line
  /// @param display shows progress
  public Transfer(TransferOptions options, Consumer<String> console, Progress.Display display) {
    this.options = options;
    this.scale = options.scale();
    this.folder = new TransferFolder(options.out());
    this.rooms = RoomOptions.demo().withTypes(TYPES).withResolution(SPACING, MOST_POINTS);
    this.console = console;
    this.display = display;
  }

  /// Where everything is.
  public TransferFolder folder() {
    return folder;
  }

  /// How the rooms are made.
  public RoomOptions roomOptions() {
    return rooms;
  }

  /// All that the results depend on.
  public Map<String, Object> settings() throws IOException {
    CRC32 checksum = new CRC32();
    checksum.update(resource(folder.pretrainingFile()));
    checksum.update(resource(folder.finetuningFile()));
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("teacherRooms", (long) scale.teacherRooms());
    settings.put("teacherSteps", (long) scale.teacherSteps());
    settings.put("panoramas", (long) scale.panoramas());
    settings.put("pretrainingEpochs", (long) scale.pretrainingEpochs());
    settings.put("rooms", (long) scale.rooms());
    settings.put("points", (long) scale.points());
    settings.put("finetuningEpochs", (long) scale.finetuningEpochs());
    settings.put("tests", (long) scale.tests());
    settings.put("seed", options.seed());
    settings.put("teacher", options.dptWeights().map(Path::toString).orElse("trained here"));
    settings.put("pairs", options.pairs());
    settings.put("configuration", checksum.getValue());
    return settings;
  }

  /// Makes rooms, scans and panoramas of them.
  ///
  /// @throws InputException when the weights of DPT are missing, which would else be found late
  public void makeRooms() throws IOException {
    Optional<Path> missing = options.dptWeights().filter(file -> !Files.exists(file));
    if (missing.isPresent()) {
      throw InputException.in(
          missing.get(),
          "expected DPT-Hybrid's weights %s, found no such file; the README says where to get them"
              .formatted(DptWeights.SEGMENTATION));
    }
    Folders.make("--out", options.out());
    for (Path file : List.of(folder.pretrainingFile(), folder.finetuningFile())) {
      byte[] yaml = resource(file);
      AtomicFile.write(file, out -> out.write(yaml));
    }
    if (options.dptWeights().isEmpty()) {
      panoramas(folder.teacherImages(), "rooms of the teacher", scale.teacherRooms(), 2);
    }
    panoramas(folder.panoramas(), "panoramas", scale.panoramas(), 1);
    scans(folder.rooms(), "rooms", scale.rooms(), seed("rooms"));
    scans(folder.tests(), "test rooms", scale.tests(), TEST_SEED);
  }

  /// The seed of the first room of a set.
  private long seed(String set) {
    return RandomSource.of(options.seed()).split(set).nextLong();
  }

  private void panoramas(Path to, String name, int count, int each) throws IOException {
    if (!Files.exists(to.resolve("train_img.txt"))) {
      Progress progress = new Progress(display, name, count);
      boolean clouds = to.equals(folder.panoramas());
      RoomPanoramas.write(
          to,
          count,
          each,
          HEIGHT,
          clouds,
          seed(name),
          rooms,
          threads(),
          done -> progress.update(done, Double.NaN));
    }
  }

  private void scans(Path to, String name, int count, long seed) throws IOException {
    if (!Files.exists(to.resolve("test.txt"))) {
      Progress progress = new Progress(display, name, count);
      RoomFiles.write(
          to, count, 0, seed, rooms, threads(), done -> progress.update(done, Double.NaN));
    }
  }

  private int threads() {
    return options.threads() == 0 ? Runtime.getRuntime().availableProcessors() : options.threads();
  }

  private static FileList list(Path of) {
    return FileList.read(of.resolve("train.txt"), of);
  }

  /// The test rooms.
  public FileList tests() {
    return list(folder.tests());
  }

  /// Trains the 2-D teacher, unless it is DPT.
  public void trainTeacher() throws IOException {
    if (options.dptWeights().isPresent() || Files.exists(folder.teacherWeights())) {
      return;
    }
    List<Path> files = images(folder.teacherImages());
    Path weights = folder.teacherWeights();
    try (Progress progress = new Progress(display, "2-D teacher", scale.teacherSteps())) {
      double[] losses =
          RoomTeacher.train(
              weights, files, scale.teacherSteps(), options.seed(), threads(), progress::update);
      byte[] text =
          Arrays.stream(losses)
              .mapToObj(loss -> String.format(Locale.ROOT, "%.6f%n", loss))
              .collect(Collectors.joining())
              .getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(folder.teacherLosses(), out -> out.write(text));
    }
  }

  /// The 2-D teacher.
  public TeacherSource teacher() {
    return options
        .dptWeights()
        .map(ImageTeachers::of)
        .orElseGet(() -> RoomTeacher.source(folder.teacherWeights(), threads()));
  }

  /// How right the 2-D teacher is about the panoramas that it has labelled: of rooms it never saw.
  /// Their true classes serve nothing else. None for DPT, whose classes are others.
  public Optional<TeacherScore> teacherScore() throws IOException {
    if (options.dptWeights().isPresent()) {
      return Optional.empty();
    }
    RunConfig config = pretraining();
    SoftLabelStore store =
        new SoftLabelStore(config.train().softLabels(), "DATA.train.soft_labels", "");
    TeacherScore score = new TeacherScore(CLASSES);
    for (Path image : images(folder.panoramas())) {
      score.add(
          SoftLabelFile.read(store.file(image), CLASSES),
          ImageFiles.readGrey(RoomPanoramas.labels(image)));
    }
    return Optional.of(score);
  }

  private static List<Path> images(Path of) throws IOException {
    return Files.readAllLines(of.resolve("train_img.txt")).stream().map(of::resolve).toList();
  }

  /// Labels the panoramas and pre-trains.
  ///
  /// @param stop is asked after each step
  /// @return whether it came to the end
  public boolean pretrain(BooleanSupplier stop) throws IOException, InterruptedException {
    return SegmentationJob.softLabels(pretraining(), teacher(), console, display).run(stop);
  }

  /// The settings of pre-training.
  public RunConfig pretraining() throws IOException {
    List<String> pairs = pairs(folder.pretraining(), scale.pretrainingEpochs());
    data(pairs, "DATA.train", folder.panoramas());
    String classes = Integer.toString(teacher().classes());
    pairs.addAll(List.of("MODEL.nout", classes, "LOSS.num_class", classes));
    return load(Script.SOFT_LABELS, folder.pretrainingFile(), pairs);
  }

  /// Fine-tunes with few labelled points; both starts have the same.
  ///
  /// @param stop is asked after each step
  /// @return whether it came to the end
  public boolean finetune(Tuning tuning, BooleanSupplier stop)
      throws IOException, InterruptedException {
    Path points = folder.points(tuning.points());
    if (!Files.exists(points)) {
      Files.createDirectories(points.getParent());
      LabelDraw.writePoints(points, list(folder.rooms()), tuning.points(), options.seed());
    }
    return SegmentationJob.limitedAnnotations(finetuning(tuning), console, display).run(stop);
  }

  /// The settings of fine-tuning: the same but for the file that it starts with.
  public RunConfig finetuning(Tuning tuning) {
    List<String> pairs = pairs(folder.finetuning(tuning), tuning.epochs());
    return load(Script.LIMITED_ANNOTATIONS, folder.finetuningFile(), labelled(pairs, tuning));
  }

  private List<String> labelled(List<String> pairs, Tuning tuning) {
    data(pairs, "DATA.train", folder.rooms());
    data(pairs, "DATA.test", folder.tests());
    set(pairs, "DATA.train.points_file", folder.points(tuning.points()));
    pairs.addAll(List.of("DATA.train.points", Integer.toString(tuning.points())));
    if (tuning.start() == Tuning.Start.PRETRAINED) {
      set(
          pairs,
          "MODEL.pretrain_file",
          checkpoint(folder.pretraining(), scale.pretrainingEpochs(), "model.safetensors"));
    }
    return pairs;
  }

  /// What fine-tuning came to; none before its end.
  public Optional<RunScore> score(Tuning tuning) throws IOException {
    int epochs = tuning.epochs();
    return Files.exists(checkpoint(folder.finetuning(tuning), epochs, "solver.json"))
        ? RunScore.read(folder.finetuning(tuning), epochs)
        : Optional.empty();
  }

  /// Writes the class probabilities of the test rooms.
  public void predict(Tuning tuning) throws IOException, InterruptedException {
    List<String> pairs = pairs(folder.predictions(tuning), tuning.epochs());
    labelled(pairs, tuning).addAll(List.of("SOLVER.run", "evaluate"));
    Path trained = checkpoint(folder.finetuning(tuning), tuning.epochs(), "solver.json");
    set(pairs, "SOLVER.ckpt", trained);
    RunConfig config = load(Script.LIMITED_ANNOTATIONS, folder.finetuningFile(), pairs);
    SegmentationJob.limitedAnnotations(config, console, display).run();
  }

  private static Path checkpoint(Path logdir, int epochs, String suffix) {
    return logdir
        .resolve("checkpoints")
        .resolve(String.format(Locale.ROOT, "%05d.%s", epochs, suffix));
  }

  private List<String> pairs(Path logdir, int epochs) {
    List<String> pairs = new ArrayList<>(options.pairs());
    set(pairs, "SOLVER.logdir", logdir);
    pairs.addAll(List.of("SOLVER.run", "train"));
    pairs.addAll(List.of("SOLVER.seed", Long.toString(options.seed())));
    pairs.addAll(List.of("SOLVER.threads", Integer.toString(options.threads())));
    pairs.addAll(List.of("SOLVER.device", options.device()));
    pairs.addAll(List.of("SOLVER.max_epoch", Integer.toString(epochs)));
    return pairs;
  }

  private static void data(List<String> pairs, String section, Path folder) {
    set(pairs, section + ".location", folder);
    set(pairs, section + ".filelist", folder.resolve("train.txt"));
  }

  private static void set(List<String> pairs, String key, Path path) {
    pairs.add(key);
    pairs.add(RunConfig.quoted(path.toString()));
  }

  private static RunConfig load(Script script, Path file, List<String> pairs) {
    return RunConfig.load(
        script,
        Optional.of(file),
        pairs,
        "octolift " + script.name().toLowerCase(Locale.ROOT).replace('_', ' '),
        LocalDateTime.now(ZoneId.systemDefault()));
  }

  /// A preset, which the build puts beside this class.
  private static byte[] resource(Path file) throws IOException {
    String name = file.getFileName().toString();
    try (InputStream in = Transfer.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing beside Transfer.class");
      }
      return in.readAllBytes();
    }
  }
}
