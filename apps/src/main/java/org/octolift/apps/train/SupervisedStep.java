package org.octolift.apps.train;

import java.util.Map;
import java.util.Optional;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.Program;
import org.octolift.nn.optim.Optimiser;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// A step that minimises the cross-entropy of the rows with labels.
final class SupervisedStep implements TrainingStep {
  private final SegmentationPrograms.Training training;
  private final Executable executable;
  private final Optional<Executable> update;
  private final LabelSource source;

  /// @param source which labels count; closed with this step
  SupervisedStep(SegmentationPrograms.Training training, Device device, LabelSource source) {
    this.training = training;
    this.executable = device.load(training.program());
    this.update = training.update().map(device::load);
    this.source = source;
  }

  @Override
  public Program program() {
    return training.program();
  }

  @Override
  public Optimiser optimiser() {
    return training.optimiser();
  }

  @Override
  public boolean needsLabels(String scan) {
    return source.needsLabels(scan);
  }

  @Override
  public Map<String, Float> run(SegmentationBatch batch, Moment moment) {
    float[] hyper = training.optimiser().hyper(moment.learningRate(), moment.step());
    batch.inputs().set(Optimiser.HYPER, FloatArray.fromArray(hyper));
    LabelSource.setLabels(batch, source.of(batch));
    executable.run(batch.inputs());
    if (moment.last()) {
      update.ifPresent(program -> program.run(batch.inputs()));
    }
    return Map.of(LOSS, executable.floats(training.loss()).get(0));
  }

  @Override
  public void close() {
    executable.close();
    update.ifPresent(Executable::close);
    source.close();
  }
}
