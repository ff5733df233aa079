package org.octolift.engine.tornado;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.octolift.engine.Op;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import uk.ac.manchester.tornado.api.WorkerGrid;

/// Names of tasks. Within a plan TornadoVM compiles tasks of the same name, in graphs of the same
/// name, once, if they have a grid: without one it is the compiler that finds a loop's. So ops that
/// differ in nothing that their kernels depend on, that is in no more than the arrays, give their
/// tasks the same names; ops of one graph, where names must differ, are numbered. A name stands for
/// one grid; tasks without have a name each.
final class TaskNames {
  private final Map<Rows, Integer> slots;
  private final Map<Rows, Integer> capacities;
  private final Map<Object, Integer> kinds = new HashMap<>();
  private final Map<List<Long>, Integer> grids = new HashMap<>();
  private final Map<Integer, Integer> inGraph = new HashMap<>();
  private final Map<String, Integer> inOp = new HashMap<>();
  private String suffix = "";
  private int withoutGrid;

  /// @param slots where counts are
  /// @param capacities the most rows behind a symbol
  TaskNames(Map<Rows, Integer> slots, Map<Rows, Integer> capacities) {
    this.slots = slots;
    this.capacities = capacities;
  }

  void beginGraph() {
    inGraph.clear();
    inOp.clear();
  }

  /// Begins an op.
  ///
  /// @param storage how its values are stored
  void beginOp(Op op, List<Object> storage) {
    int kind = kinds.computeIfAbsent(List.of(kind(op), storage), _ -> kinds.size());
    suffix = "_" + kind + "_" + inGraph.merge(kind, 1, Integer::sum);
    inOp.clear();
  }

  /// The name of the op's next task.
  ///
  /// @param grid null for none
  String next(String task, WorkerGrid grid) {
    if (grid == null) {
      return task + "_" + withoutGrid++;
    }
    return "%s%d%s_%d"
        .formatted(
            task,
            inOp.merge(task, 1, Integer::sum),
            suffix,
            grids.computeIfAbsent(extents(grid), _ -> grids.size()));
  }

  private static List<Long> extents(WorkerGrid grid) {
    return LongStream.concat(
            LongStream.of(grid.getGlobalWork()), LongStream.of(grid.getLocalWork()))
        .boxed()
        .toList();
  }

  /// What an op's kernels depend on: all components of the record, but of values only the shapes.
  private Object kind(Op op) {
    if (!(op instanceof Record)) {
      return op;
    }
    List<Object> kind = new ArrayList<>();
    kind.add(op.getClass());
    try {
      for (RecordComponent component : op.getClass().getRecordComponents()) {
        component.getAccessor().setAccessible(true);
        kind.add(shape(component.getAccessor().invoke(op)));
      }
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("the components of %s".formatted(op.name()), e);
    }
    return kind;
  }

  private Object shape(Object component) {
    return switch (component) {
      case Value value ->
          new Shape(value.type(), slots.get(value.rows()), rows(value), value.channels());
      case List<?> list -> list.stream().map(this::shape).toList();
      case null -> "none";
      default -> component;
    };
  }

  private int rows(Value value) {
    return capacities.getOrDefault(value.rows(), -1);
  }

  private record Shape(Value.Type type, Integer slot, int capacity, int channels) {}
}
