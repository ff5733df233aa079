package org.octolift.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/// A folder in a storage that Hadoop knows: local, HDFS, an object store.
final class Storage {
  private final FileSystem files;
  private final Path root;

  /// @param address `hdfs://...`, `s3a://...`, or a path of the default file system
  Storage(String address, Configuration configuration) throws IOException {
    Path path = new Path(address);
    FileSystem system = path.getFileSystem(configuration);
    // Without the .crc files that Hadoop puts beside local ones.
    files = system instanceof LocalFileSystem local ? local.getRawFileSystem() : system;
    root = files.makeQualified(path);
  }

  boolean isFolder() throws IOException {
    try {
      return files.getFileStatus(root).isDirectory();
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  /// Times of the last changes of all files below the folder, by their names relative to it; hidden
  /// files do not count.
  SortedMap<String, Long> list() throws IOException {
    SortedMap<String, Long> times = new TreeMap<>();
    if (isFolder()) {
      String prefix = root.toUri().getPath();
      int skip = prefix.endsWith("/") ? prefix.length() : prefix.length() + 1;
      RemoteIterator<LocatedFileStatus> found = files.listFiles(root, true);
      while (found.hasNext()) {
        LocatedFileStatus file = found.next();
        if (!file.getPath().getName().startsWith(".")) {
          times.put(
              file.getPath().toUri().getPath().substring(skip), file.getModificationTime());
        }
      }
    }
    return times;
  }

  /// Copies the file {@code name} to a local one.
  void fetch(String name, java.nio.file.Path target) throws IOException {
    Files.createDirectories(target.getParent());
    try (InputStream in = files.open(new Path(root, name))) {
      Files.copy(in, target);
    }
  }

  /// Copies a local file to {@code name}: whole, or not at all.
  void store(java.nio.file.Path source, String name) throws IOException {
    store(name, out -> Files.copy(source, out));
  }

  /// Writes {@code content} to {@code name}: whole, or not at all.
  void store(byte[] content, String name) throws IOException {
    store(name, out -> out.write(content));
  }

  private interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private void store(String name, Content content) throws IOException {
    Path target = new Path(root, name);
    Path temporary = new Path(target.getParent(), "." + target.getName() + "." + UUID.randomUUID());
    try {
      try (OutputStream out = files.create(temporary, true)) {
        content.writeTo(out);
      }
      files.delete(target, false);
      if (!files.rename(temporary, target)) {
        throw new IOException(target + ": cannot be written");
      }
    } finally {
      files.delete(temporary, false);
    }
  }

  /// Deletes the files whose names begin so.
  void deleteAll(String beginning) throws IOException {
    FileStatus[] found = files.globStatus(new Path(root, escaped(beginning) + "*"));
    if (found != null) {
      for (FileStatus file : found) {
        files.delete(file.getPath(), false);
      }
    }
  }

  private static String escaped(String name) {
    return name.replaceAll("([*?{}\\[\\]\\\\])", "\\\\$1");
  }
}
