package org.octolift.engine.tornado;

import java.util.List;
import java.util.Set;
import org.octolift.engine.Op;
import org.octolift.engine.Value;

/// An op that also runs as tasks of TornadoVM.
public interface DeviceOp extends Op {
  /// Appends this op's tasks. Called once for each plan of memory; the tasks then run in every
  /// step, so nothing may depend on the numbers of a batch. Scalars become literals of the
  /// compiled kernels: only what is fixed for the program and the capacities may be one.
  void lower(Lowering tasks);

  /// The copies that it reads, where they are stored, instead of values when products are in BF16.
  ///
  /// @param rounded those of the values that it writes that are stored as twins alone
  /// @param library whether dense products are left to a library ([Lowering#hasLibrary])
  default List<Twin> twinsRead(Set<Value> rounded, boolean library) {
    return List.of();
  }

  /// Whether of a value that it reads no more than the signs count, so that it may also read
  /// [Twin#rows].
  default boolean readsSigns(Value value) {
    return false;
  }

  /// Those copies of a value that it writes by itself.
  ///
  /// @param value one that it writes
  /// @param wanted by other ops
  default List<Twin> twinsWritten(Value value, List<Twin> wanted) {
    return List.of();
  }
}
