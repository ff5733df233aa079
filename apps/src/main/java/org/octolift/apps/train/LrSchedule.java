package org.octolift.apps.train;

import java.util.List;
import org.octolift.apps.config.LearningRateConfig;
import org.octolift.apps.config.SolverConfig;

/// The learning rate, which changes once an epoch.
public sealed interface LrSchedule {
  /// The rate after {@code completed} epochs: epoch e, counted from 1, trains with `rate(e - 1)`.
  double rate(int completed);

  /// The schedule of a configuration.
  static LrSchedule of(SolverConfig solver) {
    LearningRateConfig rate = solver.learningRate();
    return switch (rate.type()) {
      case STEP -> new Step(rate.base(), rate.milestones());
      case COS -> new Cosine(rate.base(), solver.epochs());
      case POLY -> new Poly(rate.base(), solver.epochs(), rate.power());
      case CONSTANT -> new Constant(rate.base());
    };
  }

  /// base · (1 - e / epochs)^power; 0 after the last epoch.
  record Poly(double base, int epochs, double power) implements LrSchedule {
    @Override
    public double rate(int completed) {
      return base * Math.pow(1 - Math.min(completed, epochs) / (double) epochs, power);
    }
  }

  /// A tenth after each milestone; a milestone named twice counts twice.
  record Step(double base, List<Integer> milestones) implements LrSchedule {
    /// Of a milestone.
    public static final double FACTOR = 0.1;

    /// Copies the milestones.
    public Step {
      milestones = List.copyOf(milestones);
    }

    @Override
    public double rate(int completed) {
      double rate = base;
      for (int milestone : milestones) {
        if (completed >= milestone) {
          rate *= FACTOR;
        }
      }
      return rate;
    }
  }

  /// Half a cosine from base to 0.001 (Loshchilov and Hutter, ICLR 2017, without restarts).
  record Cosine(double base, int epochs) implements LrSchedule {
    /// The rate after the last epoch.
    public static final double LEAST = 0.001;

    @Override
    public double rate(int completed) {
      return LEAST + (base - LEAST) * (1 + Math.cos(Math.PI * completed / epochs)) / 2;
    }
  }

  /// The same throughout.
  record Constant(double base) implements LrSchedule {
    @Override
    public double rate(int completed) {
      return base;
    }
  }
}
