package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Losses;

/// Gradients of [WeightedSum]: `dTerms[i] = weights[i] · dLoss`.
///
/// @param dTerms written, (1, 1) each
/// @param dLoss not modified, (1, 1)
/// @param weights not modified, (1, number of terms)
public record WeightedSumGradient(List<Value> dTerms, Value dLoss, Value weights)
    implements DeviceOp {
  private static final String NAME = "weightedSumGradient";

  /// Checks types and shapes.
  public WeightedSumGradient {
    dTerms = List.copyOf(dTerms);
    Checks.vectors(NAME, 1, dLoss);
    Checks.vectors(NAME, 1, dTerms.toArray(Value[]::new));
    Checks.vectors(NAME, dTerms.size(), weights);
    Checks.distinct(NAME, dTerms, List.of(dLoss, weights));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(dLoss, weights);
  }

  @Override
  public List<Value> writes() {
    return dTerms;
  }

  @Override
  public void run(CpuRun cpu) {
    for (int i = 0; i < dTerms.size(); i++) {
      Losses.weightedTermGradient(
          cpu.floats(dTerms.get(i)), cpu.floats(dLoss), cpu.floats(weights), i);
    }
  }

  @Override
  public void lower(Lowering tasks) {
    for (int i = 0; i < dTerms.size(); i++) {
      tasks
          .graph()
          .task(
              tasks.id(NAME),
              Losses::weightedTermGradient,
              tasks.floats(dTerms.get(i)),
              tasks.floats(dLoss),
              tasks.floats(weights),
              i);
    }
  }
}
