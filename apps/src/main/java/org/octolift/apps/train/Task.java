package org.octolift.apps.train;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.octolift.apps.config.DataConfig;
import org.octolift.engine.Device;
import org.octolift.nn.models.Model;

/// A kind of training: what a network learns from, and what tests compare it with.
interface Task extends AutoCloseable {
  /// Gets ready what batches need.
  ///
  /// @param stop is asked now and then
  /// @return whether it was not stopped
  default boolean prepare(Device device, BooleanSupplier stop)
      throws IOException, InterruptedException {
    return true;
  }

  /// Makes the step for a network.
  ///
  /// @param fresh whether training begins: pre-trained weights, if any, are loaded into the network
  TrainingStep step(Model model, Device device, boolean fresh) throws IOException;

  /// Records a test.
  SegmentationPrograms.Testing testing(Model model);

  /// What the rows of a section's batches are compared with.
  Targets targets(DataConfig data);

  /// The same task for points, if it is not.
  Task pointWise();

  @Override
  default void close() {}
}
