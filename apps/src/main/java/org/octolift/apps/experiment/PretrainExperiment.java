package org.octolift.apps.experiment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.octolift.apps.data.FileList;
import org.octolift.apps.data.ScanFiles;
import org.octolift.apps.train.Progress;
import org.octolift.apps.train.RunScore;
import org.octolift.apps.transfer.Transfer;
import org.octolift.apps.transfer.TransferScale;
import org.octolift.apps.transfer.Tuning;
import org.octolift.engine.InputException;
import org.octolift.engine.io.AtomicFile;
import org.octolift.engine.io.Folders;
import org.octolift.engine.io.Json;

/// Does pre-training on a 2-D teacher's labels help? A [Transfer] for each seed, with rooms,
/// teacher, labels and networks of its own; all are tested in the same rooms. What is finished is
/// not done again, what was broken off goes on.
public final class PretrainExperiment {
  private final PretrainOptions options;
  private final Consumer<String> console;
  private final Progress.Display display;

  /// A fine-tuning's result.
  ///
  /// @param present classes of the test rooms
  record Result(long seed, Tuning tuning, RunScore score, int[] present) {
    double miou() {
      return score.miou(present);
    }
  }

  /// What a 2-D teacher came to in rooms that it had not seen.
  record Teacher(long seed, double accuracy, double miou) {}

  /// @param console shows a line
  /// @param display shows progress
  public PretrainExperiment(
      PretrainOptions options, Consumer<String> console, Progress.Display display) {
    this.options = options;
    this.console = console;
    this.display = display;
  }

  /// Runs what is missing and writes `results.md`, `results.csv` and `results.json`.
  ///
  /// @param stop is asked after each training step of the 3-D network
  /// @return the page; nothing if it was stopped
  /// @throws InputException when the folder holds an experiment with other settings
  public Optional<Path> run(BooleanSupplier stop) throws IOException, InterruptedException {
    begin();
    List<Result> results = new ArrayList<>();
    List<Teacher> teachers = new ArrayList<>();
    for (long seed : options.seeds()) {
      Transfer transfer = new Transfer(options.of(seed), _ -> {}, display);
      if (!prepare(transfer, seed, stop)) {
        return stopped(seed);
      }
      transfer
          .teacherScore()
          .ifPresent(score -> teachers.add(new Teacher(seed, score.accuracy(), score.miou())));
      int[] present = present(transfer.tests());
      for (Tuning tuning : options.tunings()) {
        Optional<RunScore> score = tune(transfer, seed, tuning, stop);
        if (score.isEmpty()) {
          return stopped(seed);
        }
        results.add(new Result(seed, tuning, score.get(), present));
      }
    }
    return Optional.of(write(results, teachers));
  }

  private Optional<Path> stopped(long seed) {
    console.accept("seed %d: stopped; the same command goes on from there".formatted(seed));
    return Optional.empty();
  }

  private Path out() {
    return options.transfer().out();
  }

  /// What all results depend on. Seeds and fine-tunings are not among it: more may follow.
  private Map<String, Object> settings() throws IOException {
    Map<String, Object> settings = new Transfer(options.of(0), console, display).settings();
    settings.remove("seed");
    settings.remove("points");
    settings.remove("finetuningEpochs");
    return settings;
  }

  private void begin() throws IOException {
    Path description = out().resolve("experiment.json");
    Map<String, Object> settings = settings();
    if (!Files.exists(description)) {
      Folders.make("--out", out());
      Outcome.write(description, settings);
    } else if (!settings.equals(Json.parse(description))) {
      throw InputException.in(
          description,
          "is of an experiment with other settings; give the same, or another folder with --out");
    }
  }

  /// Rooms, teacher, pre-training.
  private boolean prepare(Transfer transfer, long seed, BooleanSupplier stop)
      throws IOException, InterruptedException {
    transfer.makeRooms();
    console.accept("seed %d: rooms and panoramas are made".formatted(seed));
    transfer.trainTeacher();
    console.accept("seed %d: the 2-D teacher is trained".formatted(seed));
    boolean done = transfer.pretrain(stop);
    if (done) {
      console.accept("seed %d: pre-trained".formatted(seed));
    }
    return done;
  }

  private Optional<RunScore> tune(Transfer transfer, long seed, Tuning tuning, BooleanSupplier stop)
      throws IOException, InterruptedException {
    String title =
        "seed %d, %d points a room, %d epochs, %s"
            .formatted(seed, tuning.points(), tuning.epochs(), tuning.start().title());
    Optional<RunScore> before = transfer.score(tuning);
    if (before.isPresent()) {
      console.accept(title + ": done before");
      return before;
    }
    if (!transfer.finetune(tuning, stop)) {
      return Optional.empty();
    }
    RunScore score =
        transfer
            .score(tuning)
            .orElseThrow(() -> new IllegalStateException(title + ": no test after the training"));
    console.accept(String.format(Locale.ROOT, "%s: accuracy %.3f", title, score.accuracy()));
    return Optional.of(score);
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

  private Path write(List<Result> results, List<Teacher> teachers) throws IOException {
    Result first = results.getFirst();
    Path run =
        new Transfer(options.of(first.seed), console, display).folder().finetuning(first.tuning);
    Map<?, ?> environment = (Map<?, ?>) Json.parse(run.resolve("environment.json"));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("settings", settings());
    json.put("environment", environment);
    json.put("runs", results.stream().map(PretrainExperiment::fields).toList());
    json.put(
        "teachers",
        teachers.stream()
            .map(t -> Map.of("seed", t.seed, "accuracy", t.accuracy, "miou", t.miou))
            .toList());
    Outcome.write(out().resolve("results.json"), json);
    PretrainTable table = new PretrainTable(results, teachers);
    write(out().resolve("results.csv"), table.csv());
    Path page = out().resolve("results.md");
    write(page, table.markdown(what(), environment));
    return page;
  }

  private static Map<String, Object> fields(Result result) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("start", result.tuning.start().title());
    fields.put("points", (long) result.tuning.points());
    fields.put("epochs", (long) result.tuning.epochs());
    fields.put("seed", result.seed);
    fields.put("miou", result.miou());
    fields.put("accuracy", result.score.accuracy());
    fields.put("steps", result.score.steps());
    fields.put("seconds", result.score.seconds());
    fields.put("iou", result.score.iou());
    return fields;
  }

  private static void write(Path file, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
  }

  private String what() {
    TransferScale scale = options.scale();
    String teacher =
        options.transfer().dptWeights().isPresent()
            ? "2-D teacher: DPT-Hybrid"
            : "2-D teacher: %d steps on panoramas of %d rooms"
                .formatted(scale.teacherSteps(), scale.teacherRooms());
    return "%s; pre-training: %d epochs of %d panoramas; fine-tuning on %d rooms; %d test rooms; seeds %s"
        .formatted(
            teacher,
            scale.pretrainingEpochs(),
            scale.panoramas(),
            scale.rooms(),
            scale.tests(),
            String.join(", ", options.seeds().stream().map(String::valueOf).toList()));
  }
}
