package org.octolift.engine.cublas;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.Map;

/// The functions of cuBLASLt (NVIDIA, `cublasLt.h`, versions 12 and 13) and the one of the CUDA
/// driver that we call. Those that return a status throw unless it is success.
final class CublasLt {
  private static final int SUCCESS = 0;
  private static final int TEXT = 256;

  private final SymbolLookup library;
  private final SymbolLookup driver;
  private final Map<String, MethodHandle> functions = new HashMap<>();

  /// @param driver the library `libcuda`; null to do without
  CublasLt(SymbolLookup library, SymbolLookup driver) {
    this.library = library;
    this.driver = driver;
    bind("cublasLtCreate", ADDRESS);
    bind("cublasLtMatmulDescCreate", ADDRESS, JAVA_INT, JAVA_INT);
    bind("cublasLtMatmulDescSetAttribute", ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG);
    bind("cublasLtMatrixLayoutCreate", ADDRESS, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    bind("cublasLtMatmulPreferenceCreate", ADDRESS);
    bind("cublasLtMatmulPreferenceSetAttribute", ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG);
    bind("cublasLtMatmulPreferenceDestroy", ADDRESS);
    bind(
        "cublasLtMatmulAlgoGetHeuristic",
        ADDRESS, // handle
        ADDRESS, // operation
        ADDRESS, // A
        ADDRESS, // B
        ADDRESS, // C
        ADDRESS, // D
        ADDRESS, // preference
        JAVA_INT, // wanted
        ADDRESS, // results
        ADDRESS); // found
    bind(
        "cublasLtMatmul",
        ADDRESS, // handle
        ADDRESS, // operation
        ADDRESS, // alpha
        JAVA_LONG,
        ADDRESS, // A
        JAVA_LONG,
        ADDRESS, // B
        ADDRESS, // beta
        JAVA_LONG,
        ADDRESS, // C
        JAVA_LONG,
        ADDRESS, // D
        ADDRESS, // algorithm
        JAVA_LONG,
        JAVA_LONG, // workspace
        JAVA_LONG); // stream
    if (driver != null) {
      functions.put("cuCtxSetCurrent", handle(driver, "cuCtxSetCurrent", JAVA_INT, JAVA_LONG));
    }
  }

  private void bind(String name, MemoryLayout... arguments) {
    functions.put(name, handle(library, name, JAVA_INT, arguments));
  }

  @SuppressWarnings("restricted") // signatures are those of cublasLt.h
  private static MethodHandle handle(
      SymbolLookup library, String name, MemoryLayout result, MemoryLayout... arguments) {
    return Linker.nativeLinker()
        .downcallHandle(library.findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }

  /// The library's version, as 130101 for 13.1.1.
  static long version(SymbolLookup library) {
    try {
      return (long) handle(library, "cublasLtGetVersion", JAVA_LONG).invoke();
    } catch (Throwable e) {
      throw new IllegalStateException("cublasLtGetVersion", e);
    }
  }

  /// Makes a CUDA context the thread's.
  void makeCurrent(long context) {
    if (driver != null) {
      call("cuCtxSetCurrent", context);
    }
  }

  /// Calls a function.
  ///
  /// @throws CublasException if its status is not success
  void call(String name, Object... arguments) {
    int status;
    try {
      status = (int) functions.get(name).invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(name + " cannot be called", e);
    }
    if (status != SUCCESS) {
      throw new CublasException("%s: status %d%s".formatted(name, status, text(name, status)));
    }
  }

  /// Calls a function that makes an object, whose address it stores where its first argument says.
  MemorySegment create(String name, Object... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment made = arena.allocate(ADDRESS);
      Object[] all = new Object[arguments.length + 1];
      all[0] = made;
      System.arraycopy(arguments, 0, all, 1, arguments.length);
      call(name, all);
      return made.get(ADDRESS, 0);
    }
  }

  @SuppressWarnings("restricted") // a text of the library's, which ends with a zero
  private String text(String name, int status) {
    if (!name.startsWith("cublas")) {
      return "";
    }
    try {
      MemorySegment text =
          (MemorySegment)
              handle(library, "cublasLtGetStatusName", ADDRESS, JAVA_INT).invoke(status);
      return " (" + text.reinterpret(TEXT).getString(0) + ")";
    } catch (Throwable _) {
      return "";
    }
  }
}
