package org.octolift.apps.data.rgbd;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.octolift.engine.InputException;

/// Finds the frames of a recording: which files, which colour goes with which depth, which pose.
public final class RgbdFrames {
  private static final Set<String> EXTENSIONS = Set.of("png", "jpg", "jpeg", "ppm", "pgm");

  private static final Set<String> POSES = Set.of("txt");
  private static final Pattern RANGE =
      Pattern.compile("([0-9]{1,9})(-([0-9]{1,9})?)?(?:/([0-9]{1,9}))?");

  /// Numbers in names by value: frame2 before frame10.
  public static final Comparator<String> NATURAL = RgbdFrames::compareNaturally;

  /// Camera and pose clocks tick independently; TUM RGB-D's own tools allow 20 ms.
  private static final double MAX_SECONDS_APART = 0.02;

  private RgbdFrames() {}

  /// The frames of {@code colours} and {@code depths}: files, folders (all their images), and
  /// patterns such as `color/*.png`. Paired by file name without extension when these agree,
  /// else by their order. Poses go by their order, or by time when they have one and the files'
  /// names are times.
  ///
  /// @param poses one a frame; empty for cameras at the origin
  /// @throws InputException when files are missing or the numbers do not agree
  public static List<RgbdFrame> find(List<String> colours, List<String> depths, List<Pose> poses) {
    List<Path> colourFiles = expand("colour", colours);
    List<Path> depthFiles = expand("depth", depths);
    Map<String, Path> depthByStem = byStem(depthFiles);
    boolean sameStems =
        colourFiles.size() == depthFiles.size()
            && depthByStem.keySet().equals(byStem(colourFiles).keySet())
            && depthByStem.size() == depthFiles.size();
    if (colourFiles.size() != depthFiles.size()) {
      throw new InputException(
          "%d colour images but %d depth images; every colour image needs its depth image"
              .formatted(colourFiles.size(), depthFiles.size()));
    }
    List<RgbdFrame> frames = new ArrayList<>();
    Set<String> names = new HashSet<>();
    boolean byTime = poses.size() > 0 && haveTimes(poses) && haveTimes(colourFiles);
    if (!byTime && !poses.isEmpty() && poses.size() != colourFiles.size()) {
      throw new InputException(
          "%d frames but %d poses; every frame needs its pose"
              .formatted(colourFiles.size(), poses.size()));
    }
    for (int i = 0; i < colourFiles.size(); i++) {
      Path colour = colourFiles.get(i);
      String name = stem(colour);
      if (!names.add(name)) {
        throw InputException.in(colour, "a second frame of the name " + name);
      }
      Path depth = sameStems ? depthByStem.get(name) : depthFiles.get(i);
      Pose pose = Pose.IDENTITY;
      if (byTime) {
        pose = nearest(poses, colour);
      } else if (!poses.isEmpty()) {
        pose = poses.get(i);
      }
      frames.add(new RgbdFrame(name, colour, depth, pose));
    }
    return frames;
  }

  /// The frames that have a pose of their own: a file of the same name without extension, with one
  /// 4 x 4 matrix (ScanNet's pose/0.txt). Matrices that are not finite, which stand for frames that
  /// could not be located, leave their frame out.
  ///
  /// @param poses folder of the files, or a pattern
  /// @throws InputException when a file is no pose, or no frame has one
  public static List<RgbdFrame> located(List<RgbdFrame> frames, String poses) {
    Path folder = Path.of(poses);
    Map<String, Path> files = new HashMap<>();
    for (Path file :
        Files.isDirectory(folder) ? list(folder, "*", POSES) : matching(folder, POSES)) {
      files.put(stem(file), file);
    }
    List<RgbdFrame> located = new ArrayList<>();
    for (RgbdFrame frame : frames) {
      Path file = files.get(frame.name());
      Optional<Pose> pose = file == null ? Optional.empty() : PoseFile.readSingle(file);
      pose.ifPresent(
          p -> located.add(new RgbdFrame(frame.name(), frame.colour(), frame.depth(), p)));
    }
    if (located.isEmpty()) {
      throw new InputException(
          "--poses %s: expected a file NAME.txt for frames such as %s, found none that is finite"
              .formatted(poses, frames.getFirst().name()));
    }
    return located;
  }

  /// Some of the frames, by their numbers from 0: `5`, `10-20`, `10-` and, with a step, `0-/10`,
  /// separated by commas.
  ///
  /// @throws InputException for anything else, or when there are no such frames
  public static List<RgbdFrame> chosen(List<RgbdFrame> frames, String choice) {
    SortedSet<Integer> numbers = new TreeSet<>();
    for (String part : choice.split(",", -1)) {
      Matcher range = RANGE.matcher(part.strip());
      if (!range.matches()) {
        throw new InputException(
            "--frames: expected numbers and ranges such as 5,10-20,30-/10, got \"%s\""
                .formatted(part));
      }
      int first = Integer.parseInt(range.group(1));
      int last = first;
      if (range.group(2) != null) {
        last = range.group(3) == null ? frames.size() - 1 : Integer.parseInt(range.group(3));
      }
      int step = range.group(4) == null ? 1 : Math.max(1, Integer.parseInt(range.group(4)));
      for (long i = first; i <= Math.min(last, frames.size() - 1); i += step) {
        numbers.add((int) i);
      }
    }
    if (numbers.isEmpty()) {
      throw new InputException(
          "--frames: %s is none of the %d frames 0 to %d"
              .formatted(choice, frames.size(), frames.size() - 1));
    }
    return numbers.stream().map(frames::get).toList();
  }

  private static List<Path> expand(String what, List<String> patterns) {
    List<Path> files = new ArrayList<>();
    for (String pattern : patterns) {
      Path path = Path.of(pattern);
      if (Files.isDirectory(path)) {
        files.addAll(list(path, "*", EXTENSIONS));
      } else if (Files.exists(path)) {
        files.add(path);
      } else if (pattern.matches(".*[*?\\[{].*")) {
        files.addAll(matching(path, EXTENSIONS));
      } else {
        throw InputException.in(path, "no such " + what + " image or folder");
      }
    }
    if (files.isEmpty()) {
      throw new InputException(
          "no %s images found in %s; expected files ending in %s"
              .formatted(what, patterns, new TreeSet<>(EXTENSIONS)));
    }
    files.sort(Comparator.comparing(Path::toString, NATURAL));
    return files;
  }

  /// The files whose names match the last part of {@code pattern}.
  private static List<Path> matching(Path pattern, Set<String> extensions) {
    Path folder = pattern.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw InputException.in(folder, "is no folder; patterns may stand in file names only");
    }
    List<Path> files = new ArrayList<>();
    Path parent = pattern.getParent();
    for (Path file : list(folder, pattern.getFileName().toString(), extensions)) {
      files.add(parent == null ? file.getFileName() : parent.resolve(file.getFileName()));
    }
    return files;
  }

  private static List<Path> list(Path folder, String pattern, Set<String> extensions) {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, pattern)) {
      for (Path file : stream) {
        String name = file.getFileName().toString();
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (extensions.contains(extension) && Files.isRegularFile(file)) {
          files.add(file);
        }
      }
    } catch (PatternSyntaxException e) {
      throw new InputException("the pattern " + pattern + " is malformed: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new InputException(folder + ": cannot be listed: " + e.getMessage(), e);
    }
    return files;
  }

  private static Map<String, Path> byStem(Collection<Path> files) {
    Map<String, Path> stems = new TreeMap<>();
    for (Path file : files) {
      stems.put(stem(file), file);
    }
    return stems;
  }

  private static String stem(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  private static boolean haveTimes(List<Pose> poses) {
    return poses.stream().noneMatch(pose -> Double.isNaN(pose.time()));
  }

  private static boolean haveTimes(Collection<Path> files) {
    return files.stream().allMatch(file -> stem(file).matches("[0-9]+\\.[0-9]+"));
  }

  private static Pose nearest(List<Pose> poses, Path file) {
    double time = Double.parseDouble(stem(file));
    Pose nearest =
        poses.stream()
            .min(Comparator.comparingDouble(pose -> Math.abs(pose.time() - time)))
            .orElseThrow();
    if (Math.abs(nearest.time() - time) > MAX_SECONDS_APART) {
      throw InputException.in(
          file,
          "no pose within %s s; the nearest is at %.6f s"
              .formatted(MAX_SECONDS_APART, nearest.time()));
    }
    return nearest;
  }

  private static int compareNaturally(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      if (Character.isDigit(a.charAt(i)) && Character.isDigit(b.charAt(j))) {
        int iEnd = endOfDigits(a, i);
        int jEnd = endOfDigits(b, j);
        String first = a.substring(i, iEnd).replaceFirst("^0+", "");
        String second = b.substring(j, jEnd).replaceFirst("^0+", "");
        int order = Integer.compare(first.length(), second.length());
        order = order != 0 ? order : first.compareTo(second);
        if (order != 0) {
          return order;
        }
        i = iEnd;
        j = jEnd;
      } else if (a.charAt(i) != b.charAt(j)) {
        return Character.compare(a.charAt(i), b.charAt(j));
      } else {
        i++;
        j++;
      }
    }
    int order = Integer.compare(a.length() - i, b.length() - j);
    return order != 0 ? order : a.compareTo(b);
  }

  private static int endOfDigits(String text, int from) {
    int end = from;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    return end;
  }
}
