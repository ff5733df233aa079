package org.octolift.apps.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
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
/// statistics, the optimiser's state, how many epochs and steps are behind, the losses of the
/// epoch. All random numbers follow from the seed and the step, so they need nothing more.
final class TrainingState {
  private final ParameterSet parameters;
  private final Optimiser optimiser;
  private final Optional<ParameterSet> teacher;
  private final long seed;
  private final Map<String, Double> losses = new LinkedHashMap<>();
  private int epoch;
  private int epochSteps;
  private long step;

  /// @param teacher the mean teacher of semi-supervised training
  TrainingState(
      ParameterSet parameters, Optimiser optimiser, Optional<ParameterSet> teacher, long seed) {
    this.parameters = parameters;
    this.optimiser = optimiser;
    this.teacher = teacher;
    this.seed = seed;
  }

  /// Epochs that are wholly behind.
  int epoch() {
    return epoch;
  }

  /// Steps that are behind.
  long step() {
    return step;
  }

  /// Steps of the epoch that are behind.
  int epochSteps() {
    return epochSteps;
  }

  /// Sums of the losses of these steps, by name.
  Map<String, Double> losses() {
    return Collections.unmodifiableMap(losses);
  }

  void batchDone() {
    parameters.countBatch();
    teacher.ifPresent(ParameterSet::countBatch);
  }

  void stepDone(Map<String, Float> stepLosses) {
    step++;
    epochSteps++;
    stepLosses.forEach((name, loss) -> losses.merge(name, (double) loss, Double::sum));
  }

  void epochDone() {
    epoch++;
    epochSteps = 0;
    losses.clear();
  }

  void save(Checkpoints checkpoints) throws IOException {
    SequencedMap<String, NdArray> moments = new LinkedHashMap<>();
    optimiser
        .state()
        .forEach(
            (name, variable) -> {
              var owner = optimiser.owner(name);
              moments.put(name, NdArray.of(owner.toReference(variable.values()), owner.shape()));
            });
    new SavedState(
            Path.of(""),
            epoch,
            epochSteps == 0
                ? Optional.empty()
                : Optional.of(new SavedState.Part(epochSteps, new LinkedHashMap<>(losses))),
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
    epochSteps = saved.part().map(SavedState.Part::steps).orElse(0);
    losses.clear();
    saved.part().ifPresent(part -> losses.putAll(part.losses()));
    step = saved.step().orElse((long) epoch * stepsPerEpoch);
  }
}
