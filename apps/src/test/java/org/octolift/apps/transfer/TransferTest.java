package org.octolift.apps.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.data.FileList;
import org.octolift.apps.data.PointLists;
import org.octolift.apps.data.ScanFiles;
import org.octolift.apps.data.image.ImageFiles;
import org.octolift.apps.train.Progress;
import org.octolift.apps.transfer.Tuning.Start;
import org.octolift.engine.InputException;
import org.octolift.engine.io.NdArray;
import org.octolift.nn.checkpoint.ModelFiles;

final class TransferTest {
  private static final Tuning SCRATCH = new Tuning(Start.SCRATCH, 20, 1);
  private static final Tuning PRETRAINED = new Tuning(Start.PRETRAINED, 20, 1);

  @TempDir private Path folder;

  private Transfer transfer(Path out, long seed, Optional<Path> dpt) {
    TransferOptions options =
        new TransferOptions(out, TinyTransfer.SCALE, seed, 1, "cpu", dpt, TinyTransfer.NETWORK);
    return new Transfer(
        options,
        _ -> {},
        new Progress.Display(System.out, System::nanoTime, Progress.Style.OFF, 80));
  }

  private Transfer transfer() {
    return transfer(folder, 3, Optional.empty());
  }

  @Test
  void goesAllTheWayAndDoesNothingTwice() throws Exception {
    Transfer transfer = transfer();
    transfer.makeRooms();
    transfer.trainTeacher();
    assertThat(transfer.pretrain(() -> false)).isTrue();
    TeacherScore score = transfer.teacherScore().orElseThrow();
    assertThat(score.accuracy()).isBetween(0.0, 1.0);
    assertThat(score.miou()).isBetween(0.0, 1.0);
    for (Tuning tuning : List.of(SCRATCH, PRETRAINED)) {
      assertThat(transfer.score(tuning)).isEmpty();
      assertThat(transfer.finetune(tuning, () -> false)).isTrue();
      assertThat(transfer.score(tuning)).isPresent();
    }
    Map<Path, FileTime> before = times();
    Transfer again = transfer();
    again.makeRooms();
    again.trainTeacher();
    again.pretrain(() -> false);
    Map<Path, FileTime> after = times();
    for (Path kept :
        List.of(
            again.folder().teacherWeights(),
            again.folder().rooms().resolve("room_0000.ply"),
            again.folder().panoramas().resolve("room_0000_0.ply"),
            again.folder().panoramas().resolve("soft_labels/room_0000_0.npz"),
            again.folder().pretraining().resolve("checkpoints/00001.model.safetensors"))) {
      assertThat(before).containsKey(kept);
      assertThat(after.get(kept)).as("%s", kept).isEqualTo(before.get(kept));
    }
  }

  private Map<Path, FileTime> times() throws IOException {
    Map<Path, FileTime> times = new HashMap<>();
    try (var files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        times.put(file, Files.getLastModifiedTime(file));
      }
    }
    return times;
  }

  /// All networks of a seed begin with the same weights; pre-training moves them. After steps at a
  /// learning rate of nearly nothing, the trunk is still that of pre-training.
  @Test
  void fineTuningBeginsWithThePretrainedTrunkAndItsOwnClassifier() throws Exception {
    Transfer transfer = transfer();
    transfer.makeRooms();
    transfer.trainTeacher();
    transfer.pretrain(() -> false);
    List<String> still = new ArrayList<>(TinyTransfer.NETWORK);
    still.addAll(List.of("SOLVER.lr", "1e-12"));
    TransferOptions options =
        new TransferOptions(folder, TinyTransfer.SCALE, 3, 1, "cpu", Optional.empty(), still);
    Transfer frozen =
        new Transfer(
            options,
            _ -> {},
            new Progress.Display(System.out, System::nanoTime, Progress.Style.OFF, 80));
    String weights = "checkpoints/00001.model.safetensors";
    Map<String, NdArray> source = ModelFiles.read(frozen.folder().pretraining().resolve(weights));
    frozen.finetune(PRETRAINED, () -> false);
    frozen.finetune(SCRATCH, () -> false);
    Map<String, NdArray> tuned =
        ModelFiles.read(frozen.folder().finetuning(PRETRAINED).resolve(weights));
    Map<String, NdArray> fresh =
        ModelFiles.read(frozen.folder().finetuning(SCRATCH).resolve(weights));
    int trunk = 0;
    for (Map.Entry<String, NdArray> entry : source.entrySet()) {
      String name = entry.getKey();
      if (name.endsWith("conv.weights")) {
        trunk++;
        float[] before = entry.getValue().floats();
        assertThat(distance(before, tuned.get(name).floats())).as(name).isLessThan(1e-6);
        assertThat(distance(before, fresh.get(name).floats())).as(name).isGreaterThan(1e-4);
      }
      if (name.contains("header") && name.endsWith("weights")) {
        assertThat(distance(entry.getValue().floats(), tuned.get(name).floats()))
            .as(name)
            .isGreaterThan(1e-4);
      }
    }
    assertThat(trunk).isGreaterThan(3);
  }

  private static double distance(float[] a, float[] b) {
    double most = 0;
    for (int i = 0; i < a.length; i++) {
      most = Math.max(most, Math.abs(a[i] - b[i]));
    }
    return most;
  }

  @Test
  void noRoomServesTwoPurposesAndTestRoomsDoNotDependOnTheSeed() throws IOException {
    Transfer first = transfer(folder.resolve("first"), 1, Optional.empty());
    Transfer second = transfer(folder.resolve("second"), 2, Optional.empty());
    first.makeRooms();
    second.makeRooms();
    List<Long> scans = new ArrayList<>();
    for (Transfer transfer : List.of(first, second)) {
      scans.addAll(checksums(transfer.folder().rooms()));
    }
    List<Long> tests = checksums(first.folder().tests());
    assertThat(tests).hasSize(3).isEqualTo(checksums(second.folder().tests()));
    scans.addAll(tests);
    assertThat(scans).hasSize(7).doesNotHaveDuplicates();
    List<Long> images = new ArrayList<>();
    for (Transfer transfer : List.of(first, second)) {
      for (Path of : List.of(transfer.folder().teacherImages(), transfer.folder().panoramas())) {
        for (String name : Files.readAllLines(of.resolve("train_img.txt"))) {
          images.add(checksum(ImageFiles.readColour(of.resolve(name)).rgb()));
        }
      }
    }
    assertThat(images).hasSize(2 * (2 + 2)).doesNotHaveDuplicates();
  }

  private static List<Long> checksums(Path rooms) throws IOException {
    List<Long> sums = new ArrayList<>();
    for (FileList.Entry entry : FileList.read(rooms.resolve("train.txt"), rooms).entries()) {
      sums.add(checksum(Files.readAllBytes(entry.file())));
    }
    return sums;
  }

  private static long checksum(byte[] bytes) {
    CRC32 sum = new CRC32();
    sum.update(bytes);
    return sum.getValue();
  }

  @Test
  void bothStartsHaveTheSameSettingsAndLabels() throws Exception {
    Transfer transfer = transfer();
    transfer.makeRooms();
    transfer.finetune(SCRATCH, () -> false);
    Map<String, Object> scratch = settings(transfer.finetuning(SCRATCH));
    Map<String, Object> pretrained = settings(transfer.finetuning(PRETRAINED));
    scratch
        .entrySet()
        .removeIf(
            e ->
                pretrained.containsKey(e.getKey())
                    && e.getValue().equals(pretrained.get(e.getKey())));
    assertThat(scratch.keySet()).containsExactlyInAnyOrder("SOLVER.logdir", "MODEL.pretrain_file");
    PointLists lists = PointLists.read(transfer.folder().points(20));
    for (FileList.Entry entry :
        FileList.read(transfer.folder().rooms().resolve("train.txt"), transfer.folder().rooms())
            .entries()) {
      int[] labels = ScanFiles.read(entry.file()).labels();
      assertThat(lists.indices(entry.name())).hasSize(20);
      for (long point : lists.indices(entry.name())) {
        assertThat(labels[(int) point]).isPositive();
      }
    }
  }

  private static Map<String, Object> settings(RunConfig config) {
    Map<String, Object> all = new HashMap<>();
    all.put("SOLVER.logdir", config.solver().logdir());
    all.put(
        "SOLVER",
        List.of(config.solver().epochs(), config.solver().seed(), config.solver().learningRate()));
    all.put("DATA.train", config.train());
    all.put("DATA.test", config.test());
    all.put("LOSS", config.loss());
    all.put("MODEL.depth", config.model().depth());
    all.put("MODEL.stages", config.model().stages());
    all.put("MODEL.pretrain_file", config.model().pretrained());
    return all;
  }

  @Test
  void dptTakesTheTeachersPlace() throws IOException {
    Path weights = folder.resolve("dpt.pt");
    Path out = folder.resolve("out");
    Transfer transfer = transfer(out, 3, Optional.of(weights));
    assertThatThrownBy(transfer::makeRooms)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("dpt.pt")
        .hasMessageContaining("found no such file");
    assertThat(out).doesNotExist();
    Files.writeString(weights, "no weights");
    transfer.makeRooms();
    transfer.trainTeacher();
    assertThat(transfer.folder().teacherImages()).doesNotExist();
    assertThat(transfer.folder().teacherWeights()).doesNotExist();
    assertThat(transfer.teacherScore()).isEmpty();
    assertThat(transfer.pretraining().model().classes()).isEqualTo(150);
    assertThat(transfer.finetuning(PRETRAINED).model().classes()).isEqualTo(21);
    assertThatThrownBy(() -> transfer.pretrain(() -> false))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("dpt.pt");
  }
}
