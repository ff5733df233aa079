package org.octolift.engine.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Losses;

/// `loss = Σ_i weights[i] · terms[i]`, added in order.
///
/// @param loss written, (1, 1)
/// @param terms not modified, (1, 1) each
/// @param weights not modified, (1, number of terms)
public record WeightedSum(Value loss, List<Value> terms, Value weights) implements DeviceOp {
  private static final String NAME = "weightedSum";

  /// Checks types and shapes.
  public WeightedSum {
    terms = List.copyOf(terms);
    Checks.vectors(NAME, 1, loss);
    Checks.vectors(NAME, 1, terms.toArray(Value[]::new));
    Checks.vectors(NAME, terms.size(), weights);
    List<Value> reads = new ArrayList<>(terms);
    reads.add(weights);
    Checks.distinct(NAME, List.of(loss), reads);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return Stream.concat(terms.stream(), Stream.of(weights)).toList();
  }

  @Override
  public List<Value> writes() {
    return List.of(loss);
  }

  @Override
  public void run(CpuRun cpu) {
    for (int i = 0; i < terms.size(); i++) {
      Losses.weightedTerm(cpu.floats(loss), cpu.floats(terms.get(i)), cpu.floats(weights), i);
    }
  }

  @Override
  public void lower(Lowering tasks) {
    for (int i = 0; i < terms.size(); i++) {
      tasks
          .graph()
          .task(
              tasks.id(NAME),
              Losses::weightedTerm,
              tasks.floats(loss),
              tasks.floats(terms.get(i)),
              tasks.floats(weights),
              i);
    }
  }
}
