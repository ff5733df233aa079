package org.octolift.engine.octree;

import static org.octolift.engine.octree.OctreeHeader.entry;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.octolift.engine.InputException;
import org.octolift.kernels.OctreeKeys;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Reads one octree from the bytes of an `.octree` file, of 64-bit or 32-bit keys. Everything that
/// the arrays say about each other is checked: sizes against the file's length, children against
/// their numbering, keys against those of the parents.
final class OctreeReader {
  private static final int KEY_32_BATCH_SHIFT = 24;
  private static final int MAX_DEPTH_32 = 8;
  private static final int[] CHANNELS = {1, 1, 8, Integer.MAX_VALUE, 1, 1};
  private static final String[] NAMES = {
    "key", "child", "neighbour", "feature", "label", "split label"
  };

  private final Path file;
  private final ByteBuffer buffer;
  private boolean key64;
  private int depth;
  private int batchSize;
  private boolean depthInKeys;
  private int[] nodes;
  private int[] before;
  private int[] channels;
  private int[] locations;

  OctreeReader(Path file, byte[] bytes) {
    this.file = file;
    this.buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// @throws InputException if the file is cut off or contradicts itself
  Octree read() {
    magic();
    OctreeOptions options = options();
    counts();
    blocks();
    boolean packedSingle = options.keyAsXyz() && batchSize == 1;
    depthInKeys = packedSingle && OctreeKeys.batch(key(1, 0, options)) == 1;
    Octree.Level[] levels = new Octree.Level[depth + 1];
    for (int d = 0; d <= depth; d++) {
      levels[d] = level(d, d == 0 ? null : levels[d - 1], options);
    }
    float[] bounds = new float[6];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = buffer.getFloat(OctreeHeader.BOUNDS + 4 * i);
    }
    return new Octree(
        options,
        new FileTraits(bounds, depthInKeys),
        batchSize,
        channels[OctreeHeader.FEATURE],
        true,
        levels);
  }

  private void magic() {
    require(
        buffer.capacity() >= OctreeHeader.BYTES,
        "an .octree header of %d bytes expected, the file has %d"
            .formatted(OctreeHeader.BYTES, buffer.capacity()));
    byte[] magic = new byte[16];
    buffer.get(0, magic);
    key64 = Arrays.equals(magic, Arrays.copyOf(OctreeHeader.MAGIC_64, 16));
    require(
        key64 || Arrays.equals(magic, Arrays.copyOf(OctreeHeader.MAGIC_32, 16)),
        "not an .octree file: it must start with _OCTREE_2.0_ or _OCTREE_1.0_");
  }

  private OctreeOptions options() {
    depth = buffer.getInt(OctreeHeader.DEPTH);
    int maxDepth = key64 ? OctreeHeader.ENTRIES - 1 : MAX_DEPTH_32;
    require(
        depth >= 1 && depth <= maxDepth, "depth must be 1..%d, is %d".formatted(maxDepth, depth));
    batchSize = buffer.getInt(OctreeHeader.BATCH_SIZE);
    int maxBatch = key64 ? OctreeMerge.MAX_TREES : 1 << (Integer.SIZE - KEY_32_BATCH_SHIFT);
    require(
        batchSize >= 1 && batchSize <= maxBatch,
        "the number of trees must be 1..%d, is %d".formatted(maxBatch, batchSize));
    int features = OctreeHeader.FEATURE;
    int labels = OctreeHeader.LABEL;
    boolean adaptive = flag(OctreeHeader.ADAPTIVE);
    boolean allDepths =
        location(features) == OctreeHeader.ALL_DEPTHS
            || location(labels) == OctreeHeader.ALL_DEPTHS;
    try {
      return new OctreeOptions(
          depth,
          buffer.getInt(OctreeHeader.FULL_DEPTH),
          flag(OctreeHeader.NODE_DISPLACEMENT),
          allDepths && !adaptive,
          entry(buffer, OctreeHeader.CHANNELS, OctreeHeader.SPLIT) != 0,
          adaptive,
          buffer.getInt(OctreeHeader.ADAPTIVE_DEPTH),
          buffer.getFloat(OctreeHeader.THRESHOLD_DISTANCE),
          buffer.getFloat(OctreeHeader.THRESHOLD_NORMAL),
          flag(OctreeHeader.EXTRAPOLATE),
          flag(OctreeHeader.SAVE_POINTS),
          flag(OctreeHeader.KEY_AS_XYZ));
    } catch (InputException e) {
      throw new InputException(file + ": " + e.getMessage(), e);
    }
  }

  private int location(int property) {
    return entry(buffer, OctreeHeader.LOCATIONS, property);
  }

  private boolean flag(int at) {
    return buffer.get(at) != 0;
  }

  private void counts() {
    nodes = new int[depth + 1];
    before = new int[depth + 2];
    int groups = batchSize;
    for (int d = 0; d <= depth; d++) {
      nodes[d] = entry(buffer, OctreeHeader.NODES, d);
      long expected = d == 0 ? batchSize : 8L * groups;
      require(
          nodes[d] == expected,
          "%d nodes expected at depth %d, the header says %d".formatted(expected, d, nodes[d]));
      require(
          entry(buffer, OctreeHeader.NODES_BEFORE, d) == before[d],
          "%d nodes expected above depth %d, the header says %d"
              .formatted(before[d], d, entry(buffer, OctreeHeader.NODES_BEFORE, d)));
      groups = entry(buffer, OctreeHeader.NON_EMPTY, d);
      require(
          groups >= 0 && groups <= nodes[d],
          "0..%d non-empty nodes expected at depth %d, the header says %d"
              .formatted(nodes[d], d, groups));
      long total = (long) before[d] + nodes[d];
      require(total <= buffer.capacity(), "%d nodes do not fit into the file".formatted(total));
      before[d + 1] = (int) total;
    }
  }

  private void blocks() {
    channels = new int[OctreeHeader.PROPERTIES];
    locations = new int[OctreeHeader.PROPERTIES];
    int content = buffer.getInt(OctreeHeader.CONTENT);
    long offset = OctreeHeader.firstBlock(key64 ? 8 : 4);
    for (int i = 0; i < OctreeHeader.PROPERTIES; i++) {
      channels[i] = entry(buffer, OctreeHeader.CHANNELS, i);
      locations[i] = location(i);
      boolean present = (content >> i & 1) != 0;
      boolean valid =
          present
              ? channels[i] == CHANNELS[i] || (i == OctreeHeader.FEATURE && channels[i] > 0)
              : channels[i] == 0;
      require(valid, "%d channels of %s cannot be".formatted(channels[i], NAMES[i]));
      boolean everywhere = i != OctreeHeader.FEATURE && i != OctreeHeader.LABEL;
      require(
          !present
              || locations[i] == OctreeHeader.ALL_DEPTHS
              || (!everywhere && locations[i] == depth),
          "%s stored at depth %d cannot be read; %s expected"
              .formatted(
                  NAMES[i], locations[i], everywhere ? "all depths" : "all depths or the finest"));
      require(
          entry(buffer, OctreeHeader.BLOCKS, i) == offset,
          "%s block expected at byte %d, the header says %d"
              .formatted(NAMES[i], offset, entry(buffer, OctreeHeader.BLOCKS, i)));
      int count = locations[i] == OctreeHeader.ALL_DEPTHS ? before[depth + 1] : nodes[depth];
      long elements = (long) count * channels[i];
      require(
          elements <= buffer.capacity(),
          "%d × %d values of %s do not fit into the file's %d bytes"
              .formatted(count, channels[i], NAMES[i], buffer.capacity()));
      offset += elementBytes(i) * elements;
    }
    require(
        (content & 3) == 3,
        "keys and children expected, the content flags are %d".formatted(content));
    require(
        offset == buffer.capacity()
            && offset == entry(buffer, OctreeHeader.BLOCKS, OctreeHeader.PROPERTIES),
        "%d bytes expected, the file has %d; is it cut off?".formatted(offset, buffer.capacity()));
    boolean signalsAgree =
        channels[OctreeHeader.FEATURE] == 0
            || channels[OctreeHeader.LABEL] == 0
            || locations[OctreeHeader.FEATURE] == locations[OctreeHeader.LABEL];
    require(signalsAgree, "features and labels must be stored at the same depths");
  }

  private Octree.Level level(int d, Octree.Level parents, OctreeOptions options) {
    int nonEmpty = entry(buffer, OctreeHeader.NON_EMPTY, d);
    LongArray keys = new LongArray(nonEmpty);
    IntArray children = new IntArray(nodes[d]);
    int next = 0;
    for (int i = 0; i < nodes[d]; i++) {
      long expected =
          d == 0 ? OctreeKeys.addBatch(0, i) : OctreeKeys.child(parents.keys().get(i >> 3), i & 7);
      long key = OctreeKeys.addBatch(key(d, i, options), depthInKeys ? -d : 0);
      if (key != expected) {
        throw malformed(
            "node %d at depth %d has key %x where its parent asks for %x"
                .formatted(i, d, key, expected));
      }
      int child = buffer.getInt(at(OctreeHeader.CHILD, d, 0, i));
      if (child != -1 && (child != next || next == nonEmpty)) {
        throw malformed(
            "node %d at depth %d has child number %d; -1 or %d expected"
                .formatted(i, d, child, next));
      }
      children.set(i, child);
      if (child >= 0) {
        keys.set(next++, key);
      }
    }
    require(
        next == nonEmpty,
        "%d non-empty nodes expected at depth %d, there are %d".formatted(nonEmpty, d, next));
    return new Octree.Level(
        keys,
        children,
        features(d),
        integers(OctreeHeader.LABEL, d),
        integers(OctreeHeader.SPLIT, d));
  }

  private long key(int d, int node, OctreeOptions options) {
    int at = at(OctreeHeader.KEY, d, 0, node);
    if (key64) {
      long key = buffer.getLong(at);
      return options.keyAsXyz() ? OctreeKeys.fromPacked(key, d) : key;
    }
    int key = buffer.getInt(at);
    int position = key & ((1 << KEY_32_BATCH_SHIFT) - 1);
    long shuffled =
        options.keyAsXyz()
            ? OctreeKeys.encode(position & 255, position >> 8 & 255, position >> 16)
            : position;
    return OctreeKeys.addBatch(shuffled, key >>> KEY_32_BATCH_SHIFT);
  }

  private FloatArray features(int d) {
    int count = channels[OctreeHeader.FEATURE];
    if (!present(OctreeHeader.FEATURE, d)) {
      return null;
    }
    FloatArray rows = new FloatArray(Math.multiplyExact(nodes[d], count));
    for (int c = 0; c < count; c++) {
      for (int i = 0; i < nodes[d]; i++) {
        rows.set(count * i + c, buffer.getFloat(at(OctreeHeader.FEATURE, d, c, i)));
      }
    }
    return rows;
  }

  private IntArray integers(int property, int d) {
    if (!present(property, d)) {
      return null;
    }
    IntArray values = new IntArray(nodes[d]);
    for (int i = 0; i < nodes[d]; i++) {
      float value = buffer.getFloat(at(property, d, 0, i));
      if (value != (int) value) {
        throw malformed(
            "%s of node %d at depth %d must be a whole number, is %s"
                .formatted(NAMES[property], i, d, value));
      }
      values.set(i, (int) value);
    }
    return values;
  }

  private boolean present(int property, int d) {
    return channels[property] > 0
        && (locations[property] == OctreeHeader.ALL_DEPTHS || locations[property] == d);
  }

  /// Byte of a value: within a depth, channels are planes.
  private int at(int property, int d, int channel, int node) {
    long first = locations[property] == OctreeHeader.ALL_DEPTHS ? before[d] : 0;
    long element = first * channels[property] + (long) channel * nodes[d] + node;
    return (int) (entry(buffer, OctreeHeader.BLOCKS, property) + elementBytes(property) * element);
  }

  private int elementBytes(int property) {
    return property == OctreeHeader.KEY && key64 ? 8 : 4;
  }

  private void require(boolean ok, String problem) {
    if (!ok) {
      throw malformed(problem);
    }
  }

  private InputException malformed(String problem) {
    return InputException.in(file, problem);
  }
}
