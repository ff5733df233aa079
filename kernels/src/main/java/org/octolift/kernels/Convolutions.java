package org.octolift.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Octree convolution as a gather and its weight gradient, one work-item for each output element:
/// the plain form, which says what is computed (O-CNN, `octree_conv`).
public final class Convolutions {
  private Convolutions() {}

  /// `y[o] = bias + Σ_k x[table[o, columns[k]]] · W[k]` over the offsets k whose input row exists
  /// (≥ 0). A table of width 0 stands for the identity: row o reads row o.
  ///
  /// @param y written, (capacity, out)
  /// @param x not modified, (any rows, in)
  /// @param weights not modified, (offsets, in, out), or (offsets, out, in) if {@code transposed}
  ///     is 1
  /// @param bias not modified, (1, out); anything if {@code biased} is 0
  /// @param table not modified, (capacity, width), -1 = none; anything if {@code width} is 0
  /// @param columns not modified, (offsets): the column of each offset
  public static void convolve(
      FloatArray y,
      FloatArray x,
      FloatArray weights,
      FloatArray bias,
      IntArray table,
      IntArray columns,
      IntArray counts,
      int slot,
      int capacity,
      int width,
      int offsets,
      int in,
      int out,
      int transposed,
      int biased) {
    for (@Parallel int i = 0; i < capacity * out; i++) {
      int row = i / out;
      if (row < counts.get(slot)) {
        int channel = i % out;
        float sum = 0;
        if (biased == 1) {
          sum = bias.get(channel);
        }
        for (int k = 0; k < offsets; k++) {
          int source = row;
          if (width > 0) {
            source = table.get(row * width + columns.get(k));
          }
          if (source >= 0) {
            for (int c = 0; c < in; c++) {
              int at = (k * in + c) * out + channel;
              if (transposed == 1) {
                at = (k * out + channel) * in + c;
              }
              sum += x.get(source * in + c) * weights.get(at);
            }
          }
        }
        y.set(i, sum);
      }
    }
  }

  /// First step of the weight gradient: `Σ_o x[table[o, columns[k]], c] · dy[o, n]` over each chunk
  /// of output rows, for all offsets k, input channels c and output channels n.
  ///
  /// @param partials written, (chunks, offsets · in · out)
  /// @param x not modified, (any rows, in)
  /// @param dy not modified, (capacity, out)
  /// @param table not modified, (capacity, width), -1 = none; anything if {@code width} is 0
  /// @param columns not modified, (offsets): the column of each offset
  /// @param chunks into which the rows are cut evenly
  public static void weightGradient(
      FloatArray partials,
      FloatArray x,
      FloatArray dy,
      IntArray table,
      IntArray columns,
      IntArray counts,
      int slot,
      int chunks,
      int width,
      int offsets,
      int in,
      int out) {
    for (@Parallel int i = 0; i < chunks * offsets * in * out; i++) {
      int chunk = i / (offsets * in * out);
      int k = i / (in * out) % offsets;
      int c = i / out % in;
      int n = i % out;
      int rows = counts.get(slot);
      int size = (rows + chunks - 1) / chunks;
      int end = (chunk + 1) * size;
      if (end > rows) {
        end = rows;
      }
      float sum = 0;
      for (int row = chunk * size; row < end; row++) {
        int source = row;
        if (width > 0) {
          source = table.get(row * width + columns.get(k));
        }
        if (source >= 0) {
          sum += x.get(source * in + c) * dy.get(row * out + n);
        }
      }
      partials.set(i, sum);
    }
  }

  /// Second step: the sum of the chunks, in order.
  ///
  /// @param dWeights written, (size)
  /// @param partials not modified, (chunks, size)
  public static void finishWeightGradient(
      FloatArray dWeights, FloatArray partials, int chunks, int size) {
    for (@Parallel int element = 0; element < (size & Bounds.LITERAL); element++) {
      float sum = 0;
      for (int chunk = 0; chunk < chunks; chunk++) {
        sum += partials.get(chunk * size + element);
      }
      dWeights.set(element, sum);
    }
  }
}
