package org.octolift.engine.tornado;

import java.util.List;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;

/// What a graph does with arrays besides running its tasks. No graph consumes what another has
/// left: TornadoVM would look for each such array in every run, and have each pass through the
/// graphs between two that use it.
final class Transfers {
  private Transfers() {}

  /// Declares which arrays the graph uploads, allocates and leaves on the device.
  ///
  /// @param number the graph's place in its plan
  /// @param arrays of the plan
  static ImmutableTaskGraph declare(TaskGraph graph, int number, List<ResidentArray> arrays) {
    for (ResidentArray array : arrays) {
      if (array.first() == number) {
        switch (array.role()) {
          case VARIABLE, INPUT ->
              graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, array.host());
          case CONSTANT -> graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, array.host());
          // Otherwise TornadoVM uploads what a kernel reads first.
          case PREPARED, RESULT, TEMPORARY, LIST, SCRATCH ->
              graph.transferToDevice(DataTransferMode.UNDER_DEMAND, array.host());
        }
        graph.persistOnDevice(array.host());
      } else if (array.isSharedBy(number)) {
        graph.transferToDevice(DataTransferMode.UNDER_DEMAND, array.in(number));
        graph.persistOnDevice(array.in(number));
      }
    }
    return graph.snapshot();
  }
}
