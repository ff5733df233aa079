package org.octolift.apps.profile;

import java.util.HashMap;
import java.util.Map;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.InputKey;
import org.octolift.engine.Op;
import org.octolift.engine.Program;
import org.octolift.engine.Value;
import org.octolift.engine.octree.Relation;
import org.octolift.engine.ops.Attention;
import org.octolift.engine.ops.Convolution;
import org.octolift.engine.ops.ConvolutionWeightGradient;
import org.octolift.engine.ops.ImageConvolution;
import org.octolift.engine.ops.MatrixProduct;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Counts the floating-point operations of products: two for each multiply-add over the neighbours
/// that exist. All other ops are not counted.
public final class OpCosts {
  private final BatchInputs batch;
  private final Map<Relation, Long> pairs = new HashMap<>();

  /// Costs of ops on a batch.
  public OpCosts(BatchInputs batch) {
    this.batch = batch;
  }

  /// Billions of operations of a whole program.
  public double gflop(Program program) {
    return program.ops().stream().mapToDouble(this::gflop).sum();
  }

  /// Billions of operations of an op, 0 if it is no product.
  public double gflop(Op op) {
    return switch (op) {
      case Convolution c -> gflop(c.x(), c.y(), c.relation());
      case ConvolutionWeightGradient c -> gflop(c.x(), c.dy(), c.relation());
      case MatrixProduct p -> gflop(p.x(), p.y(), null);
      case ImageConvolution c -> c.window().area() * gflop(c.y(), c.x().channels());
      case Attention a -> 4e-9 * a.tokens() * batch.rows(a.y().rows()) * a.y().channels();
      default -> 0;
    };
  }

  private double gflop(Value out, int channels) {
    return 2e-9 * batch.rows(out.rows()) * channels * out.channels();
  }

  private double gflop(Value in, Value out, Relation relation) {
    long count =
        relation == null
            ? batch.rows(in.rows())
            : pairs.computeIfAbsent(relation, this::existingPairs);
    return 2e-9 * count * in.channels() * out.channels();
  }

  private long existingPairs(Relation relation) {
    Relation key = relation.table();
    IntArray table = batch.ints(new InputKey.Table(key));
    int columns = key.shape().size();
    int rows = batch.rows(key.outputRows());
    long count = 0;
    for (int k = 0; k < relation.shape().size(); k++) {
      int column = relation.column(k);
      for (int row = 0; row < rows; row++) {
        count += table.get(row * columns + column) >= 0 ? 1 : 0;
      }
    }
    return count;
  }
}
