package org.octolift.tornadojvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryContext;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryInvocation;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoLibraryProvider;

/// A library for tests: adds four numbers to an array's elements. Not in a package of
/// TornadoVM's, whose modules would hide it.
public final class Adder implements TornadoLibraryProvider {
  /// Its name.
  public static final String LIBRARY = "test/adder";

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
    assertThat(invocation.getNumArgs()).isEqualTo(6);
    assertThat(invocation.isReference(0)).isTrue();
    assertThat(invocation.isReference(2)).isFalse();
    int sum = 0;
    for (int i = 2; i < 6; i++) {
      sum += (int) invocation.getArg(i);
    }
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
