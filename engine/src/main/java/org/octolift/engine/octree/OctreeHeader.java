package org.octolift.engine.octree;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Places of the fields in the 716-byte header of `.octree` files, and of its property blocks.
final class OctreeHeader {
  static final byte[] MAGIC_64 = "_OCTREE_2.0_".getBytes(StandardCharsets.US_ASCII);
  static final byte[] MAGIC_32 = "_OCTREE_1.0_".getBytes(StandardCharsets.US_ASCII);
  static final int BATCH_SIZE = 16;
  static final int DEPTH = 20;
  static final int FULL_DEPTH = 24;
  static final int ADAPTIVE_DEPTH = 28;
  static final int ADAPTIVE = 32;
  static final int THRESHOLD_DISTANCE = 36;
  static final int THRESHOLD_NORMAL = 40;
  static final int KEY_AS_XYZ = 44;
  static final int NODE_DISPLACEMENT = 45;
  static final int NODES = 48;
  static final int NODES_BEFORE = 112;
  static final int NON_EMPTY = 176;
  static final int CONTENT = 240;
  static final int CHANNELS = 244;
  static final int LOCATIONS = 308;
  static final int BOUNDS = 372;
  static final int EXTRAPOLATE = 396;
  static final int SAVE_POINTS = 397;
  static final int BLOCKS = 652;
  static final int BYTES = 716;

  /// Entries of each table in the header, so a file holds at most depths 0..15.
  static final int ENTRIES = 16;

  static final int KEY = 0;
  static final int CHILD = 1;
  static final int NEIGHBOUR = 2;
  static final int FEATURE = 3;
  static final int LABEL = 4;
  static final int SPLIT = 5;
  static final int PROPERTIES = 6;

  /// Location of a property that all depths have.
  static final int ALL_DEPTHS = -1;

  private OctreeHeader() {}

  /// Entry {@code i} of the int table at {@code table}.
  static int entry(ByteBuffer buffer, int table, int i) {
    return buffer.getInt(table + 4 * i);
  }

  /// Sets entry {@code i} of the int table at {@code table}.
  static void setEntry(ByteBuffer buffer, int table, int i, int value) {
    buffer.putInt(table + 4 * i, value);
  }

  /// Where the first block starts: the header's size rounded up to a multiple of a key's size.
  static int firstBlock(int keyBytes) {
    return Math.ceilDiv(BYTES, keyBytes) * keyBytes;
  }
}
