package org.octolift.apps.data.prepare;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.octolift.engine.InputException;
import org.octolift.engine.io.AtomicFile;

/// The lists of ScanNet's training, validation and test scans: the official ones, or those of an
/// archive, a folder or an address of the user.
///
/// Written are `scannetv2_train.txt`, `_val` and `_test`, which name a scan `SCENE.ply` a line, and
/// the same with `_new` and `scannetv2_train_val_new.txt`, in which scans that have been cut are
/// replaced by their chunks. An archive's lists are written as they are.
public final class ScanNetLists {
  /// Where ScanNet's authors publish the lists.
  public static final String OFFICIAL =
      "https://raw.githubusercontent.com/ScanNet/ScanNet/"
          + "280d42f3c585a69fa52122c5706683461e1f8b50/Tasks/Benchmark/";

  private static final String[] SETS = {"train", "val", "test"};
  private static final String[] OFFICIAL_SHA256 = {
    "96acca299b7855f02824c496b19077904d80996e7ced1bb9f0dac98f7dd4d0c8",
    "d75d4971c3fa7128c643695840e279042c212ef904fe933bd00cf9918c61b083",
    "0214c6a3b1ee516ad653393b0321e7c0394c7662a4b3702eac1ddd7fbc00f7e0"
  };
  private static final int MAX_BYTES = 64 << 20;

  private final Download download;
  private final Path output;

  /// @param output folder of the lists, with the prepared scans in `train` and `test`
  public ScanNetLists(Download download, Path output) {
    this.download = download;
    this.output = output;
  }

  /// Writes the lists of {@code source}.
  ///
  /// @param source a folder or an address ending in a slash with the three lists, or a zip file or
  /// its address
  /// @param sha256 what an archive must have, or null
  /// @return names of the files and their numbers of lines
  /// @throws InputException when the source cannot be had, is something else or damaged
  public SequencedMap<String, Integer> write(String source, String sha256) throws IOException {
    SequencedMap<String, String> lists =
        source.endsWith(".zip") ? archive(source, sha256) : sets(source, sha256);
    SequencedMap<String, Integer> counts = new LinkedHashMap<>();
    for (var list : lists.entrySet()) {
      byte[] text = list.getValue().getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(output.resolve(list.getKey()), out -> out.write(text));
      counts.put(list.getKey(), (int) list.getValue().lines().count());
    }
    return counts;
  }

  private SequencedMap<String, String> sets(String source, String sha256) throws IOException {
    if (sha256 != null) {
      throw new InputException("--sha256: is for a single .zip file, --from is " + source);
    }
    SortedSet<String> files =
        Files.isDirectory(output) ? LocalPreparation.files(output) : new TreeSet<>();
    SequencedMap<String, String> lists = new LinkedHashMap<>();
    List<String> trainAndVal = new ArrayList<>();
    for (int i = 0; i < SETS.length; i++) {
      String name = "scannetv2_" + SETS[i];
      byte[] content = read(source.endsWith("/") ? source : source + "/", name + ".txt");
      if (source.equals(OFFICIAL)) {
        requireSum(source + name + ".txt", content, OFFICIAL_SHA256[i]);
      }
      List<String> scans = scans(source + name + ".txt", content);
      lists.put(name + ".txt", Preparation.lines(scans));
      String folder = SETS[i].equals("test") ? "test/" : "train/";
      List<String> chunked = Chunks.replaced(scans, folder, files);
      lists.put(name + "_new.txt", Preparation.lines(chunked));
      if (folder.equals("train/")) {
        trainAndVal.addAll(chunked);
      }
    }
    lists.put("scannetv2_train_val_new.txt", Preparation.lines(trainAndVal));
    return lists;
  }

  private byte[] read(String folder, String name) throws IOException {
    if (isAddress(folder)) {
      return download.fetch(URI.create(folder + name));
    }
    Path file = Path.of(folder).resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          "--from: expected a folder with %s, a .zip file, or the http address of one; got %s"
              .formatted(name, folder));
    }
    return Files.readAllBytes(file);
  }

  private static boolean isAddress(String source) {
    return source.startsWith("http://") || source.startsWith("https://");
  }

  private static List<String> scans(String source, byte[] content) {
    List<String> scans = new ArrayList<>();
    for (String line : new String(content, StandardCharsets.UTF_8).split("\n", -1)) {
      String name = line.strip();
      if (!name.isEmpty()) {
        if (!name.matches("[A-Za-z0-9_.-]{1,200}")) {
          throw new InputException(
              "%s: expected names of scans, found \"%s\""
                  .formatted(source, name.substring(0, Math.min(40, name.length()))));
        }
        scans.add(name.endsWith(".ply") ? name : name + ".ply");
      }
    }
    if (scans.isEmpty()) {
      throw new InputException(source + ": has no lines; expected one scan a line");
    }
    return scans;
  }

  private SequencedMap<String, String> archive(String source, String sha256) throws IOException {
    byte[] content;
    if (isAddress(source)) {
      content = download.fetch(URI.create(source));
    } else if (Files.isRegularFile(Path.of(source)) && Files.size(Path.of(source)) <= MAX_BYTES) {
      content = Files.readAllBytes(Path.of(source));
    } else {
      throw new InputException("--from: expected a zip file of at most 64 MiB, got " + source);
    }
    if (sha256 != null) {
      requireSum(source, content, sha256.toLowerCase(Locale.ROOT));
    }
    SequencedMap<String, String> lists = new LinkedHashMap<>();
    long left = MAX_BYTES;
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(content))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
        if (name.endsWith(".txt") && !name.startsWith(".")) {
          byte[] text = zip.readNBytes((int) left + 1);
          left -= text.length;
          if (left < 0) {
            throw new InputException(source + ": its lists are larger than 64 MiB");
          }
          lists.put(name, new String(text, StandardCharsets.UTF_8));
        }
      }
    }
    if (lists.isEmpty()) {
      throw new InputException(source + ": expected a zip file with lists NAME.txt, found none");
    }
    return lists;
  }

  private static void requireSum(String source, byte[] content, String expected) {
    try {
      String found = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
      if (!found.equals(expected)) {
        throw new InputException(
            "%s: expected the SHA-256 sum %s, found %s: it is damaged or another version"
                .formatted(source, expected, found));
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
