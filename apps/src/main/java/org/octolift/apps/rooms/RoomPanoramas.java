package org.octolift.apps.rooms;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.octolift.apps.data.PlyFile;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.geometry.PointNormals;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.data.image.FloatImage;
import org.octolift.apps.data.rgbd.Panoramas;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.io.AtomicFile;

/// A data set of RGB-D panoramas of generated rooms, laid out as Matterport3D's are after
/// preparation: one image sees most of a room, as a scan does, and each point knows its pixel.
///
/// Of each panorama there is `NAME.png`, the colours; `NAME_depth.png`, 16-bit millimetres, 0 where
/// nothing was measured; `NAME_labels.png`, the true class of each pixel; and `NAME.ply`, the
/// points, with normals, colours and pixel indices but without labels, in the room's frame. The
/// lists `train.txt` and `train_img.txt` name the points and the colour images.
public final class RoomPanoramas {
  private static final String DEPTH = "_depth.png";
  private static final String LABELS = "_labels.png";

  /// So far away, in metres, points still find neighbours at twice their distance from each other.
  private static final double FAR = 4;

  private static final int NEIGHBOURS = 12;

  private RoomPanoramas() {}

  /// Writes panoramas of rooms with the seeds seed, seed + 1, ...; the types take turns. The files
  /// do not depend on the number of threads.
  ///
  /// @param rooms number of rooms
  /// @param each panoramas of each room
  /// @param height of the images in pixels; they are twice as wide
  /// @param clouds whether points are written, too
  /// @param progress is told the number of rooms written so far, by one thread at a time
  /// @throws IOException when a file cannot be written
  public static void write(
      Path folder,
      int rooms,
      int each,
      int height,
      boolean clouds,
      long seed,
      RoomOptions options,
      int threads,
      IntConsumer progress)
      throws IOException {
    Files.createDirectories(folder);
    AtomicInteger done = new AtomicInteger();
    try (Workers workers = new Workers(threads)) {
      workers.parallel(
          rooms,
          1,
          (from, to) -> {
            for (int i = from; i < to; i++) {
              writeRoom(folder, i, each, height, clouds, seed, options);
              synchronized (done) {
                progress.accept(done.incrementAndGet());
              }
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    List<String> names = names(rooms, each);
    if (clouds) {
      list(folder.resolve("train.txt"), names, ".ply");
    }
    list(folder.resolve("train_img.txt"), names, ".png");
  }

  private static void writeRoom(
      Path folder, int room, int each, int height, boolean clouds, long seed, RoomOptions options) {
    List<View> views =
        RoomGenerator.panoramas(
            seed + room, options.withTypes(List.of(RoomFiles.type(room, options))), each, height);
    try (Workers alone = new Workers(1)) {
      for (int i = 0; i < each; i++) {
        View view = views.get(i);
        String name = name(room, i);
        writeImages(folder, name, view);
        if (clouds) {
          PlyFile.write(folder.resolve(name + ".ply"), cloud(view, alone));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The points of a panorama in the room's frame, with normals towards the camera.
  ///
  /// @param view from a [Panorama]
  public static Scan cloud(View view, Workers workers) {
    Viewpoint from = view.from();
    Path source = Path.of("panorama");
    FloatImage depth = new FloatImage(source, from.width(), from.height(), view.depth());
    Scan seen = Panoramas.points(colours(source, view), depth);
    double apart = FAR * Math.PI / from.height();
    float[] normals = PointNormals.of(seen.xyz(), 2 * apart, NEIGHBOURS, workers);
    PointNormals.orientInPlace(seen.xyz(), normals, new double[3]);
    float[] xyz = new float[3 * seen.size()];
    for (int i = 0; i < xyz.length; i++) {
      xyz[i] = (float) (seen.xyz()[i] + from.eye(i % 3));
    }
    return new Scan(seen.source(), xyz, normals, seen.colours(), null, seen.pixels());
  }

  private static ColourImage colours(Path source, View view) {
    byte[] rgb = new byte[view.rgb().length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) Math.round(view.rgb()[i]);
    }
    return new ColourImage(source, view.from().width(), view.from().height(), rgb);
  }

  private static void writeImages(Path folder, String name, View view) throws IOException {
    int[] rgb = IntStream.range(0, view.rgb().length).map(i -> Math.round(view.rgb()[i])).toArray();
    write(folder.resolve(name + ".png"), BufferedImage.TYPE_INT_RGB, view.from(), rgb);
    int[] millimetres =
        IntStream.range(0, view.depth().length)
            .map(i -> Math.round(1000 * view.depth()[i]))
            .toArray();
    write(folder.resolve(name + DEPTH), BufferedImage.TYPE_USHORT_GRAY, view.from(), millimetres);
    write(folder.resolve(name + LABELS), BufferedImage.TYPE_BYTE_GRAY, view.from(), view.labels());
  }

  private static void write(Path file, int type, Viewpoint from, int[] values) throws IOException {
    BufferedImage image = new BufferedImage(from.width(), from.height(), type);
    WritableRaster raster = image.getRaster();
    raster.setPixels(0, 0, from.width(), from.height(), values);
    AtomicFile.write(
        file,
        out -> {
          if (!ImageIO.write(image, "png", out)) {
            throw new IOException("no PNG encoder");
          }
        });
  }

  /// The depth image that belongs to a colour image.
  public static Path depth(Path image) {
    return beside(image, DEPTH);
  }

  /// The image of the true classes that belongs to a colour image.
  public static Path labels(Path image) {
    return beside(image, LABELS);
  }

  private static Path beside(Path image, String ending) {
    String name = image.getFileName().toString();
    return image.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ending);
  }

  private static List<String> names(int rooms, int each) {
    List<String> names = new ArrayList<>();
    for (int room = 0; room < rooms; room++) {
      for (int i = 0; i < each; i++) {
        names.add(name(room, i));
      }
    }
    return names;
  }

  private static String name(int room, int panorama) {
    return String.format(Locale.ROOT, "room_%04d_%d", room, panorama);
  }

  private static void list(Path file, List<String> names, String ending) throws IOException {
    StringBuilder text = new StringBuilder();
    names.forEach(name -> text.append(name).append(ending).append('\n'));
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
  }
}
