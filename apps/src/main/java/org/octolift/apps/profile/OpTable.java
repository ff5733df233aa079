package org.octolift.apps.profile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.octolift.engine.Op;
import org.octolift.engine.Value;
import org.octolift.engine.ops.Convolution;
import org.octolift.engine.ops.ConvolutionWeightGradient;
import org.octolift.engine.ops.ImageConvolution;
import org.octolift.engine.ops.MatrixProduct;

/// Where programs' time goes: ops of one kind together, then those of one kind and shape, or
/// those of one layer, the longest first.
public final class OpTable {
  private record Row(int count, double gflop, double seconds) {
    Row plus(double moreFlop, double moreSeconds) {
      return new Row(count + 1, gflop + moreFlop, seconds + moreSeconds);
    }
  }

  private static final Row EMPTY = new Row(0, 0, 0);

  /// Begins the names of gradients that are added up over batches.
  private static final String SUM = "gradient.";

  private final Map<String, Row> shapes = new LinkedHashMap<>();
  private final Map<String, Row> layers = new LinkedHashMap<>();
  private final Map<String, Row> kinds = new LinkedHashMap<>();
  private Row total = EMPTY;

  /// Adds a run of an op.
  public void add(Op op, double gflop, double seconds) {
    add(shapes, shape(op), gflop, seconds);
    add(kinds, kind(op), gflop, seconds);
    add(layers, "  " + layer(op), gflop, seconds);
    total = total.plus(gflop, seconds);
  }

  private static void add(Map<String, Row> table, String key, double gflop, double seconds) {
    table.computeIfAbsent(key, k -> EMPTY);
    table.computeIfPresent(key, (k, row) -> row.plus(gflop, seconds));
  }

  /// Kinds, the total, then kinds by shape.
  public List<String> lines() {
    List<String> lines = kinds();
    addAll(lines, shapes, Integer.MAX_VALUE);
    return lines;
  }

  /// Kinds, the total, then the layers that take longest.
  ///
  /// @param most how many layers
  public List<String> linesByLayer(int most) {
    List<String> lines = kinds();
    addAll(lines, layers, most);
    return lines;
  }

  private List<String> kinds() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%-58s %5s %9s %7s %9s %9s".formatted("op", "count", "ms", "share", "GFLOP", "GFLOP/s"));
    addAll(lines, kinds, Integer.MAX_VALUE);
    lines.add(line("total", total));
    return lines;
  }

  private void addAll(List<String> lines, Map<String, Row> table, int most) {
    table.entrySet().stream()
        .sorted(Comparator.comparingDouble(entry -> -entry.getValue().seconds))
        .limit(most)
        .forEach(entry -> lines.add(line(entry.getKey(), entry.getValue())));
  }

  private String line(String name, Row row) {
    return "%-58s %5d %9.2f %6.1f%% %9.2f %9s"
        .formatted(
            name,
            row.count,
            1e3 * row.seconds,
            100 * row.seconds / total.seconds,
            row.gflop,
            row.gflop == 0 ? "" : "%.1f".formatted(row.gflop / row.seconds));
  }

  /// What an op is called in a profile: convolutions for gradients are told apart.
  public static String kind(Op op) {
    return op instanceof Convolution c && c.transposed() ? op.name() + " backwards" : op.name();
  }

  /// The layer that an op belongs to: values are named after parameters, their gradients
  /// `d(...)`, and the layer is what the parameter's name has before the last point.
  public static String layer(Op op) {
    String name =
        switch (op) {
          // Its output may be the input of another layer.
          case Convolution c -> c.weights().name();
          default -> op.writes().getFirst().name();
        };
    while (name.startsWith("d(")) {
      name = name.substring(2, name.length() - 1);
    }
    String layer = parent(name.startsWith(SUM) ? name.substring(SUM.length()) : name);
    // BatchNorm's statistics: `bn.weight.mean`.
    return layer.endsWith(".weight") ? parent(layer) : layer;
  }

  private static String parent(String name) {
    int end = name.lastIndexOf('.');
    return end < 0 ? name : name.substring(0, end);
  }

  private static String shape(Op op) {
    String shape =
        switch (op) {
          case Convolution c -> channels(c.x(), c.y()) + " to " + c.y().rows();
          case ConvolutionWeightGradient c -> channels(c.x(), c.dy()) + " to " + c.dy().rows();
          case MatrixProduct p -> channels(p.x(), p.y()) + " to " + p.y().rows();
          case ImageConvolution c ->
              "%d×%d %s to %s"
                  .formatted(
                      c.window().size(),
                      c.window().size(),
                      channels(c.x(), c.y()),
                      c.window().out());
          default -> op.writes().getFirst().rows() + " x " + op.writes().getFirst().channels();
        };
    return "  " + kind(op) + " " + shape;
  }

  private static String channels(Value in, Value out) {
    return in.channels() + ">" + out.channels();
  }
}
