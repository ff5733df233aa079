package org.octolift.apps.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.Op;
import org.octolift.engine.Program;
import org.octolift.engine.Recomputation;
import org.octolift.engine.Value;
import org.octolift.engine.memory.MemoryPlan;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// A device whose programs are measured op by op while that is asked for.
public final class ProfilingDevice implements Device {
  private final Device device;
  private final List<OpRun> runs = new ArrayList<>();
  private final List<Executable> loaded = new ArrayList<>();
  private boolean measuring;

  /// One op's run.
  ///
  /// @param begin of [System#nanoTime]
  /// @param gflop billions of operations, 0 if they are not counted
  public record OpRun(Op op, long begin, long nanoseconds, double gflop) {}

  /// @param device does the work; closed with this one
  public ProfilingDevice(Device device) {
    this.device = device;
  }

  /// Begins to measure.
  public void measure() {
    runs.clear();
    measuring = true;
  }

  /// Ends measuring.
  ///
  /// @return what ran since [#measure], in order
  public List<OpRun> measured() {
    measuring = false;
    return List.copyOf(runs);
  }

  /// A line for each program that has run: the memory that is planned for it.
  public List<String> memory() {
    return loaded.stream()
        .map(Executable::plan)
        .filter(Objects::nonNull)
        .map(plan -> plan.toString().lines().findFirst().orElseThrow())
        .toList();
  }

  @Override
  public String description() {
    return device.description();
  }

  @Override
  public boolean buildsOctrees() {
    return device.buildsOctrees();
  }

  @Override
  public Recomputation recomputation() {
    return device.recomputation();
  }

  @Override
  public Executable load(Program program) {
    Executable executable = device.load(program);
    loaded.add(executable);
    return new Measured(program, executable);
  }

  @Override
  public void close() {
    device.close();
  }

  private final class Measured implements Executable {
    private final Program program;
    private final Executable executable;

    Measured(Program program, Executable executable) {
      this.program = program;
      this.executable = executable;
    }

    @Override
    public void run(BatchInputs batch) {
      if (measuring) {
        profile(batch);
      } else {
        executable.run(batch);
      }
    }

    @Override
    public long[] profile(BatchInputs batch) {
      long[] nanoseconds = executable.profile(batch);
      // The ops ran one after the other, up to now.
      long begin = System.nanoTime();
      for (long each : nanoseconds) {
        begin -= each;
      }
      OpCosts costs = new OpCosts(batch);
      for (int i = 0; i < nanoseconds.length; i++) {
        Op op = program.ops().get(i);
        runs.add(new OpRun(op, begin, nanoseconds[i], costs.gflop(op)));
        begin += nanoseconds[i];
      }
      return nanoseconds;
    }

    @Override
    public FloatArray floats(Value value) {
      return executable.floats(value);
    }

    @Override
    public IntArray ints(Value value) {
      return executable.ints(value);
    }

    @Override
    public int rows(Value value) {
      return executable.rows(value);
    }

    @Override
    public MemoryPlan plan() {
      return executable.plan();
    }

    @Override
    public void close() {
      executable.close();
    }
  }
}
