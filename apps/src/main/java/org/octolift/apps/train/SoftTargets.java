package org.octolift.apps.train;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.octolift.apps.config.ModelConfig;
import org.octolift.apps.data.Scan;
import org.octolift.apps.softlabel.SoftLabels;
import org.octolift.engine.InputException;
import org.octolift.engine.octree.OctreeInputs;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Soft labels of the points in the cube, from the pixels that they were made of. A scan's pixel
/// indices say which.
///
/// @param labels gives the labels of an item of the list
/// @param stored whether they are read, by any thread, rather than computed
/// @param mask rows whose most probable class is up to this one do not count: their targets are
/// zeros, and those of the others weigh so much more that a mean over all rows is theirs
record SoftTargets(IntFunction<SoftLabels> labels, boolean stored, int mask) implements Targets {
  /// Name of the input that holds the targets, (points, classes).
  static final String INPUT = "softLabels";

  /// A mask for which all rows count.
  static final int ALL = -1;

  /// A batch of panoramas takes gigabytes: as many classes a point as the logits have.
  private static final int MAX_THREADS = 2;

  @Override
  public int threads(int asked) {
    return stored ? Math.min(asked, MAX_THREADS) : 0;
  }

  @Override
  public int[] set(OctreeInputs inputs, List<Item> items, ModelConfig model) {
    int classes = model.classes();
    int[] best = new int[inputs.trees().length];
    FloatArray targets = new FloatArray(Math.multiplyExact(best.length, classes));
    targets.init(0);
    int row = 0;
    for (Item item : items) {
      Scan scan = item.scan();
      SoftLabels soft = labels.apply(item.item());
      requirePixels(scan, soft);
      int[] inside = item.clipped().mask();
      for (int point = 0; point < inside.length; point++) {
        if (inside[point] != 0) {
          int pixel = scan.pixels()[point];
          best[row] = soft.best(pixel);
          soft.put(pixel, targets, row * classes);
          row++;
        }
      }
    }
    if (mask > ALL) {
      count(best, targets, classes);
    }
    inputs.set(INPUT, targets);
    return best;
  }

  private static void requirePixels(Scan scan, SoftLabels soft) {
    if (scan.pixels() == null) {
      throw new InputException(
          scan.source()
              + ": expected the pixel of each point, a column mask, which tells its soft label; found"
              + " none: octolift data mp3d and data rgbd write it");
    }
    for (int pixel : scan.pixels()) {
      if (pixel < 0 || pixel >= soft.pixels()) {
        throw new InputException(
            "%s: expected pixels of an image of %d × %d, found number %d: was the scan made of another image?"
                .formatted(scan.source(), soft.width(), soft.height(), pixel));
      }
    }
  }

  /// Leaves the rows that count.
  private void count(int[] best, FloatArray targets, int classes) {
    long counted = Arrays.stream(best).filter(label -> label > mask).count();
    float weight = (float) best.length / Math.max(1, counted);
    for (int row = 0; row < best.length; row++) {
      float factor = best[row] > mask ? weight : 0;
      for (int at = row * classes; at < (row + 1) * classes; at++) {
        targets.set(at, factor * targets.get(at));
      }
    }
  }
}
