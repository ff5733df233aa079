package org.octolift.nn.optim;

import java.util.Map;
import org.octolift.engine.Recorder;
import org.octolift.engine.Value;
import org.octolift.engine.Variable;
import org.octolift.engine.ops.Sgd;
import org.octolift.nn.Parameter;

/// Records the update of parameters into a training program. What changes from step to step (the
/// learning rate, the number of the step) is an input of the batch named [#HYPER].
public interface Optimiser {
  /// Name of the input that [#hyper] fills.
  String HYPER = "optimiser";

  /// Parameters that are best recorded together, as a GPU may update so many at once.
  int TOGETHER = Sgd.TOGETHER;

  /// Records the update of parameters by their gradients.
  void record(Recorder recorder, Map<Parameter, Value> gradients);

  /// The values of the input [#HYPER] for a step.
  ///
  /// @param step number of the step, from 1
  float[] hyper(double learningRate, long step);

  /// What must be saved to go on exactly: state by parameter and name, as "name.parameter".
  Map<String, Variable> state();

  /// The parameter that a state variable belongs to, for layout conversion.
  Parameter owner(String stateName);
}
