package org.octolift.engine.tornado;

import org.octolift.engine.Op;

/// An op that also runs as tasks of TornadoVM.
public interface DeviceOp extends Op {
  /// Appends this op's tasks. Called once for each plan of memory; the tasks then run in every
  /// step, so nothing may depend on the numbers of a batch. Scalars become literals of the
  /// compiled kernels: only what is fixed for the program and the capacities may be one.
  void lower(Lowering tasks);
}
