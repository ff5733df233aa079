package org.octolift.engine.tornado;

import uk.ac.manchester.tornado.api.WorkerGrid;

/// Which kernels suit a device.
///
/// @param groups whether kernels for groups of work-items are wanted instead of loops
/// @param precision of products
/// @param library whether dense products are left to cuBLAS
/// @param loops the grid of loops that ask for none of their own; null to leave it to TornadoVM
record KernelStyle(boolean groups, Precision precision, boolean library, WorkerGrid loops) {
  /// Work-items that a multiprocessor of a GPU holds.
  private static final int RESIDENT = 2048;

  /// On a GPU loops take as many work-items as it holds; their steps are so many apart. TornadoVM's
  /// own choice is groups of the range's largest divisor up to 1024: these may leave too few
  /// registers, or be of one work-item.
  static KernelStyle of(Accelerator device, boolean groups, Precision precision, boolean library) {
    boolean fixed = device.kind().equals("gpu");
    return new KernelStyle(
        groups, precision, library, fixed ? Lowering.loop(device.computeUnits() * RESIDENT) : null);
  }
}
