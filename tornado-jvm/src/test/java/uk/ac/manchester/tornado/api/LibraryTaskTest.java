package uk.ac.manchester.tornado.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static uk.ac.manchester.tornado.api.enums.DataTransferMode.EVERY_EXECUTION;

import org.junit.jupiter.api.Test;
import org.octolift.tornadojvm.Adder;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.api.exceptions.TornadoTaskRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Library tasks are executed by the provider that serves this JVM, on the arrays of the device.
class LibraryTaskTest {
  private static LibraryTaskDescriptor call(
      String library, IntArray to, IntArray from, int a, int b, int c, int d) {
    return new LibraryTaskDescriptor()
        .withLibrary(library)
        .withFunction("add")
        .withParameters(new Object[] {to, from, a, b, c, d})
        .withAccess(
            new Access[] {
              Access.WRITE_ONLY,
              Access.READ_ONLY,
              Access.NONE,
              Access.NONE,
              Access.NONE,
              Access.NONE
            })
        .withTuning(to.getSize());
  }

  private static void run(String library, IntArray to, IntArray from) throws Exception {
    TaskGraph graph =
        new TaskGraph("library")
            .transferToDevice(EVERY_EXECUTION, from)
            .libraryTask(
                "add",
                (IntArray y, IntArray x, Integer a, Integer b, Integer c, Integer d) ->
                    call(library, y, x, a, b, c, d),
                to,
                from,
                1,
                20,
                300,
                4000)
            .transferToHost(EVERY_EXECUTION, to);
    try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
      plan.execute();
    }
  }

  @Test
  void theProviderWorksOnTheDevicesArrays() throws Exception {
    IntArray from = IntArray.fromElements(1, 2, 3);
    IntArray to = new IntArray(3);
    run(Adder.LIBRARY, to, from);
    assertThat(to.toHeapArray()).containsExactly(4322, 4323, 4324);
    assertThat(from.toHeapArray()).containsExactly(1, 2, 3);
  }

  @Test
  void anUnknownLibraryIsNamed() {
    IntArray array = IntArray.fromElements(1);
    assertThatThrownBy(() -> run("test/none", new IntArray(1), array))
        .isInstanceOf(TornadoTaskRuntimeException.class)
        .hasMessageContaining("library.add")
        .hasMessageContaining("test/none");
  }
}
