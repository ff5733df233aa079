package org.octolift.apps.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.octolift.apps.data.FileList;
import org.octolift.apps.data.ScanFiles;
import org.octolift.apps.report.HtmlReport;
import org.octolift.apps.train.Progress;
import org.octolift.apps.transfer.Transfer;
import org.octolift.apps.transfer.TransferOptions;
import org.octolift.apps.transfer.Tuning;
import org.octolift.apps.transfer.Tuning.Start;

/// From nothing to a report: a [Transfer], and what it brings in rooms that nothing has seen.
public final class Demo {
  private final TransferOptions options;
  private final Transfer transfer;
  private final Consumer<String> console;
  private final Map<String, Double> seconds = new LinkedHashMap<>();

  /// What came out.
  ///
  /// @param report the page
  /// @param scratch how the network is that was trained from scratch
  /// @param pretrained how the one is that was pre-trained
  public record Result(Path report, Score scratch, Score pretrained) {}

  /// How a network is in the test rooms.
  ///
  /// @param miou mean over the classes that occur there of intersection over union
  /// @param classes number of those classes
  /// @param accuracy share of points with the right class
  public record Score(double miou, int classes, double accuracy) {
    static Score of(ClassCounts counts) {
      return new Score(counts.miou(), counts.present().length, counts.accuracy());
    }
  }

  /// @param console shows a line
  /// @param display shows progress
  public Demo(TransferOptions options, Consumer<String> console, Progress.Display display) {
    this.options = options;
    this.transfer = new Transfer(options, console, display);
    this.console = console;
  }

  /// Runs to the end. What a broken-off demo with the same options left is used; anything else that
  /// a demo left is overwritten.
  ///
  /// @throws org.octolift.engine.InputException when the folder holds what no demo wrote
  public Result run() throws IOException, InterruptedException {
    DemoFolder folder = DemoFolder.open(transfer.folder(), transfer.settings());
    if (folder.goesOn()) {
      console.accept("going on with the unfinished demo in " + options.out());
    }
    phase("rooms and panoramas", transfer::makeRooms);
    phase("2-D teacher", transfer::trainTeacher);
    phase("pre-training", () -> transfer.pretrain(() -> false));
    for (Start start : Start.values()) {
      phase("fine-tuning " + start.title(), () -> transfer.finetune(tuning(start), () -> false));
    }
    phase("prediction", this::predict);
    Map<Start, List<LabelledRoom>> rooms = new EnumMap<>(Start.class);
    for (Start start : Start.values()) {
      rooms.put(start, read(transfer.folder().predictions(tuning(start))));
    }
    Map<Start, ClassCounts> counts = new EnumMap<>(Start.class);
    rooms.forEach((start, tested) -> counts.put(start, count(tested)));
    phase(
        "report",
        () ->
            HtmlReport.write(
                folder.report(), new DemoReport(options, transfer, seconds).of(rooms, counts)));
    folder.finish();
    return new Result(
        folder.report(),
        Score.of(counts.get(Start.SCRATCH)),
        Score.of(counts.get(Start.PRETRAINED)));
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

  private Tuning tuning(Start start) {
    return new Tuning(start, options.scale().points(), options.scale().finetuningEpochs());
  }

  private void predict() throws IOException, InterruptedException {
    for (Start start : Start.values()) {
      transfer.predict(tuning(start));
    }
  }

  private List<LabelledRoom> read(Path predictions) throws IOException {
    List<LabelledRoom> rooms = new ArrayList<>();
    for (FileList.Entry entry : transfer.tests().entries()) {
      Path file = predictions.resolve(String.format(Locale.ROOT, "01.%04d.npz", rooms.size()));
      rooms.add(LabelledRoom.read(ScanFiles.read(entry.file()), file));
    }
    return rooms;
  }

  private ClassCounts count(List<LabelledRoom> rooms) {
    ClassCounts counts =
        new ClassCounts(transfer.finetuning(tuning(Start.SCRATCH)).model().classes());
    rooms.forEach(counts::add);
    return counts;
  }
}
