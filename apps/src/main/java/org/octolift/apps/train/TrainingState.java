package org.octolift.apps.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.octolift.engine.InputException;
import org.octolift.engine.Variable;
import org.octolift.engine.io.NdArray;
import org.octolift.nn.ParameterSet;
import org.octolift.nn.checkpoint.ModelFiles;
import org.octolift.nn.checkpoint.Safetensors;
import org.octolift.nn.checkpoint.StateDict;
import org.octolift.nn.optim.Optimiser;

/// What a training run must remember to go on exactly as if it had never stopped: parameters and
/// statistics, the optimiser's state, how many epochs and steps are behind. All random numbers
/// follow from the seed and the step, so they need nothing more.
final class TrainingState {
  private static final String STEP = "step";
  private static final String SEED = "seed";
  private static final String OPTIMISER = "optimiser";

  /// What the names of the teacher's tensors begin with.
  private static final String TEACHER = "teacher.";

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
    Map<String, Object> state = new LinkedHashMap<>();
    state.put(STEP, step);
    state.put(SEED, seed);
    state.put(OPTIMISER, optimiser.getClass().getSimpleName());
    checkpoints.save(
        epoch,
        file -> Safetensors.write(file, StateDict.of(parameters), Map.of("format", "octolift")),
        file -> Safetensors.write(file, solverTensors(), Map.of("format", "octolift")),
        state);
  }

  private Map<String, NdArray> solverTensors() {
    Map<String, NdArray> tensors = new LinkedHashMap<>();
    optimiser
        .state()
        .forEach(
            (name, variable) -> {
              var owner = optimiser.owner(name);
              tensors.put(name, NdArray.of(owner.toReference(variable.data()), owner.shape()));
            });
    teacher.ifPresent(
        network ->
            StateDict.of(network).forEach((name, tensor) -> tensors.put(TEACHER + name, tensor)));
    return tensors;
  }

  /// Goes back to a checkpoint.
  ///
  /// @throws InputException when it is of another network, optimiser or seed
  void restore(Checkpoints.Saved saved) throws IOException {
    Path file = saved.solver();
    if (!(saved.state().get(STEP) instanceof Long steps)
        || !(saved.state().get(SEED) instanceof Long seedThen)) {
      throw InputException.in(file, "its .json lacks step or seed; delete the checkpoint");
    }
    if (seedThen != seed) {
      throw InputException.in(
          file,
          "was trained with SOLVER.seed %d, this run has %d: set that seed, or another SOLVER.logdir"
              .formatted(seedThen, seed));
    }
    String rule = optimiser.getClass().getSimpleName();
    if (!rule.equals(saved.state().get(OPTIMISER))) {
      throw InputException.in(
          file,
          "was trained with %s, SOLVER.type asks for %s: set the same, or another SOLVER.logdir"
              .formatted(saved.state().get(OPTIMISER), rule));
    }
    StateDict.load(parameters, ModelFiles.read(saved.model()), saved.model());
    try (Safetensors tensors = Safetensors.open(file)) {
      for (Map.Entry<String, Variable> entry : optimiser.state().entrySet()) {
        var owner = optimiser.owner(entry.getKey());
        if (!tensors.names().contains(entry.getKey())) {
          throw InputException.in(file, "has no tensor " + entry.getKey());
        }
        NdArray values = tensors.tensor(entry.getKey()).expectShape(owner.shape());
        owner.fromReference(values.floats(), entry.getValue().data());
      }
      if (teacher.isPresent()) {
        restore(teacher.get(), tensors, file);
      }
    }
    epoch = saved.epoch();
    step = steps;
  }

  private static void restore(ParameterSet teacher, Safetensors tensors, Path file)
      throws IOException {
    Map<String, NdArray> entries = new LinkedHashMap<>();
    for (String name : tensors.names()) {
      if (name.startsWith(TEACHER)) {
        entries.put(name.substring(TEACHER.length()), tensors.tensor(name));
      }
    }
    if (entries.isEmpty()) {
      throw InputException.in(
          file,
          "holds no teacher: it was trained with DATA.train.semi False; set that, or another"
              + " SOLVER.logdir");
    }
    StateDict.load(teacher, entries, file);
  }
}
