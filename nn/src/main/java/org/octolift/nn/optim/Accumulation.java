package org.octolift.nn.optim;

import java.util.LinkedHashMap;
import java.util.Map;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.Variable;
import org.octolift.engine.ops.AddInPlace;
import org.octolift.engine.ops.AddSquares;
import org.octolift.engine.ops.ClipFactor;
import org.octolift.engine.ops.Fill;
import org.octolift.engine.ops.Scale;
import org.octolift.nn.Parameter;

/// Gathers all gradients before a parameter changes: sums them over several batches, takes their
/// mean, clips the norm of all of them together. One program, run for each batch, adds its
/// gradients; another, run after the last, updates the parameters and forgets the gradients.
public final class Accumulation {
  private final int batches;
  private final double norm;
  private final Map<Parameter, Variable> sums = new LinkedHashMap<>();

  /// @param batches how many make a step
  /// @param norm largest Euclidean norm of the mean gradient over all parameters; 0: any
  public Accumulation(int batches, double norm) {
    this.batches = batches;
    this.norm = norm;
  }

  /// Records, for the first program, that a batch's gradient is added.
  public void add(Recorder recorder, Parameter parameter, Value gradient) {
    Variable like = parameter.variable();
    Variable sum =
        sums.computeIfAbsent(
            parameter, p -> new Variable("gradient." + p.name(), like.rows(), like.channels()));
    recorder.add(new AddInPlace(recorder.persistent(sum), gradient));
  }

  /// Records the second program, once all gradients are recorded with [#add].
  public void update(Recorder recorder, Optimiser optimiser) {
    Value squares = recorder.temporary("squared norm", Rows.fixed(1), 1);
    recorder.add(new Fill(squares, 0));
    if (norm > 0) {
      sums.values().forEach(sum -> recorder.add(new AddSquares(squares, recorder.persistent(sum))));
    }
    Value factor = recorder.temporary("gradient factor", Rows.fixed(1), 1);
    recorder.add(new ClipFactor(factor, squares, 1f / batches, (float) norm));
    sums.forEach(
        (parameter, sum) -> {
          Value gradient = recorder.persistent(sum);
          recorder.add(new Scale(gradient, factor));
          optimiser.record(recorder, Map.of(parameter, gradient));
          recorder.add(new Fill(gradient, 0));
        });
  }
}
