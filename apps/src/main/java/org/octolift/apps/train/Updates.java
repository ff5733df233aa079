package org.octolift.apps.train;

import java.util.Optional;
import java.util.function.Consumer;
import org.octolift.apps.config.SolverConfig;
import org.octolift.engine.Program;
import org.octolift.engine.Recorder;
import org.octolift.engine.Value;
import org.octolift.nn.autograd.Tape;
import org.octolift.nn.optim.Accumulation;
import org.octolift.nn.optim.Optimiser;

/// How a training program ends. Usually each parameter is updated as soon as its gradient is
/// known, so that no gradient is kept. With `SOLVER.accumulate` or `SOLVER.clip_norm` all
/// gradients are gathered, and a second program updates the parameters.
final class Updates {
  private Updates() {}

  /// Whether updates have a program of their own.
  static boolean separate(SolverConfig solver) {
    return solver.accumulate() > 1 || solver.clipNorm() > 0;
  }

  /// Walks back from a loss and records the update.
  ///
  /// @param after records what follows an update, wherever that is
  /// @return the program of the update, if it is one of its own
  static Optional<Program> record(
      Tape tape, Value loss, Optimiser optimiser, SolverConfig solver, Consumer<Recorder> after) {
    Recorder recorder = tape.recorder();
    if (!separate(solver)) {
      tape.backward(loss, optimiser);
      after.accept(recorder);
      return Optional.empty();
    }
    Accumulation accumulation = new Accumulation(solver.accumulate(), solver.clipNorm());
    tape.backward(loss, (parameter, gradient) -> accumulation.add(recorder, parameter, gradient));
    Recorder update = new Recorder();
    accumulation.update(update, optimiser);
    after.accept(update);
    return Optional.of(update.program());
  }
}
