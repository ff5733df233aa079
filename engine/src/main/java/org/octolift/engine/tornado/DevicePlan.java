package org.octolift.engine.tornado;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.InverseIndex;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.cublas.CublasException;
import org.octolift.engine.octree.OctreeFormat;
import org.octolift.engine.octree.OctreeInputs;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/// A program's task graphs for given capacities, and the arrays that they share with the host.
final class DevicePlan {
  /// An index of rows whose inverse is wanted.
  record Inverted(Value index, Rows rows) {}

  /// What the host does for each batch.
  ///
  /// @param counts numbers of rows, by slot
  /// @param inputs values that the batch supplies
  /// @param inverses of indices among them
  /// @param checks that refuse a batch
  record HostWork(
      IntArray counts,
      Map<Rows, Integer> slots,
      List<Value> inputs,
      Map<Inverted, InverseIndex> inverses,
      List<Consumer<BoundBatch>> checks) {}

  /// The graphs of a plan: the first ones upload variables and
  /// prepare what depends on them alone, those before {@code
  /// ops} build octrees.
  ///
  /// @param octrees first graph that builds octrees
  /// @param ops first graph of the program's ops
  /// @param end number of graphs
  record Parts(int octrees, int ops, int end) {}

  /// A part of an input, and where it goes.
  private record Piece(MemorySegment from, MemorySegment to) {}

  /// Bytes that a thread copies at a time.
  private static final long PIECE = 1 << 21;

  private final TornadoExecutionPlan plan;
  private final Parts parts;
  private final int[] graphOfOp;
  private final Map<Value, ResidentArray> arrays;
  private final List<ResidentArray> resident;
  private final OctreeTasks octrees;
  private final HostWork work;
  private final Map<ResidentArray.Role, Long> bytes;
  private TornadoExecutionResult result;
  private boolean uploaded;
  private int shared; // graphs that have given away their memory

  /// @param graphOfOp the graph of each op of the program
  /// @param arrays of the values that some op uses
  /// @param resident all arrays
  /// @param octrees that the device builds, or null
  /// @param bytes on the device
  DevicePlan(
      TornadoExecutionPlan plan,
      Parts parts,
      int[] graphOfOp,
      Map<Value, ResidentArray> arrays,
      List<ResidentArray> resident,
      OctreeTasks octrees,
      HostWork work,
      Map<ResidentArray.Role, Long> bytes) {
    this.plan = plan;
    this.parts = parts;
    this.graphOfOp = graphOfOp;
    this.arrays = arrays;
    this.resident = resident;
    this.octrees = octrees;
    this.work = work;
    this.bytes = bytes;
  }

  /// Bytes on the device.
  Map<ResidentArray.Role, Long> bytes() {
    return bytes;
  }

  /// Copies a batch to where the graphs will read it, and checks it.
  void bind(BatchInputs batch, Map<Rows, Integer> rows, Workers workers) {
    List<Piece> pieces = new ArrayList<>();
    work.slots.forEach((symbol, slot) -> work.counts.set(slot, rows.get(symbol)));
    for (Value value : work.inputs) {
      var key = ((Value.Source.Input) value.source()).key();
      TornadoNativeArray array =
          value.type() == Value.Type.FLOAT ? batch.floats(key) : batch.ints(key);
      long needed = (long) rows.get(value.rows()) * value.channels();
      if (array.getSize() < needed) {
        throw new IllegalArgumentException(
            "input %s needs %d elements, got %d".formatted(value, needed, array.getSize()));
      }
      MemorySegment from = array.getSegment();
      MemorySegment to = array(value).getSegment();
      for (long at = 0; at < needed * Float.BYTES; at += PIECE) {
        long size = Math.min(PIECE, needed * Float.BYTES - at);
        pieces.add(new Piece(from.asSlice(at, size), to.asSlice(at, size)));
      }
    }
    workers.parallel(
        pieces.size(),
        1,
        (from, to) -> pieces.subList(from, to).forEach(p -> p.to.copyFrom(p.from)));
    work.inverses.forEach(
        (inverted, inverse) -> {
          Value index = inverted.index();
          int places = rows.get(index.rows()) * index.channels();
          inverse.fill((IntArray) array(index), places, rows.get(inverted.rows()));
        });
    BoundBatch bound = new Bound(rows);
    work.checks.forEach(check -> check.accept(bound));
  }

  /// Whether [#upload] has run.
  boolean isUploaded() {
    return uploaded;
  }

  /// Copies all variables to the device.
  void upload() {
    for (int graph = 0; graph < parts.octrees(); graph++) {
      run(graph);
    }
    uploaded = true;
  }

  /// Gives the memory of what a graph has allocated to the graphs that use it.
  private void share(int owner) {
    for (ResidentArray array : resident) {
      for (int graph = owner + 1; array.first() == owner && graph <= array.last(); graph++) {
        if (array.isSharedBy(graph)) {
          plan.mapOnDeviceMemoryRegion(array.in(graph), array.host(), 0, owner, graph);
        }
      }
    }
  }

  /// What octrees the device builds; null if none.
  OctreeFormat format() {
    return octrees == null ? null : octrees.format();
  }

  /// Whether the octrees of a batch can be built: there is room for its points.
  boolean fits(OctreeInputs batch) {
    return octrees.upload().fits(batch);
  }

  /// Builds the octrees of a batch, of which there is no trace if they outgrow the capacities.
  ///
  /// @return all numbers of rows that the octrees have
  Map<Rows, Integer> buildOctrees(OctreeInputs batch, Workers workers) {
    OctreeUpload upload = octrees.upload();
    upload.bind(batch, workers);
    for (int graph = parts.octrees(); graph < parts.ops(); graph++) {
      run(graph);
    }
    plan.withGraph(octrees.found().first());
    result.transferToHost(octrees.found().host());
    if (upload.isRejected()) {
      batch.octrees(); // which tells what is wrong with the points
      throw new IllegalStateException("the device refuses points that the host takes");
    }
    return upload.rows();
  }

  /// Runs all ops.
  void run() {
    for (int graph = parts.ops(); graph < parts.end(); graph++) {
      run(graph);
    }
  }

  /// Runs all ops of a plan that has a graph for each; returns the nanoseconds of each. What is
  /// done once an upload takes none.
  long[] profile() {
    long[] nanoseconds = new long[graphOfOp.length];
    for (int op = 0; op < graphOfOp.length; op++) {
      if (graphOfOp[op] >= parts.ops()) {
        long start = System.nanoTime();
        run(graphOfOp[op]);
        nanoseconds[op] = System.nanoTime() - start;
      }
    }
    return nanoseconds;
  }

  private void run(int graph) {
    try {
      result = plan.withGraph(graph).execute();
      if (graph == shared) {
        share(graph);
        shared++;
      }
    } catch (RuntimeException | Error e) {
      // TornadoVM's compiler throws an Error of its own.
      throw new IllegalStateException("task graph %d %s".formatted(graph, reason(e)), e);
    }
  }

  private static String reason(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CublasException) {
        return "failed: " + cause.getMessage();
      }
    }
    return "failed on the device (see the cause): TornadoVM could not compile a kernel, or memory did"
        + " not suffice. -Dtornado.fullDebug=True tells more, -Dtornado.device.memory sets the"
        + " memory that may be used";
  }

  /// The host's array of a value that some op uses, null for others.
  TornadoNativeArray array(Value value) {
    ResidentArray array = arrays.get(value);
    return array == null ? null : array.host();
  }

  /// Copies a value to the host's array.
  void download(Value value) {
    ResidentArray array = arrays.get(value);
    plan.withGraph(array.first());
    result.transferToHost(array.host());
  }

  /// Gives the device's memory back.
  void close() {
    plan.withAllGraphs();
    try {
      plan.close();
    } catch (TornadoExecutionPlanException e) {
      throw new IllegalStateException("the device's memory could not be given back", e);
    }
  }

  /// What checks see of a batch.
  private final class Bound implements BoundBatch {
    private final Map<Rows, Integer> rows;

    Bound(Map<Rows, Integer> rows) {
      this.rows = rows;
    }

    @Override
    public int rows(Value value) {
      return rows.get(value.rows());
    }

    @Override
    public IntArray ints(Value input) {
      return (IntArray) array(input);
    }
  }
}
