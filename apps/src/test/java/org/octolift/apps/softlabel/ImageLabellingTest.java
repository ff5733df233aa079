package org.octolift.apps.softlabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.engine.InputException;
import org.octolift.engine.RandomSource;
import org.octolift.engine.cpu.Workers;

/// Labelling of a folder of images, in several goes.
final class ImageLabellingTest {
  private static final int CLASSES = 6;
  private static final TeacherSource SOURCE = ColourTeacher.source(CLASSES, 3);

  @TempDir private Path folder;
  private final Quiet listener = new Quiet();
  private List<Path> images;

  @BeforeEach
  void images() throws IOException {
    images = List.of(image("a.png", 20, 10), image("b.png", 7, 33), image("c.png", 1, 1));
  }

  private Path image(String name, int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    RandomSource random = RandomSource.of(width);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, random.nextInt(1 << 24));
    }
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  private ImageLabelling labelling(TeacherSource source, int kept) throws IOException {
    SoftLabelStore store = new SoftLabelStore(folder.resolve("out"), "--out", "keep fewer");
    return new ImageLabelling(
        store,
        new SoftLabelStore.Wanted(source.fingerprint(), source.classes(), kept, false),
        true);
  }

  /// Labels what is missing.
  private int label(List<Path> files) throws IOException, InterruptedException {
    ImageLabelling labelling = labelling(SOURCE, CLASSES);
    return label(labelling, labelling.missing(files), () -> false);
  }

  private int label(ImageLabelling labelling, List<Path> files, BooleanSupplier stop)
      throws IOException, InterruptedException {
    try (Workers workers = new Workers(2)) {
      return labelling.label(files, new ColourTeacher(CLASSES, 3), workers, listener, stop);
    }
  }

  private Path out(String name) {
    return folder.resolve("out").resolve(name);
  }

  @Test
  void writesLabelsAndAPictureWithALegend() throws IOException, InterruptedException {
    assertThat(label(images)).isEqualTo(3);
    SoftLabels labels = SoftLabelFile.read(out("b.npz"), CLASSES);
    assertThat(labels.width()).isEqualTo(7);
    assertThat(labels.height()).isEqualTo(33);
    BufferedImage picture = ImageIO.read(out("a.overlay.png").toFile());
    BufferedImage image = ImageIO.read(images.get(0).toFile());
    SoftLabels ofPicture = SoftLabelFile.read(out("a.npz"), CLASSES);
    int shade = 0x10 * ofPicture.best(25);
    int red = ((image.getRGB(5, 1) >> 16 & 0xff) + shade) / 2;
    assertThat(picture.getRGB(5, 1) >> 16 & 0xff).isEqualTo(red);
    assertThat(picture.getHeight()).isGreaterThan(image.getHeight() + 16);
    boolean text = false;
    for (int y = 10; y < picture.getHeight(); y++) {
      for (int x = 26; x < picture.getWidth(); x++) {
        text |= (picture.getRGB(x, y) & 0xffffff) == 0x202020;
      }
    }
    assertThat(text).isTrue();
  }

  @Test
  void goesOnWhereItStopped() throws IOException, InterruptedException {
    ImageLabelling labelling = labelling(SOURCE, CLASSES);
    assertThat(label(labelling, images, () -> true)).isOne();
    assertThat(labelling.missing(images)).isEqualTo(images.subList(1, 3));
    FileTime time = FileTime.fromMillis(1000);
    Files.setLastModifiedTime(out("a.npz"), time);
    assertThat(label(images)).isEqualTo(2);
    assertThat(Files.getLastModifiedTime(out("a.npz"))).isEqualTo(time);
    assertThat(labelling.missing(images)).isEmpty();
  }

  @Test
  void halfAPairIsMadeAgain() throws IOException, InterruptedException {
    label(images);
    byte[] complete = Files.readAllBytes(out("b.npz"));
    Files.delete(out("a.overlay.png"));
    Files.write(out("b.npz"), Arrays.copyOf(complete, complete.length - 30));
    assertThat(labelling(SOURCE, CLASSES).missing(images)).isEqualTo(images.subList(0, 2));
    assertThat(label(images)).isEqualTo(2);
    assertThat(out("a.overlay.png")).exists();
    assertThat(out("b.npz")).hasBinaryContent(complete);
  }

  @Test
  void anImageThatCannotBeReadDoesNotStopTheOthers() throws IOException, InterruptedException {
    Path broken = Files.writeString(folder.resolve("broken.png"), "no image");
    Path none = folder.resolve("none.png");
    assertThat(label(List.of(broken, images.get(0), none, images.get(1)))).isEqualTo(2);
    assertThat(listener.problems).hasSize(2);
    assertThat(listener.problems.get(0)).startsWith(broken + ": is no PNG");
    assertThat(listener.problems.get(1)).startsWith(none.toString());
  }

  @Test
  void labelsOfAnotherKindAreNotMixedIn() throws IOException, InterruptedException {
    label(images);
    assertOther(SOURCE, 3, "expected the 3 most probable classes of each pixel, found 6");
    assertOther(ColourTeacher.source(CLASSES, 4), CLASSES, "expected labels by the weights");
    assertOther(ColourTeacher.source(7, 3), 7, "expected labels of 7 classes, found 6");
    SoftLabelStore store = new SoftLabelStore(folder.resolve("out"), "--out", "");
    SoftLabelStore.Wanted any = new SoftLabelStore.Wanted(Optional.empty(), CLASSES, 3, true);
    assertThat(store.has(images.get(0), any)).isTrue();
  }

  private void assertOther(TeacherSource source, int kept, String message) {
    assertThatThrownBy(() -> labelling(source, kept).missing(images))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(out("a.npz") + ": ")
        .hasMessageContaining(message)
        .hasMessageContaining("name another folder by --out");
  }

  @Test
  void imagesOfOneNameAreRefused() throws IOException, InterruptedException {
    Path other = image("below/a.png", 3, 3);
    assertThatThrownBy(() -> label(List.of(images.get(0), other)))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "%s and %s: the labels of both would be %s; give images names of their own"
                .formatted(images.get(0), other, out("a.npz")));
    assertThat(label(List.of(images.get(0), images.get(0)))).isOne();
  }

  @Test
  void aFullDiskIsToldBefore() {
    SoftLabelStore store = new SoftLabelStore(folder, "--out", "keep fewer classes");
    assertThatThrownBy(() -> store.requireRoom(1L << 60))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("will take about 1,099,511,627,776 MB, but ")
        .hasMessageEndingWith("MB are free; keep fewer classes");
  }
}
