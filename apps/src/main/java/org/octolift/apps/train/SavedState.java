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
import org.octolift.engine.io.NdArray;
import org.octolift.nn.checkpoint.ModelFiles;
import org.octolift.nn.checkpoint.Safetensors;
import org.octolift.nn.checkpoint.StateDict;

/// The whole state of a training run, as a checkpoint of ours or a `.solver.tar` of
/// the reference holds it. All tensors have the reference's names and shapes.
///
/// @param file where it comes from, for messages
/// @param epoch last epoch trained to its end
/// @param part how far the next epoch came, if training was stopped within it
/// @param step training steps so far, if the file says so
/// @param seed of the run's random numbers; the reference keeps none
/// @param learningRate of the first epoch, if the file says so
/// @param rule the optimiser
/// @param model the network
/// @param moments the optimiser's tensors, `momentum.NAME`, or `exp_avg.NAME`, `exp_avg_sq.NAME`
/// @param teacher the mean teacher's network, if there is one
record SavedState(
    Path file,
    int epoch,
    Optional<Part> part,
    OptionalLong step,
    OptionalLong seed,
    OptionalDouble learningRate,
    Rule rule,
    SequencedMap<String, NdArray> model,
    SequencedMap<String, NdArray> moments,
    Optional<SequencedMap<String, NdArray>> teacher) {
  private static final String STEP = "step";
  private static final String SEED = "seed";
  private static final String OPTIMISER = "optimiser";

  /// What the names of the teacher's tensors begin with.
  private static final String TEACHER = "teacher.";

  private static final String PART_STEPS = "epochSteps";
  private static final String PART_LOSSES = "epochLosses";

  private static final Map<String, String> METADATA = Map.of("format", "octolift");

  /// A part of an epoch.
  ///
  /// @param steps taken, at least 1
  /// @param losses sums over these steps, by name
  record Part(int steps, Map<String, Double> losses) {}

  /// Update rules and the names of their moments.
  enum Rule {
    /// Momentum.
    SGD("Sgd", "momentum"),
    /// First and second moments.
    ADAM("Adam", "exp_avg", "exp_avg_sq");

    private final String label;
    private final String[] moments;

    Rule(String label, String... moments) {
      this.label = label;
      this.moments = moments;
    }

    /// The name in checkpoints.
    String label() {
      return label;
    }

    /// What the names of moments begin with.
    String[] moments() {
      return moments.clone();
    }
  }

  /// Whether {@code file} is named as one that holds a whole state.
  static boolean isIn(Path file) {
    return isOurs(file) || isReference(file);
  }

  /// Whether {@code file} is named as the description of a checkpoint of ours.
  static boolean isOurs(Path file) {
    return file.toString().endsWith(".solver.json");
  }

  /// Whether {@code file} is named as the reference names its states.
  static boolean isReference(Path file) {
    return file.toString().endsWith(".solver.tar");
  }

  /// Reads a `.solver.json` with the files beside it, or a `.solver.tar`.
  ///
  /// @throws InputException when the file is damaged or holds no state
  static SavedState read(Path file) throws IOException {
    return isReference(file) ? SolverTar.read(file) : of(Checkpoints.read(file));
  }

  /// Reads a checkpoint of ours.
  ///
  /// @throws InputException when it lacks something
  static SavedState of(Checkpoints.Saved saved) throws IOException {
    Path file = saved.solver();
    if (!(saved.state().get(STEP) instanceof Long step)
        || !(saved.state().get(SEED) instanceof Long seed)) {
      throw InputException.in(file, "its .json lacks step or seed; delete the checkpoint");
    }
    SequencedMap<String, NdArray> moments = new LinkedHashMap<>();
    SequencedMap<String, NdArray> teacher = new LinkedHashMap<>();
    try (Safetensors tensors = Safetensors.open(file)) {
      for (String name : tensors.names()) {
        if (name.startsWith(TEACHER)) {
          teacher.put(name.substring(TEACHER.length()), tensors.tensor(name));
        } else {
          moments.put(name, tensors.tensor(name));
        }
      }
    }
    Optional<Part> part = part(saved.state(), file);
    return new SavedState(
        file,
        part.isPresent() ? saved.epoch() - 1 : saved.epoch(),
        part,
        OptionalLong.of(step),
        OptionalLong.of(seed),
        OptionalDouble.empty(),
        rule(saved.state().get(OPTIMISER), file),
        StateDict.ordered(ModelFiles.read(saved.model())),
        moments,
        teacher.isEmpty() ? Optional.empty() : Optional.of(StateDict.ordered(teacher)));
  }

  private static Optional<Part> part(Map<String, Object> state, Path file) {
    if (!state.containsKey(PART_STEPS)) {
      return Optional.empty();
    }
    if (!(state.get(PART_STEPS) instanceof Long steps)
        || !(state.get(PART_LOSSES) instanceof Map<?, ?> sums)) {
      throw InputException.in(
          file, "its .json lacks the steps of its epoch; delete the checkpoint");
    }
    Map<String, Double> losses = new LinkedHashMap<>();
    sums.forEach((name, sum) -> losses.put((String) name, ((Number) sum).doubleValue()));
    return Optional.of(new Part(Math.toIntExact(steps), losses));
  }

  /// The epoch that its checkpoint is named after: the one that it is in or at the end of.
  int number() {
    return part.isPresent() ? epoch + 1 : epoch;
  }

  private static Rule rule(Object name, Path file) {
    for (Rule rule : Rule.values()) {
      if (rule.label().equals(name)) {
        return rule;
      }
    }
    throw InputException.in(
        file, "its .json names the optimiser %s; expected Sgd or Adam".formatted(name));
  }

  /// Saves it as a checkpoint of ours.
  ///
  /// @throws InputException when it lacks the number of steps
  void save(Checkpoints checkpoints) throws IOException {
    long steps =
        step.orElseThrow(
            () ->
                InputException.in(
                    file,
                    "does not say how many steps were trained; name it as SOLVER.ckpt of a run"
                        + " with its data, which counts them"));
    Map<String, Object> state = new LinkedHashMap<>();
    state.put(STEP, steps);
    state.put(SEED, seed.orElse(0));
    state.put(OPTIMISER, rule.label());
    part.ifPresent(
        begun -> {
          state.put(PART_STEPS, begun.steps());
          state.put(PART_LOSSES, begun.losses());
        });
    Map<String, NdArray> solver = new LinkedHashMap<>(moments);
    teacher.ifPresent(
        network -> network.forEach((name, tensor) -> solver.put(TEACHER + name, tensor)));
    checkpoints.save(
        number(),
        target -> Safetensors.write(target, model, METADATA),
        target -> Safetensors.write(target, solver, METADATA),
        state);
  }
}
