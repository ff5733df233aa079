package org.octolift.apps.transfer;

import org.octolift.apps.data.image.GreyImage;
import org.octolift.apps.softlabel.SoftLabels;

/// How right an image parser is, over any number of images: pixels of a class of 1 and above count.
public final class TeacherScore {
  private final long[] truth;
  private final long[] named;
  private final long[] right;

  TeacherScore(int classes) {
    truth = new long[classes];
    named = new long[classes];
    right = new long[classes];
  }

  /// Adds an image.
  void add(SoftLabels labels, GreyImage classes) {
    for (int pixel = 0; pixel < labels.pixels(); pixel++) {
      int is = classes.values()[pixel];
      if (is > 0) {
        int best = labels.best(pixel);
        truth[is]++;
        named[best]++;
        right[is] += is == best ? 1 : 0;
      }
    }
  }

  /// Share of the pixels with the right class.
  public double accuracy() {
    long all = 0;
    long hits = 0;
    for (int k = 1; k < truth.length; k++) {
      all += truth[k];
      hits += right[k];
    }
    return (double) hits / all;
  }

  /// Mean over the classes that occur of intersection over union.
  public double miou() {
    double sum = 0;
    int present = 0;
    for (int k = 1; k < truth.length; k++) {
      if (truth[k] > 0) {
        sum += (double) right[k] / (truth[k] + named[k] - right[k]);
        present++;
      }
    }
    return sum / present;
  }
}
