package org.octolift.engine.octree;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntFunction;
import org.octolift.engine.InputException;
import org.octolift.kernels.OctreeKeys;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Serialises one octree in the 64-bit form of the `.octree` format.
final class OctreeWriter {
  private static final int[] ELEMENT_BYTES = {8, 4, 4, 4, 4, 4};
  private static final int NEIGHBOURS_PER_NODE = 8;

  private final Octree octree;
  private final IntFunction<IntArray> siblingNeighbours;
  private final int depth;
  private final int[] channels = new int[OctreeHeader.PROPERTIES];
  private final int[] locations = new int[OctreeHeader.PROPERTIES];
  private final int[] blocks = new int[OctreeHeader.PROPERTIES + 1];

  /// @param siblingNeighbours the neighbour table of a depth ≥ 1, or null to leave neighbours out
  OctreeWriter(Octree octree, IntFunction<IntArray> siblingNeighbours) {
    this.octree = octree;
    this.siblingNeighbours = siblingNeighbours;
    this.depth = octree.depth();
    if (depth >= OctreeHeader.ENTRIES) {
      throw new InputException(
          ".octree files hold octrees of depth ≤ %d, this one has %d"
              .formatted(OctreeHeader.ENTRIES - 1, depth));
    }
    int signals =
        octree.options().nodeFeature() || octree.options().adaptive()
            ? OctreeHeader.ALL_DEPTHS
            : depth;
    present(OctreeHeader.KEY, 1, OctreeHeader.ALL_DEPTHS);
    present(OctreeHeader.CHILD, 1, OctreeHeader.ALL_DEPTHS);
    present(
        OctreeHeader.NEIGHBOUR,
        siblingNeighbours == null ? 0 : NEIGHBOURS_PER_NODE,
        OctreeHeader.ALL_DEPTHS);
    present(OctreeHeader.FEATURE, octree.channels(), signals);
    present(OctreeHeader.LABEL, octree.hasLabels(depth) ? 1 : 0, signals);
    present(OctreeHeader.SPLIT, octree.hasSplits() ? 1 : 0, OctreeHeader.ALL_DEPTHS);
    long offset = OctreeHeader.firstBlock(ELEMENT_BYTES[OctreeHeader.KEY]);
    for (int i = 0; i < OctreeHeader.PROPERTIES; i++) {
      blocks[i] = fit(offset);
      long nodes = 0;
      for (int d = 0; d <= depth; d++) {
        nodes += locations[i] == OctreeHeader.ALL_DEPTHS || locations[i] == d ? octree.nodes(d) : 0;
      }
      offset += ELEMENT_BYTES[i] * nodes * channels[i];
    }
    blocks[OctreeHeader.PROPERTIES] = fit(offset);
  }

  private void present(int property, int channelCount, int location) {
    channels[property] = channelCount;
    locations[property] = channelCount == 0 ? 0 : location;
  }

  private static int fit(long offset) {
    if (offset > Integer.MAX_VALUE) {
      throw new InputException(
          "the octree needs %d bytes, an .octree file holds 2 GiB; write fewer trees a file"
              .formatted(offset));
    }
    return (int) offset;
  }

  byte[] bytes() {
    ByteBuffer buffer =
        ByteBuffer.allocate(blocks[OctreeHeader.PROPERTIES]).order(ByteOrder.LITTLE_ENDIAN);
    header(buffer);
    for (int d = 0; d <= depth; d++) {
      keys(block(buffer, OctreeHeader.KEY, d), d);
      ints(block(buffer, OctreeHeader.CHILD, d), octree.children(d));
      if (siblingNeighbours != null && d > 0) {
        ints(block(buffer, OctreeHeader.NEIGHBOUR, d), siblingNeighbours.apply(d));
      }
      if (channels[OctreeHeader.FEATURE] > 0 && octree.hasFeature(d)) {
        planes(block(buffer, OctreeHeader.FEATURE, d), octree.feature(d), octree.channels());
      }
      if (channels[OctreeHeader.LABEL] > 0 && octree.hasLabels(d)) {
        floats(block(buffer, OctreeHeader.LABEL, d), octree.labels(d));
      }
      if (channels[OctreeHeader.SPLIT] > 0) {
        floats(block(buffer, OctreeHeader.SPLIT, d), octree.splits(d));
      }
    }
    return buffer.array();
  }

  private void header(ByteBuffer buffer) {
    OctreeOptions options = octree.options();
    buffer.put(0, OctreeHeader.MAGIC_64);
    buffer.putInt(OctreeHeader.BATCH_SIZE, octree.batchSize());
    buffer.putInt(OctreeHeader.DEPTH, depth);
    buffer.putInt(OctreeHeader.FULL_DEPTH, options.fullDepth());
    buffer.putInt(OctreeHeader.ADAPTIVE_DEPTH, options.adaptiveDepth());
    buffer.put(OctreeHeader.ADAPTIVE, flag(options.adaptive()));
    buffer.putFloat(OctreeHeader.THRESHOLD_DISTANCE, options.thresholdDistance());
    buffer.putFloat(OctreeHeader.THRESHOLD_NORMAL, options.thresholdNormal());
    buffer.put(OctreeHeader.KEY_AS_XYZ, flag(options.keyAsXyz()));
    buffer.put(OctreeHeader.NODE_DISPLACEMENT, flag(options.nodeDisplacement()));
    int before = 0;
    for (int d = 0; d <= depth; d++) {
      OctreeHeader.setEntry(buffer, OctreeHeader.NODES, d, octree.nodes(d));
      OctreeHeader.setEntry(buffer, OctreeHeader.NODES_BEFORE, d, before);
      OctreeHeader.setEntry(buffer, OctreeHeader.NON_EMPTY, d, octree.nonEmpty(d));
      before += octree.nodes(d);
    }
    for (int d = depth + 1; d < Math.min(depth + 3, OctreeHeader.ENTRIES); d++) {
      OctreeHeader.setEntry(buffer, OctreeHeader.NODES_BEFORE, d, before);
    }
    int content = 0;
    for (int i = 0; i < OctreeHeader.PROPERTIES; i++) {
      content |= channels[i] > 0 ? 1 << i : 0;
      OctreeHeader.setEntry(buffer, OctreeHeader.CHANNELS, i, channels[i]);
      OctreeHeader.setEntry(buffer, OctreeHeader.LOCATIONS, i, locations[i]);
    }
    buffer.putInt(OctreeHeader.CONTENT, content);
    float[] bounds = octree.traits().bounds();
    for (int i = 0; i < bounds.length; i++) {
      buffer.putFloat(OctreeHeader.BOUNDS + 4 * i, bounds[i]);
    }
    buffer.put(OctreeHeader.EXTRAPOLATE, flag(options.extrapolate()));
    buffer.put(OctreeHeader.SAVE_POINTS, flag(options.savePoints()));
    for (int i = 0; i < blocks.length; i++) {
      OctreeHeader.setEntry(buffer, OctreeHeader.BLOCKS, i, blocks[i]);
    }
  }

  private static byte flag(boolean on) {
    return (byte) (on ? 1 : 0);
  }

  /// The part of a property's block that belongs to depth {@code d}.
  private ByteBuffer block(ByteBuffer buffer, int property, int d) {
    long before = 0;
    if (locations[property] == OctreeHeader.ALL_DEPTHS) {
      for (int above = 0; above < d; above++) {
        before += octree.nodes(above);
      }
    }
    int unit = ELEMENT_BYTES[property] * channels[property];
    return buffer
        .slice((int) (blocks[property] + unit * before), unit * octree.nodes(d))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private void keys(ByteBuffer block, int d) {
    LongArray keys = octree.keys(d);
    boolean packed = octree.options().keyAsXyz();
    int field = octree.traits().depthInKeys() ? d : 0;
    for (int i = 0; i < keys.getSize(); i++) {
      long key = packed ? OctreeKeys.toPacked(keys.get(i)) : keys.get(i);
      block.putLong(OctreeKeys.addBatch(key, field));
    }
  }

  private static void ints(ByteBuffer block, IntArray values) {
    for (int i = 0; i < values.getSize(); i++) {
      block.putInt(values.get(i));
    }
  }

  private static void floats(ByteBuffer block, IntArray values) {
    for (int i = 0; i < values.getSize(); i++) {
      block.putFloat(values.get(i));
    }
  }

  private static void planes(ByteBuffer block, FloatArray rows, int channels) {
    int nodes = rows.getSize() / channels;
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < nodes; i++) {
        block.putFloat(rows.get(i * channels + c));
      }
    }
  }
}
