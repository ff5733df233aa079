package org.octolift.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.data.prepare.LocalPreparation;
import org.octolift.apps.data.prepare.PreparationEngine;
import org.octolift.apps.data.prepare.PreparationResult;
import org.octolift.apps.data.prepare.ScanNetPreparation;
import org.octolift.apps.softlabel.ImageLabelling;
import org.octolift.apps.softlabel.ImageTeacher;
import org.octolift.apps.softlabel.SoftLabelPreparation;
import org.octolift.apps.softlabel.SoftLabelStore;
import org.octolift.apps.softlabel.TeacherSource;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;

class SparkEngineTest {
  @TempDir private Path root;

  /// A sheet of 13 m x 13 m, which is cut, or a small one.
  private void mesh(String set, String scene, int side) throws IOException {
    StringBuilder text =
        new StringBuilder(
            """
            ply
            format ascii 1.0
            element vertex %d
            property float x
            property float y
            property float z
            property uchar red
            property uchar green
            property uchar blue
            %selement face %d
            property list uchar int vertex_indices
            end_header
            """
                .formatted(
                    side * side,
                    set.equals("scans") ? "property int label\n" : "",
                    2 * (side - 1) * (side - 1)));
    for (int i = 0; i < side * side; i++) {
      text.append("%.2f %.2f 0 %d 2 3".formatted(i % side * 0.13, Math.floorDiv(i, side) * 0.13, i & 255));
      text.append(set.equals("scans") ? " 5\n" : "\n");
    }
    for (int i = 0; i < side * (side - 1); i++) {
      if (i % side < side - 1) {
        text.append("3 %d %d %d\n".formatted(i, i + 1, i + side));
        text.append("3 %d %d %d\n".formatted(i + 1, i + side + 1, i + side));
      }
    }
    Path folder = Files.createDirectories(root.resolve("in").resolve(set).resolve(scene));
    Files.writeString(folder.resolve(scene + "_vh_clean_2.ply"), text);
    Files.writeString(folder.resolve(scene + "_vh_clean_2.labels.ply"), text);
  }

  private PreparationResult run(boolean overwrite) throws IOException {
    return PreparationEngine.named("spark")
        .run(
            new ScanNetPreparation(true),
            root.resolve("in").toString(),
            root.resolve("out").toUri().toString(),
            overwrite);
  }

  @Test
  void preparesAsOneMachineDoes() throws IOException {
    mesh("scans", "large", 101);
    mesh("scans", "small", 9);
    mesh("scans_test", "test", 9);
    Path bad = Files.createDirectories(root.resolve("in/scans_test/bad"));
    Files.writeString(bad.resolve("bad_vh_clean_2.ply"), "ply\n");
    PreparationResult result = run(false);
    assertThat(result.prepared()).isEqualTo(3);
    assertThat(result.skipped()).isZero();
    assertThat(result.failures()).containsOnlyKeys("bad");
    assertThat(result.failures().get("bad")).contains("bad_vh_clean_2.ply: ");

    Path local = root.resolve("local");
    new LocalPreparation(
            new ScanNetPreparation(true),
            root.resolve("in"),
            local,
            new LocalPreparation.Options(1, false))
        .run((step, failure, done, total) -> {});
    Set<String> files = LocalPreparation.files(local);
    assertThat(files).contains("train/large.chunk_0.mask.npy", "train/large.txt", "test/test.ply");
    assertThat(LocalPreparation.files(root.resolve("out"))).isEqualTo(files);
    for (String file : files) {
      assertThat(root.resolve("out").resolve(file)).hasSameBinaryContentAs(local.resolve(file));
    }

    // Again: only what is missing; a scan that has become small loses its chunks.
    Files.delete(root.resolve("out/test/test.ply"));
    PreparationResult again = run(false);
    assertThat(again.prepared()).isEqualTo(1);
    assertThat(again.skipped()).isEqualTo(2);
    mesh("scans", "large", 9);
    assertThat(run(true).prepared()).isEqualTo(3);
    assertThat(LocalPreparation.files(root.resolve("out")))
        .containsExactly(
            "test/test.ply",
            "train/large.ply",
            "train/large.txt",
            "train/small.ply",
            "train/small.txt");
  }

  @Test
  void labelsImagesAsOneMachineDoes() throws IOException, InterruptedException {
    Path images = Files.createDirectories(root.resolve("images/sub"));
    for (int i = 0; i < 3; i++) {
      Files.write(images.resolve("image %d.ppm".formatted(i)), ppm(5 + i, 4, i));
    }
    Files.writeString(images.resolve("broken.png"), "no image");
    Path weights = Files.writeString(root.resolve("weights.pt"), "seven");
    Path out = root.resolve("labels");
    SoftLabelPreparation preparation =
        new SoftLabelPreparation(weights.toString(), 2, new BrightnessTeacher.Makers());
    PreparationResult result =
        PreparationEngine.named("spark")
            .run(preparation, root.resolve("images").toString(), out.toUri().toString(), false);
    assertThat(result.prepared()).isEqualTo(3);
    assertThat(result.failures()).containsOnlyKeys("broken");

    Path local = root.resolve("local");
    TeacherSource source = new BrightnessTeacher.Makers().of(weights);
    SoftLabelStore store = new SoftLabelStore(local, "--out", "");
    ImageLabelling labelling =
        new ImageLabelling(
            store, new SoftLabelStore.Wanted(source.fingerprint(), 3, 2, false), true);
    try (Stream<Path> found = Files.list(images);
        ImageTeacher teacher = source.open(null);
        Workers workers = new Workers(2)) {
      labelling.label(
          found.filter(file -> file.toString().endsWith(".ppm")).sorted().toList(),
          teacher,
          workers,
          new Silent(),
          () -> false);
    }
    Set<String> files = LocalPreparation.files(local);
    assertThat(files).hasSize(6).contains("image 1.npz", "image 2.overlay.png");
    assertThat(LocalPreparation.files(out)).isEqualTo(files);
    for (String file : files) {
      assertThat(out.resolve(file)).hasSameBinaryContentAs(local.resolve(file));
    }
  }

  private static byte[] ppm(int width, int height, int seed) {
    byte[] header = "P6 %d %d 255\n".formatted(width, height).getBytes(StandardCharsets.US_ASCII);
    byte[] file = Arrays.copyOf(header, header.length + 3 * width * height);
    for (int i = header.length; i < file.length; i++) {
      file[i] = (byte) (seed + 37 * i);
    }
    return file;
  }

  private static final class Silent implements ImageLabelling.Listener {
    @Override
    public void labelled(int done) {}

    @Override
    public void failed(InputException problem) {
      throw problem;
    }
  }

  @Test
  void saysWhenThereIsNothing() {
    assertThatThrownBy(() -> run(false))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected the folder of the original files");
    assertThatThrownBy(() -> PreparationEngine.named("none"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("only local, spark");
  }
}
