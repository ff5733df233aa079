package org.octolift.apps.train;

import java.io.IOException;
import org.octolift.apps.config.DataConfig;
import org.octolift.engine.Device;
import org.octolift.nn.models.Model;

/// Training with labels.
///
/// @param target which rows are scored
/// @param mask labels up to this one are ignored
/// @param steps makes the step
record LabelTask(Target target, int mask, Steps steps) implements Task {
  /// Makes the step that a kind of training takes; as [Task#step].
  @FunctionalInterface
  interface Steps {
    /// Makes the step for a network.
    TrainingStep create(Model model, Device device, boolean fresh) throws IOException;
  }

  @Override
  public TrainingStep step(Model model, Device device, boolean fresh) throws IOException {
    return steps.create(model, device, fresh);
  }

  @Override
  public SegmentationPrograms.Testing testing(Model model) {
    return SegmentationPrograms.testing(model, target, mask);
  }

  @Override
  public Targets targets(DataConfig data) {
    return target;
  }

  @Override
  public Task pointWise() {
    return new LabelTask(Target.POINTS, mask, steps);
  }
}
