package org.octolift.engine.cublas;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryContext;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryInvocation;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoLibraryProvider;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoNativeStreamSupport;

/// Runs [Matmul] tasks on TornadoVM's CUDA backend, on the stream of the plan, so that CUDA graphs
/// capture them. Handles and plans of products are those of a CUDA context, and kept to the end.
public final class CublasProvider implements TornadoLibraryProvider {
  private static final Map<Long, Handle> HANDLES = new ConcurrentHashMap<>();

  /// Found by the service loader.
  public CublasProvider() {}

  /// What there is of a CUDA context.
  private record Handle(CublasLt cublas, MemorySegment address, Map<Matmul, MatmulPlan> plans) {
    static Handle create() {
      CublasLt cublas = Cublas.functions();
      return new Handle(cublas, cublas.create("cublasLtCreate"), new ConcurrentHashMap<>());
    }

    MatmulPlan plan(Matmul matmul) {
      return plans.computeIfAbsent(matmul, wanted -> new MatmulPlan(cublas, address, wanted));
    }
  }

  /// What there is of a plan of TornadoVM's.
  private record Context(long context, long stream, Handle handle) implements LibraryContext {
    /// Has a plan do something in this CUDA context.
    void with(Matmul matmul, Consumer<MatmulPlan> use) {
      try {
        handle.cublas().makeCurrent(context);
        use.accept(handle.plan(matmul));
      } catch (CublasException e) {
        throw new CublasException(
            "%s, in %s; -D%s=off computes without cuBLAS"
                .formatted(e.getMessage(), matmul, Cublas.PROPERTY),
            e);
      }
    }
  }

  @Override
  public String libraryName() {
    return Matmul.LIBRARY;
  }

  @Override
  public boolean canHandle(TornadoXPUDevice device) {
    return device instanceof TornadoNativeStreamSupport;
  }

  @Override
  public LibraryContext createContext(TornadoXPUDevice device, long executionPlanId) {
    TornadoNativeStreamSupport streams = (TornadoNativeStreamSupport) device;
    long context = streams.getNativeContext(executionPlanId);
    Handle handle =
        HANDLES.computeIfAbsent(
            context,
            current -> {
              Cublas.functions().makeCurrent(current);
              return Handle.create();
            });
    return new Context(context, streams.getNativeStream(executionPlanId), handle);
  }

  @Override
  public void prepare(LibraryTaskDescriptor descriptor, LibraryContext context) {
    ((Context) context).with((Matmul) descriptor.getTuning(), plan -> {});
  }

  @Override
  public void dispatch(String functionName, LibraryInvocation invocation) {
    Context context = (Context) invocation.getContext();
    context.with(
        (Matmul) invocation.getTuning(),
        plan ->
            plan.run(
                invocation.getDevicePointer(Matmul.RESULT),
                invocation.getDevicePointer(Matmul.ROWS),
                invocation.getDevicePointer(Matmul.WEIGHTS),
                invocation.getDevicePointer(Matmul.BIAS),
                invocation.getDevicePointer(Matmul.ADDED),
                invocation.getDevicePointer(Matmul.WORK),
                context.stream()));
  }

  @Override
  public void destroyContext(LibraryContext context) {}
}
