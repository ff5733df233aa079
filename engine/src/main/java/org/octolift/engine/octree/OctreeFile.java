package org.octolift.engine.octree;

import java.io.IOException;
import java.nio.file.Path;
import org.octolift.engine.io.AtomicFile;
import org.octolift.engine.io.InputFile;

/// O-CNN's `.octree` files. Read with 64-bit or 32-bit keys, written with 64-bit keys. The
/// neighbour block of merged octrees follows from the keys: it is skipped on reading and computed
/// on writing.
public final class OctreeFile {
  private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

  private OctreeFile() {}

  /// Reads a file.
  ///
  /// @throws org.octolift.engine.InputException if the content is malformed
  /// @throws IOException if it cannot be read
  public static Octree read(Path file) throws IOException {
    return new OctreeReader(file, InputFile.bytes(file, MAX_BYTES)).read();
  }

  /// Writes an octree without neighbours, atomically.
  public static void write(Path file, Octree octree) throws IOException {
    byte[] bytes = new OctreeWriter(octree, null).bytes();
    AtomicFile.write(file, out -> out.write(bytes));
  }

  /// Writes a merged octree with its neighbours, atomically.
  public static void write(Path file, OctreeBatch batch) throws IOException {
    byte[] bytes = new OctreeWriter(batch.octree(), batch::siblingNeighbours).bytes();
    AtomicFile.write(file, out -> out.write(bytes));
  }
}
