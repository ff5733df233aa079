package uk.ac.manchester.tornado.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static uk.ac.manchester.tornado.api.enums.DataTransferMode.EVERY_EXECUTION;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.api.exceptions.TornadoTaskRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryContext;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryInvocation;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoLibraryProvider;

/// Library tasks are executed by the provider that serves this JVM, on the arrays of the device.
class LibraryTaskTest {
  private static final String LIBRARY = "test/adder";

  /// Adds two numbers to an array's elements.
  public static final class Adder implements TornadoLibraryProvider {
    private record Kept(int prepared) implements LibraryContext {}

    @Override
    public String libraryName() {
      return LIBRARY;
    }

    @Override
    public boolean canHandle(TornadoXPUDevice device) {
      return device.getDeviceName().startsWith("jvm");
    }

    @Override
    public LibraryContext createContext(TornadoXPUDevice device, long executionPlanId) {
      return new Kept(0);
    }

    @Override
    public void dispatch(String functionName, LibraryInvocation invocation) {
      assertThat(functionName).isEqualTo("add");
      assertThat(invocation.getContext()).isInstanceOf(Kept.class);
      assertThat(invocation.getNumArgs()).isEqualTo(5);
      assertThat(invocation.isReference(0)).isTrue();
      assertThat(invocation.isReference(2)).isFalse();
      int sum =
          (int) invocation.getArg(2) + (int) invocation.getArg(3) + (int) invocation.getArg(4);
      MemorySegment to = memory(invocation, 0);
      MemorySegment from = memory(invocation, 1);
      for (int i = 0; i < (int) invocation.getTuning(); i++) {
        int value = from.getAtIndex(ValueLayout.JAVA_INT, i) + sum;
        to.setAtIndex(ValueLayout.JAVA_INT, i, value);
      }
    }

    @SuppressWarnings("restricted") // the arrays are as large
    private static MemorySegment memory(LibraryInvocation invocation, int argument) {
      long size = (int) invocation.getTuning() * (long) Integer.BYTES;
      return MemorySegment.ofAddress(invocation.getDevicePointer(argument)).reinterpret(size);
    }

    @Override
    public void destroyContext(LibraryContext context) {}
  }

  private static LibraryTaskDescriptor call(
      String library, IntArray to, IntArray from, int a, int b, int c) {
    return new LibraryTaskDescriptor()
        .withLibrary(library)
        .withFunction("add")
        .withParameters(new Object[] {to, from, a, b, c})
        .withAccess(
            new Access[] {
              Access.WRITE_ONLY, Access.READ_ONLY, Access.NONE, Access.NONE, Access.NONE
            })
        .withTuning(to.getSize());
  }

  private static void run(String library, IntArray to, IntArray from) throws Exception {
    TaskGraph graph =
        new TaskGraph("library")
            .transferToDevice(EVERY_EXECUTION, from)
            .libraryTask(
                "add",
                (IntArray y, IntArray x, Integer a, Integer b, Integer c) ->
                    call(library, y, x, a, b, c),
                to,
                from,
                1,
                20,
                300)
            .transferToHost(EVERY_EXECUTION, to);
    try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
      plan.execute();
    }
  }

  @Test
  void theProviderWorksOnTheDevicesArrays() throws Exception {
    IntArray from = IntArray.fromElements(1, 2, 3);
    IntArray to = new IntArray(3);
    run(LIBRARY, to, from);
    assertThat(to.toHeapArray()).containsExactly(322, 323, 324);
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
