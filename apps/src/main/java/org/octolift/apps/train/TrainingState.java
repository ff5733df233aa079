package org.octolift.apps.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SequencedMap;
import org.octolift.engine.InputException;
import org.octolift.engine.Variable;
import org.octolift.engine.io.NdArray;
import org.octolift.nn.ParameterSet;
import org.octolift.nn.checkpoint.StateDict;
import org.octolift.nn.optim.Adam;
import org.octolift.nn.optim.Optimiser;
import org.octolift.nn.optim.Sgd;

/// What a training run must remember to go on exactly as if it had never stopped: parameters and
/// statistics, the optimiser's state, how many epochs and steps are behind. All random numbers
/// follow from the seed and the step, so they need nothing more.
final class TrainingState {
  private final ParameterSet parameters;
  private final Optimiser optimiser;
  private final Optional<ParameterSet> teacher;
  private final long seed;
  private int epoch;
  private long step;

  /// @param teacher the mean teacher of semi-supervised training
  TrainingState(
      ParameterSet parameters, Optimiser optimiser, Optional<ParameterSet> teacher, long seed) {
    this.parameters = parameters;
    this.optimiser = optimiser;
    this.teacher = teacher;
    this.seed = seed;
  }

  /// Epochs that are behind.
  int epoch() {
    return epoch;
  }

  /// Steps that are behind.
  long step() {
    return step;
  }

  void stepDone() {
    step++;
    parameters.countBatch();
    teacher.ifPresent(ParameterSet::countBatch);
  }

  void epochDone() {
    epoch++;
  }

  void save(Checkpoints checkpoints) throws IOException {
    SequencedMap<String, NdArray> moments = new LinkedHashMap<>();
    optimiser
        .state()
        .forEach(
            (name, variable) -> {
              var owner = optimiser.owner(name);
              moments.put(name, NdArray.of(owner.toReference(variable.data()), owner.shape()));
            });
    new SavedState(
            Path.of(""),
            epoch,
            OptionalLong.of(step),
            OptionalLong.of(seed),
            OptionalDouble.empty(),
            rule(),
            StateDict.of(parameters),
            moments,
            teacher.map(StateDict::of))
        .save(checkpoints);
  }

  private SavedState.Rule rule() {
    return switch (optimiser) {
      case Sgd _ -> SavedState.Rule.SGD;
      case Adam _ -> SavedState.Rule.ADAM;
      default -> throw new IllegalStateException("cannot save " + optimiser.getClass());
    };
  }

  /// Goes back to a saved state.
  ///
  /// @param stepsPerEpoch counts the steps where the file does not say how many there were
  /// @throws InputException when it is of another network, optimiser or seed
  void restore(SavedState saved, int stepsPerEpoch) {
    Path file = saved.file();
    if (saved.seed().isPresent() && saved.seed().getAsLong() != seed) {
      throw InputException.in(
          file,
          "was trained with SOLVER.seed %d, this run has %d: set that seed, or another SOLVER.logdir"
              .formatted(saved.seed().getAsLong(), seed));
    }
    if (saved.rule() != rule()) {
      throw InputException.in(
          file,
          "was trained with %s, SOLVER.type asks for %s: set the same, or another SOLVER.logdir"
              .formatted(saved.rule().label(), rule().label()));
    }
    if (teacher.isPresent() && saved.teacher().isEmpty()) {
      throw InputException.in(
          file,
          "holds no teacher: it was trained with DATA.train.semi False; set that, or another"
              + " SOLVER.logdir");
    }
    StateDict.load(parameters, saved.model(), file);
    for (Map.Entry<String, Variable> entry : optimiser.state().entrySet()) {
      var owner = optimiser.owner(entry.getKey());
      NdArray values = saved.moments().get(entry.getKey());
      if (values == null) {
        throw InputException.in(file, "has no tensor " + entry.getKey());
      }
      owner.fromReference(values.expectShape(owner.shape()).floats(), entry.getValue().data());
    }
    if (teacher.isPresent()) {
      StateDict.load(teacher.get(), saved.teacher().get(), file);
    }
    epoch = saved.epoch();
    step = saved.step().orElse((long) epoch * stepsPerEpoch);
  }
}
