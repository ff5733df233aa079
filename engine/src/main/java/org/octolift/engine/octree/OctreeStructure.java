package org.octolift.engine.octree;

import java.util.concurrent.atomic.AtomicInteger;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;
import org.octolift.kernels.OctreeKeys;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// The nodes of one octree. Built from the sorted keys of the points in two passes, whatever the
/// depth: a point starts a new node at every depth from the first on at which its key differs from
/// its predecessor's. The first pass counts those per chunk, the second writes keys and children
/// of all depths at once.
///
/// @param keys per depth the shuffled keys of the non-empty nodes
/// @param children per depth a node's number among the non-empty nodes, or -1
/// @param order the points in the order of their keys, ties in their original order
/// @param starts where each non-empty leaf starts in {@code order}; at the end the number of points
record OctreeStructure(LongArray[] keys, IntArray[] children, int[] order, int[] starts) {
  private static final int GRAIN = 1 << 14;

  /// Builds the nodes.
  ///
  /// @throws InputException if a point lies outside the cube -1 ≤ p < 1 or is not a number
  static OctreeStructure build(Points points, int depth, int fullDepth, Workers workers) {
    KeySort sorted = KeySort.sort(encode(points, depth, workers), 3 * depth, workers);
    int[][] next = count(sorted.keys, depth, fullDepth, workers);
    int[] totals = next[next.length - 1];

    LongArray[] keys = new LongArray[depth + 1];
    IntArray[] children = new IntArray[depth + 1];
    for (int d = 0; d < fullDepth; d++) {
      keys[d] = new LongArray(1 << (3 * d));
      children[d] = new IntArray(1 << (3 * d));
      for (int i = 0; i < 1 << (3 * d); i++) {
        keys[d].set(i, i);
        children[d].set(i, i);
      }
    }
    for (int d = fullDepth; d <= depth; d++) {
      keys[d] = new LongArray(totals[d]);
      int nodes = d == fullDepth ? 1 << (3 * d) : Math.multiplyExact(8, totals[d - 1]);
      children[d] = new IntArray(nodes);
    }
    workers.parallel(
        depth + 1 - fullDepth,
        1,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            children[depth - i].getSegment().fill((byte) -1);
          }
        });
    int[] starts = new int[totals[depth] + 1];
    starts[totals[depth]] = points.size();
    workers.parallel(
        points.size(),
        GRAIN,
        (from, to) ->
            write(
                sorted.keys,
                from,
                to,
                depth,
                fullDepth,
                next[from / GRAIN],
                keys,
                children,
                starts));
    return new OctreeStructure(keys, children, sorted.order, starts);
  }

  private static long[] encode(Points points, int depth, Workers workers) {
    int n = points.size();
    float[] xyz = points.xyz();
    long[] keys = new long[n];
    AtomicInteger firstBad = new AtomicInteger(n);
    workers.parallel(
        n,
        GRAIN,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            float x = xyz[3 * i];
            float y = xyz[3 * i + 1];
            float z = xyz[3 * i + 2];
            if (!(x >= -1 && x < 1 && y >= -1 && y < 1 && z >= -1 && z < 1)) {
              firstBad.accumulateAndGet(i, Math::min);
              return;
            }
            keys[i] = OctreeKeys.ofPoint(x, y, z, depth);
          }
        });
    int bad = firstBad.get();
    if (bad < n) {
      throw new InputException(
          ("point %d of %d, (%s, %s, %s), does not lie in the octree's cube -1 ≤ p < 1; scale the"
                  + " points into it and clip the rest")
              .formatted(bad, n, xyz[3 * bad], xyz[3 * bad + 1], xyz[3 * bad + 2]));
    }
    return keys;
  }

  /// Per chunk and depth the number of nodes that earlier chunks start; last the totals.
  private static int[][] count(long[] keys, int depth, int fullDepth, Workers workers) {
    int chunks = Math.ceilDiv(keys.length, GRAIN);
    int[][] counts = new int[chunks + 1][depth + 2];
    workers.parallel(
        keys.length,
        GRAIN,
        (from, to) -> {
          int[] own = counts[from / GRAIN];
          for (int i = from; i < to; i++) {
            own[firstDifference(keys, i, depth, fullDepth)]++;
          }
          for (int d = fullDepth + 1; d <= depth; d++) {
            own[d] += own[d - 1];
          }
        });
    int[] sums = new int[depth + 2];
    for (int[] own : counts) {
      for (int d = fullDepth; d <= depth; d++) {
        int count = own[d];
        own[d] = sums[d];
        sums[d] += count;
      }
    }
    return counts;
  }

  private static void write(
      long[] sorted,
      int from,
      int to,
      int depth,
      int fullDepth,
      int[] next,
      LongArray[] keys,
      IntArray[] children,
      int[] starts) {
    for (int i = from; i < to; i++) {
      for (int d = firstDifference(sorted, i, depth, fullDepth); d <= depth; d++) {
        long key = sorted[i] >>> (3 * (depth - d));
        int node = d == fullDepth ? (int) key : 8 * (next[d - 1] - 1) + (int) (key & 7);
        keys[d].set(next[d], key);
        children[d].set(node, next[d]);
        if (d == depth) {
          starts[next[d]] = i;
        }
        next[d]++;
      }
    }
  }

  /// The first depth of {@code fullDepth}..{@code depth} at which sorted key {@code i} differs from
  /// the one before it; {@code depth + 1} if it does not.
  private static int firstDifference(long[] keys, int i, int depth, int fullDepth) {
    if (i == 0) {
      return fullDepth;
    }
    long difference = keys[i] ^ keys[i - 1];
    if (difference == 0) {
      return depth + 1;
    }
    int highestBit = Long.SIZE - 1 - Long.numberOfLeadingZeros(difference);
    return Math.max(fullDepth, depth - highestBit / 3);
  }
}
