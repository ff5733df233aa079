package org.octolift.apps.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.octolift.apps.config.RunConfig;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.Program;
import org.octolift.nn.ParameterSet;
import org.octolift.nn.models.Model;
import org.octolift.nn.optim.Optimiser;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// A semi-supervised step: cross-entropy of the labelled points, consistency with
/// the mean teacher and entropy of the unlabelled ones. Each is a mean over the points of the whole
/// batch.
final class MeanTeacherStep implements TrainingStep {
  private static final String[] TERMS = {"loss_label", "loss_consistency", "loss_entropy"};

  /// Where the two kinds of fine-tuning differ.
  ///
  /// @param entropyFactor multiplies the entropy's weight
  /// @param leastRows a term that is a mean over fewer rows is left out
  record Variant(double entropyFactor, int leastRows) {
    /// Of limited annotations.
    static final Variant ANNOTATIONS = new Variant(1, 1);

    /// Of limited reconstructions.
    static final Variant RECONSTRUCTIONS = new Variant(0.5, 2);
  }

  private final RunConfig config;
  private final Variant variant;
  private final ParameterSet teacher;
  private final MeanTeacherPrograms.Learning learning;
  private final Executable learningRun;
  private final Optional<Executable> updateRun;
  private final LabelSource source;

  /// @param source which points have labels; closed with this step
  MeanTeacherStep(
      RunConfig config,
      Variant variant,
      Model student,
      Model teacher,
      Device device,
      LabelSource source) {
    this.config = config;
    this.variant = variant;
    this.teacher = teacher.parameters();
    this.learning =
        MeanTeacherPrograms.learning(
            student, teacher, config.loss().mask(), config.solver(), device.recomputation());
    this.learningRun = device.load(learning.program());
    this.updateRun = learning.update().map(device::load);
    this.source = source;
  }

  @Override
  public Program program() {
    return learning.program();
  }

  @Override
  public Optimiser optimiser() {
    return learning.optimiser();
  }

  @Override
  public Optional<ParameterSet> teacher() {
    return Optional.of(teacher);
  }

  @Override
  public boolean needsLabels(String scan) {
    return source.needsLabels(scan);
  }

  @Override
  public Map<String, Float> run(SegmentationBatch batch, Moment moment) {
    LabelSource.Supervision supervision = source.of(batch);
    float[] weights = weights(supervision, moment.epoch());
    float[] hyper = learning.optimiser().hyper(moment.learningRate(), moment.step());
    LabelSource.setLabels(batch, supervision);
    batch
        .inputs()
        .set(Optimiser.HYPER, FloatArray.fromArray(hyper))
        .set(MeanTeacherPrograms.UNLABELLED, IntArray.fromArray(supervision.unlabelled()))
        .set(MeanTeacherPrograms.WEIGHTS, FloatArray.fromArray(weights))
        .set(MeanTeacherPrograms.DECAY, FloatArray.fromElements(decay(moment.step())));
    learningRun.run(batch.inputs());
    if (moment.last()) {
      updateRun.ifPresent(program -> program.run(batch.inputs()));
    }
    Map<String, Float> losses = new LinkedHashMap<>();
    losses.put(LOSS, learningRun.floats(learning.loss()).get(0));
    for (int i = 0; i < TERMS.length; i++) {
      losses.put(TERMS[i], weights[i] * learningRun.floats(learning.terms().get(i)).get(0));
    }
    return losses;
  }

  /// Of cross-entropy, consistency and entropy; 0 for a term with too few rows.
  private float[] weights(LabelSource.Supervision supervision, int epoch) {
    float[] weights = new float[TERMS.length];
    if (supervision.labelled(config.loss().mask()) >= variant.leastRows) {
      weights[0] = 1;
    }
    if (supervision.unlabelledCount() >= variant.leastRows) {
      weights[1] = (float) config.loss().consistencyWeight(epoch);
      weights[2] = (float) (config.loss().entropyWeight() * variant.entropyFactor);
    }
    return weights;
  }

  /// The true mean of all students at first, then an exponential one.
  private float decay(long step) {
    return (float) Math.min(1 - 1.0 / (step + 1), config.loss().teacherDecay());
  }

  @Override
  public void close() {
    learningRun.close();
    updateRun.ifPresent(Executable::close);
    source.close();
  }
}
