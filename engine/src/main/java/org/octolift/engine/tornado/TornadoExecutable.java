package org.octolift.engine.tornado;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.Executable;
import org.octolift.engine.Op;
import org.octolift.engine.Program;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.Variable;
import org.octolift.engine.memory.Capacity;
import org.octolift.engine.memory.MemoryPlan;
import org.octolift.engine.octree.OctreeFormat;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.tornado.DeviceArrays.Mirrors;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// A program on a TornadoVM device. Graphs are built at the first run and again when a batch
/// outgrows the capacities. Each executable has its own copies of the variables on the device; they
/// are uploaded when someone else has written to one of them, and fetched when someone asks.
final class TornadoExecutable implements Executable, Variable.Holder {
  /// Room for larger batches, where one has outgrown the plan: every plan is compiled anew.
  private static final double GROWTH = 1.5;

  private final TornadoDevice device;
  private final Program program;
  private final Set<Variable> used = new LinkedHashSet<>();
  private final Set<Variable> written = new LinkedHashSet<>();
  private final Map<Variable, Value> values = new HashMap<>();
  private final Map<Variable, Long> versions = new HashMap<>();
  private final Map<Rows, Integer> rows = new HashMap<>();
  private final Set<Value> downloaded = new HashSet<>();
  private final Twins twins;
  private Map<Rows, Integer> capacities = Map.of();
  private MemoryPlan memory;
  private DevicePlan plan;
  private int trees;
  private boolean apart;
  private boolean captured;
  private boolean closed;

  /// @param twins how the program's values are stored
  TornadoExecutable(TornadoDevice device, Program program, Twins twins) {
    this.device = device;
    this.program = program;
    this.twins = twins;
    for (Op op : program.ops()) {
      op.reads().forEach(value -> note(value, used));
      op.writes().forEach(value -> note(value, used));
      op.writes().forEach(value -> note(value, written));
    }
  }

  private void note(Value value, Set<Variable> variables) {
    if (value.source() instanceof Value.Source.Persistent(var variable)) {
      variables.add(variable);
      values.put(variable, value);
    }
  }

  @Override
  public void run(BatchInputs batch) {
    prepare(batch, false);
    try {
      plan.run();
    } catch (IllegalStateException e) {
      device.graphsFailed();
      throw e;
    }
    finish();
  }

  /// Each op runs in a graph of its own, whose start is part of its time.
  @Override
  public long[] profile(BatchInputs batch) {
    prepare(batch, true);
    long[] nanoseconds = plan.profile();
    finish();
    return nanoseconds;
  }

  private void prepare(BatchInputs batch, boolean opsApart) {
    OctreeInputs octrees = deviceBuilt(batch);
    OctreeFormat format = octrees == null ? null : octrees.format().orElseThrow();
    boolean current =
        plan != null
            && apart == opsApart
            && !(captured && !device.capturesGraphs())
            && Objects.equals(plan.format(), format);
    rows.clear();
    if (format == null) {
      for (Value value : program.values()) {
        count(batch, value.rows());
      }
      if (!current || !Capacity.fits(capacities, rows)) {
        build(null, opsApart);
      }
      upload();
    } else {
      if (!current || !plan.fits(octrees)) {
        OctreeUpload.symbols(format.depth()).forEach(symbol -> count(batch, symbol));
        countFixed(format);
        build(format, opsApart);
      }
      upload();
      buildOctrees(octrees);
      if (!Capacity.fits(capacities, rows)) {
        build(format, opsApart);
        upload();
        buildOctrees(octrees);
      }
    }
    plan.bind(batch, rows, device.workers());
    downloaded.clear();
  }

  /// The batch, if the device is to build its octrees by itself.
  private static OctreeInputs deviceBuilt(BatchInputs batch) {
    return batch instanceof OctreeInputs octrees && octrees.format().isPresent() ? octrees : null;
  }

  private void buildOctrees(OctreeInputs octrees) {
    rows.clear();
    rows.putAll(plan.buildOctrees(octrees, device.workers()));
    countFixed(plan.format());
  }

  private void count(BatchInputs batch, Rows symbol) {
    rows.computeIfAbsent(
        symbol, _ -> symbol.kind() == Rows.Kind.FIXED ? symbol.value() : batch.rows(symbol));
  }

  /// Numbers that no octree has to tell.
  private void countFixed(OctreeFormat format) {
    for (Value value : program.values()) {
      Rows symbol = value.rows();
      if (symbol.kind() == Rows.Kind.FIXED) {
        rows.put(symbol, symbol.value());
      } else if (!rows.containsKey(symbol)) {
        throw new IllegalArgumentException(
            "%s has no rows in octrees of depth %d".formatted(value, format.depth()));
      }
    }
  }

  /// @param format of the octrees that the device builds; null if the batch supplies their arrays
  private void build(OctreeFormat format, boolean opsApart) {
    Map<Rows, Integer> before = capacities;
    capacities =
        before.isEmpty()
            ? Capacity.grown(before, rows)
            : Capacity.grown(before, rows, device.hasMemory(2 * totalBytes()) ? GROWTH : 1);
    release();
    memory = MemoryPlan.of(program, twins, capacities::get);
    if (format != null) {
      trees = Math.max(trees, rows.get(Rows.batch()));
    }
    apart = opsApart;
    captured = device.capturesGraphs();
    SharedMirror mirror = new SharedMirror(largest());
    GraphBuilder alone = builder(Mirrors.FIXED, mirror, Map.of());
    List<GraphSize> sizes = alone.sizes(octrees(format, alone));
    GraphBuilder builder = builder(device.mirrors(), mirror, alone.scratchSizes());
    plan = builder.build(octrees(format, builder), sizes, apart, captured, device.compilesAhead());
    device.requireMemory(deviceBytes());
  }

  private OctreeTasks octrees(OctreeFormat format, GraphBuilder builder) {
    return format == null ? null : new OctreeTasks(builder, format, capacities, trees);
  }

  private GraphBuilder builder(
      Mirrors mirrors, SharedMirror mirror, Map<ScratchArrays.Key, Integer> scratch) {
    DeviceArrays arrays = new DeviceArrays(mirrors, mirror);
    return new GraphBuilder(program, twins, memory, device.style(), arrays, scratch);
  }

  private long largest() {
    return memory.buffers().stream().mapToLong(MemoryPlan.Buffer::bytes).max().orElse(0);
  }

  private long totalBytes() {
    return plan == null ? 0 : plan.bytes().values().stream().mapToLong(Long::longValue).sum();
  }

  private void upload() {
    boolean current = plan.isUploaded();
    for (Variable variable : used) {
      Long version = versions.get(variable);
      current &= version != null && version == variable.version();
    }
    if (!current) {
      for (Variable variable : used) {
        variable.values();
        versions.put(variable, variable.version());
      }
      plan.upload();
    }
  }

  private void finish() {
    for (Variable variable : written) {
      versions.put(variable, variable.writtenBy(this));
    }
  }

  @Override
  public void fetch(Variable variable) {
    plan.download(values.get(variable));
  }

  @Override
  public FloatArray floats(Value value) {
    if (value.source() instanceof Value.Source.Persistent(var variable)) {
      return variable.values();
    }
    return (FloatArray) present(value);
  }

  @Override
  public IntArray ints(Value value) {
    return (IntArray) present(value);
  }

  private Object present(Value value) {
    boolean made =
        value.source() instanceof Value.Source.Input(var key)
            && plan.format() != null
            && OctreeInputTasks.derives(key);
    if ((made || program.kept().contains(value)) && downloaded.add(value)) {
      plan.download(value);
    }
    return plan.array(value);
  }

  @Override
  public int rows(Value value) {
    return rows.get(value.rows());
  }

  @Override
  public MemoryPlan plan() {
    return memory;
  }

  @Override
  public Map<String, Long> deviceBytes() {
    Map<String, Long> bytes = new LinkedHashMap<>();
    if (plan != null) {
      plan.bytes().forEach((role, sum) -> bytes.put(role.plural(), sum));
    }
    return bytes;
  }

  /// Brings to the host what only the device knows and gives its memory back.
  private void release() {
    if (plan == null) {
      return;
    }
    List<Variable> newer = new ArrayList<>();
    for (Variable variable : written) {
      if (variable.isNewerOn(this)) {
        newer.add(variable);
      }
    }
    newer.forEach(Variable::values);
    versions.clear();
    plan.close();
    plan = null;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      device.unload();
    }
    release();
    memory = null;
    capacities = Map.of();
  }
}
