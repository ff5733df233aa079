package org.octolift.engine.tornado;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.octolift.engine.InputKey;
import org.octolift.engine.Op;
import org.octolift.engine.Program;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.InverseIndex;
import org.octolift.engine.memory.MemoryPlan;
import org.octolift.engine.tornado.DeviceArrays.Element;
import org.octolift.kernels.Elementwise;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.common.SchedulableTask;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/// Lowers a program to task graphs. Ops fill one graph after the other; an array belongs to the
/// graph that uses it first, and its memory is given to the others.
final class GraphBuilder implements Lowering {
  /// Tasks of a graph that runs seldom: as many as have room, whatever their arguments.
  private static final int TASKS = 64;

  /// TornadoVM gives a graph 1024 nodes, three of them for an array that is uploaded.
  private static final int UPLOADS = 256;

  private static final AtomicInteger PLANS = new AtomicInteger();

  private final Program program;
  private final Twins twins;
  private final MemoryPlan memory;
  private final KernelStyle style;
  private final DeviceArrays arrays;
  private final String name = "octolift" + PLANS.incrementAndGet();
  private final List<MeasuredGraph> graphs = new ArrayList<>();
  private final GridScheduler grids = new GridScheduler();

  private final ValueArrays values;
  private final ScratchArrays scratch;
  private final Map<List<Integer>, ResidentArray> constants = new HashMap<>();
  private final Map<Object, List<ResidentArray>> prepared = new HashMap<>();
  private final Map<Object, ResidentArray> once = new HashMap<>();
  private final Constants constantValues;
  private final InverseArrays inverses;
  private final Map<Rows, Integer> slots = new LinkedHashMap<>();
  private final List<Consumer<BoundBatch>> checks = new ArrayList<>();
  private final ResidentArray counts;
  private boolean preparing;
  private TaskNames names;
  private OctreeInputTasks octrees;
  private int tasks;

  /// @param twins how the program's values are stored
  /// @param memory the plan of the temporaries, which knows all capacities
  /// @param scratchSizes elements that are known to be needed, as [#scratchSizes] tells
  GraphBuilder(
      Program program,
      Twins twins,
      MemoryPlan memory,
      KernelStyle style,
      DeviceArrays arrays,
      Map<ScratchArrays.Key, Integer> scratchSizes) {
    this.program = program;
    this.twins = twins;
    this.style = style;
    this.memory = memory;
    this.constantValues = Constants.of(program);
    this.arrays = arrays;
    this.values = new ValueArrays(program, memory, constantValues, arrays, this::derived);
    this.scratch = new ScratchArrays(arrays, scratchSizes);
    this.inverses = new InverseArrays(arrays);
    for (Rows symbol : memory.capacities().keySet()) {
      slots.put(symbol, slots.size());
    }
    this.names = new TaskNames(slots, memory.capacities());
    this.counts = arrays.add(Element.INT, Math.max(1, slots.size()), ResidentArray.Role.INPUT);
  }

  /// @param built octrees that the device is to build, or null if the batch supplies their arrays
  /// @param sizes of the ops ([#sizes])
  /// @param apart whether each op has a graph of its own
  /// @param cudaGraphs whether graphs are captured at the first run and replayed
  /// @param ahead whether kernels are compiled now, not as graphs first run
  DevicePlan build(
      OctreeTasks built, List<GraphSize> sizes, boolean apart, boolean cudaGraphs, boolean ahead) {
    uploadVariables();
    prepare();
    int uploads = graphs.size();
    if (built != null) {
      buildOctrees(built);
    }
    int first = graphs.size();
    int[] graphOfOp = new int[program.ops().size()];
    GraphSize size = new GraphSize();
    for (int i = 0; i < graphOfOp.length; i++) {
      Op op = program.ops().get(i);
      if (constantValues.contains(op)) {
        graphOfOp[i] = -1;
        continue;
      }
      size.add(sizes.get(i));
      if (graphs.size() == first || apart || !size.fits()) {
        // All have one name, so that TornadoVM compiles equal kernels once (TaskNames).
        beginGraph("ops");
        size = new GraphSize();
        size.add(sizes.get(i));
      }
      names.beginOp(op, twins.kind(op));
      lower(op);
      graphOfOp[i] = graphs.size() - 1;
    }
    ImmutableTaskGraph[] finished = new ImmutableTaskGraph[graphs.size()];
    for (int graph = 0; graph < finished.length; graph++) {
      finished[graph] = Transfers.declare(graphs.get(graph), graph, arrays.all());
    }
    TornadoExecutionPlan plan = new TornadoExecutionPlan(finished);
    if (!grids.keySet().isEmpty()) {
      plan.withGridScheduler(grids);
    }
    if (cudaGraphs) {
      plan.withCUDAGraph();
    }
    if (ahead) {
      List<SchedulableTask> all = new ArrayList<>();
      graphs.forEach(graph -> graph.forEachTask(all::add));
      Precompilation.run(plan, all, grids);
    }
    List<Value> inputs = values.all().keySet().stream().filter(this::isSupplied).toList();
    return new DevicePlan(
        plan,
        new DevicePlan.Parts(uploads, first, graphs.size()),
        graphOfOp,
        values.all(),
        arrays.all(),
        built,
        new DevicePlan.HostWork((IntArray) counts.host(), slots, inputs, inverses.all(), checks),
        arrays.bytes());
  }

  /// Lowers each op to a graph of its own, instead of [#build]; returns what it takes of one.
  ///
  /// @param built as in [#build]
  List<GraphSize> sizes(OctreeTasks built) {
    prepare();
    if (built != null) {
      buildOctrees(built);
    }
    List<GraphSize> sizes = new ArrayList<>();
    for (Op op : program.ops()) {
      beginGraph("size");
      if (!constantValues.contains(op)) {
        names.beginOp(op, twins.kind(op));
        lower(op);
      }
      List<ResidentArray> written =
          twins.written(op).stream().map(values.all()::get).filter(Objects::nonNull).toList();
      sizes.add(GraphSize.of(graph(), graphs.size() - 1, arrays.all(), written));
    }
    return sizes;
  }

  /// The scratch memory that the program needs, known after [#sizes].
  Map<ScratchArrays.Key, Integer> scratchSizes() {
    return scratch.sizes();
  }

  /// Whether the graph at hand has no room for another op.
  private boolean isFull() {
    return tasks > TASKS - MOST_TASKS;
  }

  private void lower(Op op) {
    int before = tasks;
    ((DeviceOp) op).lower(this);
    op.writes().forEach(value -> twins.converted(value).forEach(twin -> twin.convert(this)));
    if (tasks - before > MOST_TASKS) {
      throw new IllegalStateException(
          "%s has %d tasks; an op may have %d".formatted(op.name(), tasks - before, MOST_TASKS));
    }
  }

  /// The graphs that have all variables. A graph without a task does not run, so each has one.
  private void uploadVariables() {
    int room = 0;
    for (Value value : program.values()) {
      if (value.source() instanceof Value.Source.Persistent && isUsed(value)) {
        if (room == 0) {
          beginGraph("u" + graphs.size());
          addNothing();
          room = UPLOADS;
        }
        array(value);
        room--;
      }
    }
  }

  /// The graphs that build octrees, and all arrays that the program wants of them.
  private void buildOctrees(OctreeTasks built) {
    beginGraph("octrees" + graphs.size());
    built.build();
    octrees = new OctreeInputTasks(this, built);
    for (Value value : program.values()) {
      if (value.source() instanceof Value.Source.Input(var key) && OctreeInputTasks.derives(key)) {
        array(value);
      }
    }
  }

  private boolean isSupplied(Value value) {
    return value.source() instanceof Value.Source.Input(var key)
        && (octrees == null || !OctreeInputTasks.derives(key));
  }

  /// Begins another graph that builds octrees if this one has no room for so many tasks.
  void room(int wanted) {
    if (tasks + wanted > TASKS) {
      beginGraph("octrees" + graphs.size());
    }
  }

  private void addNothing() {
    ResidentArray nothing = floats(1, ResidentArray.Role.SCRATCH);
    graph().task(id("upload"), Elementwise::zero, used(nothing), 1);
  }

  /// The graphs that compute what depends on nothing but constants.
  private void prepare() {
    int before = graphs.size();
    preparing = true;
    for (Op op : program.ops()) {
      boolean constant = constantValues.contains(op);
      if (constant || op instanceof PreparedOp) {
        if (graphs.size() == before || isFull()) {
          beginGraph("p" + graphs.size());
          addNothing();
        }
        names.beginOp(op, twins.kind(op));
        if (constant) {
          ((DeviceOp) op).lower(this);
        } else {
          ((PreparedOp) op).prepare(this);
        }
      }
    }
    preparing = false;
    // These graphs do not run in every run: what they use is not passed on.
    scratch.clear();
    constants.clear();
  }

  private boolean isUsed(Value value) {
    return program.ops().stream()
        .anyMatch(op -> op.reads().contains(value) || op.writes().contains(value));
  }

  private void beginGraph(String suffix) {
    graphs.add(new MeasuredGraph(name + suffix));
    names.beginGraph();
    tasks = 0;
  }

  ResidentArray floats(int size, ResidentArray.Role role) {
    return arrays.add(Element.FLOAT, size, role);
  }

  ResidentArray ints(int size, ResidentArray.Role role) {
    return arrays.add(Element.INT, size, role);
  }

  ResidentArray longs(int size, ResidentArray.Role role) {
    return arrays.add(Element.LONG, size, role);
  }

  /// Ints that only the graph at hand uses.
  IntArray newInts(int size) {
    return usedInts(ints(size, ResidentArray.Role.SCRATCH));
  }

  private TornadoNativeArray array(Value value) {
    return use(values.of(value));
  }

  /// The array of an input if the device makes it itself, else null.
  private ResidentArray derived(InputKey key) {
    return octrees != null && OctreeInputTasks.derives(key) ? octrees.array(key) : null;
  }

  private TornadoNativeArray use(ResidentArray array) {
    return arrays.use(array, graphs.size() - 1);
  }

  FloatArray used(ResidentArray array) {
    return (FloatArray) use(array);
  }

  IntArray usedInts(ResidentArray array) {
    return (IntArray) use(array);
  }

  LongArray usedLongs(ResidentArray array) {
    return (LongArray) use(array);
  }

  // What ops see.

  @Override
  public MeasuredGraph graph() {
    return graphs.getLast();
  }

  @Override
  public String id(String task) {
    return id(task, style.loops());
  }

  @Override
  public String id(String task, WorkerGrid grid) {
    tasks++;
    String id = names.next(task, grid);
    if (grid != null) {
      grids.addWorkerGrid(graph().getTaskGraphName() + "." + id, grid);
    }
    return id;
  }

  @Override
  public boolean prefersGroups() {
    return style.groups();
  }

  @Override
  public Precision precision() {
    return style.precision();
  }

  @Override
  public boolean hasLibrary() {
    return style.library();
  }

  @Override
  public FloatArray floats(Value value) {
    if (!isStored(value)) {
      throw new IllegalStateException(value + " is stored in 16 bits alone");
    }
    return (FloatArray) array(value);
  }

  @Override
  public boolean isStored(Value value) {
    return twins.isStored(value);
  }

  @Override
  public List<Twin> twins(Value value) {
    return twins.of(value);
  }

  @Override
  public LongArray twin(Twin twin) {
    Value place = twins.place(twin);
    return place == null ? null : (LongArray) array(place);
  }

  @Override
  public IntArray ints(Value value) {
    return (IntArray) array(value);
  }

  @Override
  public IntArray counts() {
    return preparing ? constants(fixedCounts()) : usedInts(counts);
  }

  /// The counts that no batch changes.
  private int[] fixedCounts() {
    int[] fixed = new int[counts.host().getSize()];
    slots.forEach((rows, slot) -> fixed[slot] = rows.kind() == Rows.Kind.FIXED ? rows.value() : 0);
    return fixed;
  }

  @Override
  public int slot(Rows rows) {
    return slots.get(rows);
  }

  @Override
  public int capacity(Rows rows) {
    return memory.capacities().get(rows);
  }

  @Override
  public FloatArray scratch(int slot, int size) {
    return used(scratch.array(Element.FLOAT, slot, size));
  }

  @Override
  public LongArray scratchLongs(int slot, int size) {
    return usedLongs(scratch.array(Element.LONG, slot, size));
  }

  @Override
  public IntArray constants(int... values) {
    return usedInts(
        constants.computeIfAbsent(
            Arrays.stream(values).boxed().toList(), _ -> arrays.constant(values)));
  }

  @Override
  public IntArray[] prepared(Object key, Consumer<IntArray[]> fill, int... sizes) {
    boolean isNew = !prepared.containsKey(key);
    List<ResidentArray> found =
        prepared.computeIfAbsent(
            key,
            _ ->
                Arrays.stream(sizes)
                    .mapToObj(size -> arrays.add(Element.INT, size, ResidentArray.Role.LIST))
                    .toList());
    IntArray[] lists = found.stream().map(this::usedInts).toArray(IntArray[]::new);
    if (isNew) {
      fill.accept(lists);
    }
    return lists;
  }

  @Override
  public boolean isConstant(Value value) {
    return constantValues.contains(value);
  }

  @Override
  public LongArray onceLongs(Object key, int size, Consumer<LongArray> fill) {
    return (LongArray) once(key, Element.LONG, size, array -> fill.accept((LongArray) array));
  }

  @Override
  public IntArray onceInts(Object key, int size, Consumer<IntArray> fill) {
    return (IntArray) once(key, Element.INT, size, array -> fill.accept((IntArray) array));
  }

  private TornadoNativeArray once(
      Object key, Element element, int size, Consumer<TornadoNativeArray> fill) {
    boolean isNew = !once.containsKey(key);
    TornadoNativeArray array =
        use(once.computeIfAbsent(key, _ -> arrays.add(element, size, ResidentArray.Role.PREPARED)));
    if (isNew) {
      fill.accept(array);
    }
    return array;
  }

  @Override
  public InverseIndex inverse(Value index, Rows rows) {
    if (!(index.source() instanceof Value.Source.Input)) {
      throw new IllegalArgumentException(
          "%s must be an input of the batch to be inverted".formatted(index));
    }
    if (!isSupplied(index)) {
      return octrees.inverse(index, rows);
    }
    values.of(index);
    return inverses.of(index, rows, memory.capacities(), this::usedInts);
  }

  @Override
  public void verify(Consumer<BoundBatch> check) {
    checks.add(check);
  }
}
