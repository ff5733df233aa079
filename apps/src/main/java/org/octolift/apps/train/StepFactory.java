package org.octolift.apps.train;

import java.io.IOException;
import org.octolift.engine.Device;
import org.octolift.nn.models.Model;

/// Makes the step that a kind of training takes.
@FunctionalInterface
interface StepFactory {
  /// Makes the step for a network.
  ///
  /// @param fresh whether training begins: pre-trained weights, if any, are loaded into the network
  TrainingStep create(Model model, Device device, boolean fresh) throws IOException;
}
