package org.octolift.apps.train;

import java.util.Map;
import java.util.Optional;
import org.octolift.engine.Program;
import org.octolift.nn.ParameterSet;
import org.octolift.nn.optim.Optimiser;

/// What training does with a batch: losses, gradients, the update of the network. A step may take
/// several batches.
interface TrainingStep extends AutoCloseable {
  /// Key of the total among the losses of a step.
  String LOSS = "loss";

  /// When a batch is learnt from.
  ///
  /// @param epoch counted from 1
  /// @param step of the whole run, counted from 1
  /// @param last whether it is the last batch of its step, whereupon the network is updated
  record Moment(int epoch, long step, double learningRate, boolean last) {}

  /// The program whose inputs a loader prepares. All programs of a step ask for these.
  Program program();

  /// What updates the network.
  Optimiser optimiser();

  /// The mean teacher, whose parameters belong into checkpoints.
  default Optional<ParameterSet> teacher() {
    return Optional.empty();
  }

  /// Whether a scan must have labels to be trained with.
  ///
  /// @param scan file name without folder
  boolean needsLabels(String scan);

  /// Learns from a batch.
  ///
  /// @return what was minimised as [#LOSS], and perhaps its terms, by name
  Map<String, Float> run(SegmentationBatch batch, Moment moment);

  @Override
  void close();
}
