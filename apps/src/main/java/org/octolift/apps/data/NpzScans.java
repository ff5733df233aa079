package org.octolift.apps.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.octolift.engine.InputException;
import org.octolift.engine.io.DType;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.Npz;

/// Scans as NumPy archives. Read: `xyz` or `points` (N, 3); `normals`; `colours`, `colors` or
/// `rgb` (whole numbers 0..255, or floats, which are taken as 0..1 when all are at most 1);
/// `labels` or `label` (N); `mask` or `pixels` (N). Other arrays are ignored. Written: xyz, normals
/// float32, colours uint8, labels int32, mask int32.
final class NpzScans {
  private NpzScans() {}

  static Scan read(Path file) {
    Map<String, NdArray> arrays;
    try {
      arrays = Npz.read(file);
    } catch (IOException e) {
      throw MappedFile.unreadable(file, e);
    }
    NdArray points = first(arrays, "xyz", "points");
    if (points == null) {
      throw InputException.in(
          file, "has no array xyz or points of shape (N, 3); has " + arrays.keySet());
    }
    int count = points.rank() == 2 ? points.shape()[0] : -1;
    if (count == 0) {
      throw InputException.in(file, "has no points");
    }
    return new Scan(
        file.toString(),
        triples(points, count),
        triples(first(arrays, "normals", "normal"), count),
        colours(first(arrays, "colours", "colors", "rgb"), count),
        integers(first(arrays, "labels", "label"), count),
        integers(first(arrays, "mask", "pixels"), count));
  }

  static void write(Path file, Scan scan, Npz.Compression compression) {
    Map<String, NdArray> arrays = new LinkedHashMap<>();
    int n = scan.size();
    arrays.put("xyz", NdArray.of(scan.xyz(), n, 3));
    if (scan.normals() != null) {
      arrays.put("normals", NdArray.of(scan.normals(), n, 3));
    }
    if (scan.colours() != null) {
      byte[] colours = new byte[3 * n];
      for (int i = 0; i < colours.length; i++) {
        colours[i] = (byte) Scans.colourByte(scan.colours()[i]);
      }
      arrays.put("colours", NdArray.of(colours, n, 3));
    }
    if (scan.labels() != null) {
      arrays.put("labels", NdArray.of(scan.labels(), n));
    }
    if (scan.pixels() != null) {
      arrays.put("mask", NdArray.of(scan.pixels(), n));
    }
    try {
      Npz.write(file, arrays, compression);
    } catch (IOException e) {
      throw MappedFile.unwritable(file, e);
    }
  }

  private static NdArray first(Map<String, NdArray> arrays, String... names) {
    for (String name : names) {
      if (arrays.containsKey(name)) {
        return arrays.get(name);
      }
    }
    return null;
  }

  private static float[] triples(NdArray array, int count) {
    if (array == null) {
      return null;
    }
    array.expectShape(count, 3);
    if (array.dtype() == DType.FLOAT32) {
      return array.floats();
    }
    double[] values = array.doubles();
    float[] rounded = new float[values.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) values[i];
    }
    return rounded;
  }

  private static float[] colours(NdArray array, int count) {
    float[] values = triples(array, count);
    if (values != null && array.dtype().isFloat()) {
      Scans.scaleUnitColours(values);
    }
    return values;
  }

  /// Labels of any integral values, in an array (N) or (N, 1).
  private static int[] integers(NdArray array, int count) {
    if (array == null) {
      return null;
    }
    return (array.rank() == 2 ? array.expectShape(count, 1) : array.expectShape(count)).ints();
  }
}
