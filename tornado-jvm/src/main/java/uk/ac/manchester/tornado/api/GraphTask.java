package uk.ac.manchester.tornado.api;

import java.util.List;
import java.util.Set;
import uk.ac.manchester.tornado.api.common.SchedulableTask;
import uk.ac.manchester.tornado.api.exceptions.TornadoTaskRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/// A kernel with its arguments: arrays, numbers, truth values, and the kernel's context.
record GraphTask(String graph, String id, TaskOverloads.Kernel kernel, List<Object> arguments)
    implements SchedulableTask {
  GraphTask {
    for (int i = 0; i < arguments.size(); i++) {
      Object argument = arguments.get(i);
      boolean known =
          argument instanceof TornadoNativeArray
              || argument instanceof Number
              || argument instanceof Boolean
              || argument instanceof KernelContext;
      if (!known) {
        throw new TornadoTaskRuntimeException(
            "task %s.%s: argument %d is of type %s; use TornadoVM's arrays, numbers and booleans"
                .formatted(graph, id, i, argument.getClass().getName()));
      }
    }
  }

  @Override
  public Object[] getArguments() {
    return arguments.toArray();
  }

  @Override
  public String getId() {
    return graph + "." + id;
  }

  @Override
  public String getTaskName() {
    return id;
  }

  /// Whether the kernel is written for one work-item and needs a grid.
  boolean usesContext() {
    return arguments.stream().anyMatch(KernelContext.class::isInstance);
  }

  void requireDeclared(Set<TornadoNativeArray> declared) {
    for (int i = 0; i < arguments.size(); i++) {
      if (arguments.get(i) instanceof TornadoNativeArray array && !declared.contains(array)) {
        throw new TornadoTaskRuntimeException(
            ("task %s: argument %d (%s of %d elements) is in no transfer of graph %s; name it in"
                    + " transferToDevice, transferToHost, persistOnDevice or consumeFromDevice")
                .formatted(getId(), i, array.getClass().getSimpleName(), array.getSize(), graph));
      }
    }
  }

  /// The failure of the kernel, with the task's name.
  TornadoTaskRuntimeException failed(String where, RuntimeException cause) {
    return new TornadoTaskRuntimeException(
        "task %s failed%s: %s".formatted(getId(), where, cause), cause);
  }
}
