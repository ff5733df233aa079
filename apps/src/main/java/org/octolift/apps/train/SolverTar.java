package org.octolift.apps.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.octolift.apps.config.LearningRateConfig;
import org.octolift.apps.config.SolverConfig;
import org.octolift.engine.InputException;
import org.octolift.engine.io.NdArray;
import org.octolift.nn.checkpoint.TorchFile;

/// The reference's `NNNNN.solver.tar`: a dictionary of the network (`model_dict`), the mean
/// teacher's (`model_pred_dict`, if there is one), the state dicts of PyTorch's optimiser and
/// schedule, `epoch` and, when fine-tuning, `global_step`. Ours have `global_step` always, and our
/// `seed`, which the reference does not look at.
///
/// Source: the reference's `solver.py` (`save_checkpoint`, `load_checkpoint`), PyTorch's
/// `torch.optim`.
final class SolverTar {
  private static final String MODEL = "model_dict";
  private static final String TEACHER = "model_pred_dict";
  private static final String OPTIMISER = "optimizer_dict";
  private static final String SCHEDULE = "scheduler_dict";
  private static final String EPOCH = "epoch";
  private static final String STEPS = "global_step";
  private static final String STATE = "state";
  private static final String SEED = "seed";
  private static final String GROUPS = "param_groups";
  private static final String PARAMETERS = "params";
  private static final String ADAM_STEP = "step";
  private static final String LAST_EPOCH = "last_epoch";

  private static final double EPSILON = 1e-8;
  private static final List<Double> BETAS = List.of(0.9, 0.999);

  /// Entries of a state dict that no optimiser updates.
  private static final Pattern STATISTICS =
      Pattern.compile(".*\\.(running_mean|running_var|num_batches_tracked)");

  /// Settings of PyTorch's optimisers that the reference never changes; flags are 0.
  private static final Map<String, Double> FIXED =
      Map.of(
          "momentum", SegmentationPrograms.MOMENTUM,
          "dampening", 0.0,
          "nesterov", 0.0,
          "amsgrad", 0.0,
          "maximize", 0.0,
          "decoupled_weight_decay", 0.0,
          "eps", EPSILON);

  private SolverTar() {}

  /// PyTorch's name of a moment.
  private static String torchName(String moment) {
    return moment.equals("momentum") ? "momentum_buffer" : moment;
  }

  /// The names of a model's parameters in the order of PyTorch's `parameters()`.
  private static List<String> parameters(Map<String, NdArray> model) {
    return model.keySet().stream().filter(name -> !STATISTICS.matcher(name).matches()).toList();
  }

  /// Reads {@code file}.
  ///
  /// @throws InputException when it is damaged, or not what the reference writes
  static SavedState read(Path file) throws IOException {
    if (!(TorchFile.read(file) instanceof Map<?, ?> all)) {
      throw InputException.in(file, "expected a dictionary with " + MODEL + ", found other data");
    }
    SequencedMap<String, NdArray> model = tensors(file, MODEL, all);
    long epoch = number(all.get(EPOCH), file, EPOCH);
    if (epoch > Integer.MAX_VALUE) {
      throw InputException.in(file, "epoch: expected at most 2^31, found " + epoch);
    }
    if (dictionary(file, SCHEDULE, all).get(LAST_EPOCH) instanceof Long last && last != epoch) {
      throw InputException.in(
          file,
          "%s: expected the schedule after epoch %d, found that after %d"
              .formatted(SCHEDULE, epoch, last));
    }
    Map<?, ?> group = group(file, dictionary(file, OPTIMISER, all));
    Map<?, ?> state = dictionary(file, STATE, dictionary(file, OPTIMISER, all));
    SavedState.Rule rule = group.containsKey("betas") ? SavedState.Rule.ADAM : SavedState.Rule.SGD;
    OptionalLong step =
        all.containsKey(STEPS)
            ? OptionalLong.of(number(all.get(STEPS), file, STEPS))
            : OptionalLong.empty();
    OptionalLong updates = updates(file, state);
    if (step.isPresent() && updates.isPresent() && !step.equals(updates)) {
      throw InputException.in(
          file,
          "expected as many steps of the optimiser as %s, %d, found %d"
              .formatted(STEPS, step.getAsLong(), updates.getAsLong()));
    }
    return new SavedState(
        file,
        (int) epoch,
        Optional.empty(),
        step.isPresent() ? step : updates,
        all.get(SEED) instanceof Long seed ? OptionalLong.of(seed) : OptionalLong.empty(),
        group.get("initial_lr") instanceof Double rate
            ? OptionalDouble.of(rate)
            : OptionalDouble.empty(),
        rule,
        model,
        moments(file, rule, state, group, model),
        all.containsKey(TEACHER) ? Optional.of(tensors(file, TEACHER, all)) : Optional.empty());
  }

  private static Map<?, ?> dictionary(Path file, String key, Map<?, ?> all) {
    if (!(all.get(key) instanceof Map<?, ?> dictionary)) {
      throw InputException.in(file, key + ": expected a dictionary, found " + kind(all.get(key)));
    }
    return dictionary;
  }

  private static String kind(Object value) {
    return value == null ? "nothing" : value.getClass().getSimpleName();
  }

  private static SequencedMap<String, NdArray> tensors(Path file, String key, Map<?, ?> all) {
    return TorchFile.stateDict(file + ": " + key, dictionary(file, key, all));
  }

  private static long number(Object value, Path file, String key) {
    if (!(value instanceof Long number) || number < 0) {
      throw InputException.in(file, key + ": expected a whole number, found " + kind(value));
    }
    return number;
  }

  private static Map<?, ?> group(Path file, Map<?, ?> optimiser) {
    if (!(optimiser.get(GROUPS) instanceof List<?> groups)
        || groups.size() != 1
        || !(groups.getFirst() instanceof Map<?, ?> group)) {
      throw InputException.in(
          file, OPTIMISER + ": expected one group of parameters, as the reference's scripts have");
    }
    FIXED.forEach(
        (key, value) -> {
          Object found = group.get(key);
          boolean same =
              found instanceof Number number
                  ? number.doubleValue() == value
                  : found == null || found.equals(value != 0);
          if (!same) {
            throw InputException.in(
                file,
                "%s: %s is %s; this program only goes on with %s, the reference's"
                    .formatted(OPTIMISER, key, found, value));
          }
        });
    return group;
  }

  /// Steps that Adam has made: a number, or a tensor in later versions of PyTorch.
  private static OptionalLong updates(Path file, Map<?, ?> state) {
    for (Object values : state.values()) {
      if (values instanceof Map<?, ?> moments && moments.containsKey(ADAM_STEP)) {
        Object step = moments.get(ADAM_STEP);
        return OptionalLong.of(
            step instanceof NdArray tensor && tensor.size() == 1
                ? tensor.longs()[0]
                : number(step, file, ADAM_STEP));
      }
    }
    return OptionalLong.empty();
  }

  /// The optimiser's tensors by our names; zero for a parameter that has not been updated.
  private static SequencedMap<String, NdArray> moments(
      Path file,
      SavedState.Rule rule,
      Map<?, ?> state,
      Map<?, ?> group,
      Map<String, NdArray> model) {
    List<String> names = parameters(model);
    List<Long> expected = indices(names.size());
    if (!expected.equals(group.get(PARAMETERS))) {
      throw InputException.in(
          file,
          "%s: expected the parameters 0 to %d, those of %s, found %s"
              .formatted(
                  OPTIMISER,
                  names.size() - 1,
                  MODEL,
                  group.get(PARAMETERS) instanceof List<?> found
                      ? found.size() + " others"
                      : "no list"));
    }
    SequencedMap<String, NdArray> moments = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      int[] shape = model.get(name).shape();
      Object values = state.get((long) i);
      for (String moment : rule.moments()) {
        Object value = values instanceof Map<?, ?> map ? map.get(torchName(moment)) : null;
        moments.put(
            moment + "." + name,
            value instanceof NdArray tensor
                ? tensor
                    .withSource("%s: %s of %s".formatted(file, torchName(moment), name))
                    .expectShape(shape)
                : zeros(shape));
      }
    }
    return moments;
  }

  private static List<Long> indices(int count) {
    return LongStream.range(0, count).boxed().toList();
  }

  private static NdArray zeros(int[] shape) {
    return NdArray.of(new float[IntStream.of(shape).reduce(1, Math::multiplyExact)], shape);
  }

  /// Replaces {@code file} by the state, for a run of the reference with these settings.
  ///
  /// @throws InputException when the state is of another optimiser
  static void write(Path file, SavedState saved, SolverConfig solver) throws IOException {
    if (saved.part().isPresent()) {
      throw InputException.in(
          saved.file(),
          "was saved within epoch %d, and a .solver.tar holds whole epochs only; train to the end of the epoch"
              .formatted(saved.number()));
    }
    boolean adam = solver.optimiser() == SolverConfig.Optimiser.ADAM;
    if (adam != (saved.rule() == SavedState.Rule.ADAM)) {
      throw InputException.in(
          saved.file(),
          "was trained with %s, SOLVER.type of the configuration is %s"
              .formatted(saved.rule().label(), solver.optimiser()));
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put(MODEL, saved.model());
    all.put(EPOCH, saved.epoch());
    all.put(OPTIMISER, optimiser(saved, solver));
    all.put(SCHEDULE, schedule(saved.epoch(), solver));
    saved.step().ifPresent(step -> all.put(STEPS, step));
    saved.seed().ifPresent(seed -> all.put(SEED, seed));
    saved.teacher().ifPresent(teacher -> all.put(TEACHER, teacher));
    TorchFile.write(file, all);
  }

  /// The keys that all versions of PyTorch know; later ones add their defaults.
  private static Map<String, Object> optimiser(SavedState saved, SolverConfig solver) {
    List<String> names = parameters(saved.model());
    Map<Integer, Object> state = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      Map<String, Object> moments = new LinkedHashMap<>();
      if (saved.rule() == SavedState.Rule.ADAM) {
        moments.put(ADAM_STEP, saved.step().orElse(0));
      }
      for (String moment : saved.rule().moments()) {
        moments.put(torchName(moment), saved.moments().get(moment + "." + names.get(i)));
      }
      state.put(i, moments);
    }
    Map<String, Object> group = new LinkedHashMap<>();
    group.put("lr", LrSchedule.of(solver).rate(saved.epoch()));
    if (saved.rule() == SavedState.Rule.ADAM) {
      group.put("betas", BETAS);
      group.put("eps", EPSILON);
      group.put("weight_decay", solver.weightDecay());
      group.put("amsgrad", false);
    } else {
      group.put("momentum", SegmentationPrograms.MOMENTUM);
      group.put("dampening", 0);
      group.put("weight_decay", solver.weightDecay());
      group.put("nesterov", false);
    }
    group.put("initial_lr", solver.learningRate().base());
    group.put(PARAMETERS, indices(names.size()));
    Map<String, Object> optimiser = new LinkedHashMap<>();
    optimiser.put(STATE, state);
    optimiser.put(GROUPS, List.of(group));
    return optimiser;
  }

  private static Map<String, Object> schedule(int epoch, SolverConfig solver) {
    LearningRateConfig rate = solver.learningRate();
    Map<String, Object> schedule = new LinkedHashMap<>();
    switch (rate.type()) {
      case STEP -> {
        schedule.put(
            "milestones",
            new TorchFile.Counter(
                rate.milestones().stream()
                    .collect(
                        Collectors.groupingBy(
                            Integer::longValue, LinkedHashMap::new, Collectors.counting()))));
        schedule.put("gamma", LrSchedule.Step.FACTOR);
      }
      case COS -> {
        schedule.put("T_max", solver.epochs());
        schedule.put("eta_min", LrSchedule.Cosine.LEAST);
      }
      case POLY, CONSTANT -> {
        List<Object> functions = new ArrayList<>();
        functions.add(null);
        schedule.put("lr_lambdas", functions);
      }
    }
    schedule.put("base_lrs", List.of(rate.base()));
    schedule.put(LAST_EPOCH, epoch);
    schedule.put("verbose", false);
    schedule.put("_step_count", epoch + 1);
    schedule.put("_get_lr_called_within_step", false);
    schedule.put("_last_lr", List.of(LrSchedule.of(solver).rate(epoch)));
    return schedule;
  }
}
