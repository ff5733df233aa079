package org.octolift.apps.bench;

import java.util.List;
import org.octolift.apps.profile.DeviceBytes;
import org.octolift.apps.profile.OpCosts;
import org.octolift.engine.Executable;
import org.octolift.engine.InputKey;
import org.octolift.engine.Program;
import org.octolift.engine.RandomSource;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.octree.OctreeBatch;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.nn.autograd.Losses;
import org.octolift.nn.autograd.Tape;
import org.octolift.nn.models.Interpolation;
import org.octolift.nn.models.ModelOptions;
import org.octolift.nn.models.UNet;
import org.octolift.nn.optim.Optimiser;
import org.octolift.nn.optim.Sgd;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// The default U-Net on a scene: a training step or inference.
final class NetworkBench {
  private static final int CLASSES = 21;
  private static final int SEED = 1;

  /// Of the reference's training (spec `solver`): SGD, momentum 0.9, weight decay 1e-4.
  private static final Sgd OPTIMISER = new Sgd(0.9, 1e-4);

  private static final double LEARNING_RATE = 0.1;

  private final Benchmark benchmark;
  private final List<String> details;
  private final OctreeBatch octrees;
  private OctreeInputs inputs;

  NetworkBench(Benchmark benchmark, List<String> details) {
    this.benchmark = benchmark;
    this.details = details;
    this.octrees = benchmark.scene().build(benchmark.workers());
  }

  Timing measure() {
    boolean training = benchmark.workload() == Workload.UNET_TRAIN;
    Program program = record(training);
    IntArray labels = training ? benchmark.scene().labels() : null;
    Runnable newBatch = () -> inputs = prepared(program, labels);
    try (Executable executable = benchmark.device().load(program)) {
      Timing timing = Timing.of(benchmark.repeat(), 0, newBatch, () -> executable.run(inputs));
      OpCosts costs = new OpCosts(inputs);
      details.add(
          "%s, %d points, depth %d, %d non-empty leaves"
              .formatted(
                  benchmark.scene().source(),
                  inputs.trees().length,
                  octrees.depth(),
                  octrees.octree().nonEmpty(octrees.depth())));
      details.add(executable.plan().toString().lines().findFirst().orElseThrow());
      DeviceBytes.line(executable.deviceBytes()).ifPresent(details::add);
      if (benchmark.byOp()) {
        details.addAll(
            OpTimes.measure(
                benchmark.repeat(), program, costs, newBatch, () -> executable.profile(inputs)));
      }
      return timing.withGflop(costs.gflop(program));
    }
  }

  private Program record(boolean training) {
    ModelOptions options =
        new ModelOptions(octrees.depth(), octrees.channels(), CLASSES, true, Interpolation.NEAREST);
    UNet model = new UNet(options, RandomSource.of(SEED));
    Tape tape = new Tape(training, benchmark.device().recomputation());
    Value logits = model.record(tape, true);
    if (training) {
      Value labels =
          tape.recorder().inputInts(new InputKey.Named(BenchScene.LABELS), Rows.points(), 1);
      Losses.Loss loss = Losses.crossEntropy(tape, logits, labels, 0);
      tape.recorder().keep(loss.value());
      tape.backward(
          loss.value(),
          (parameter, gradient) -> OPTIMISER.record(tape.recorder(), parameter, gradient));
    } else {
      tape.recorder().keep(logits);
    }
    return tape.program();
  }

  /// The same octrees as a batch that the device has not seen yet, as every step of a training has
  /// one; what a loader computes ahead is there. A GPU gets points and builds octrees in every
  /// step.
  private OctreeInputs prepared(Program program, IntArray labels) {
    boolean given = !benchmark.device().buildsOctrees();
    OctreeInputs batch =
        given ? benchmark.scene().inputs(octrees) : benchmark.scene().scans(benchmark.workers());
    batch.set(Optimiser.HYPER, FloatArray.fromArray(OPTIMISER.hyper(LEARNING_RATE, 1)));
    if (labels != null) {
      batch.set(BenchScene.LABELS, labels);
    }
    if (given) {
      batch.prepare(program);
    }
    return batch;
  }
}
