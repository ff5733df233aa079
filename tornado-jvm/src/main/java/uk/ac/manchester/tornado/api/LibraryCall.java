package uk.ac.manchester.tornado.api;

import java.util.Arrays;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryContext;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryInvocation;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoLibraryProvider;

/// A function of a native library as a kernel: a provider that serves this JVM executes it on the
/// addresses of the arrays. A provider has one context for all plans.
record LibraryCall(LibraryTaskDescriptor descriptor) implements TaskOverloads.Kernel {
  private static final Map<TornadoLibraryProvider, LibraryContext> CONTEXTS =
      new ConcurrentHashMap<>();

  @Override
  public void run(Object[] arguments) {
    TornadoXPUDevice device =
        (TornadoXPUDevice) TornadoRuntimeProvider.getTornadoRuntime().getDefaultDevice();
    TornadoLibraryProvider provider = provider(device);
    LibraryContext context =
        CONTEXTS.computeIfAbsent(provider, found -> found.createContext(device, 0));
    provider.prepare(descriptor, context);
    long[] pointers =
        Arrays.stream(arguments)
            .mapToLong(
                argument ->
                    argument instanceof TornadoNativeArray array ? array.getSegment().address() : 0)
            .toArray();
    boolean[] arrays = new boolean[arguments.length];
    for (int i = 0; i < arrays.length; i++) {
      arrays[i] = arguments[i] instanceof TornadoNativeArray;
    }
    provider.dispatch(
        descriptor.getFunctionName(),
        new LibraryInvocation(
            arguments, pointers, arrays, device, 0, context, descriptor.getTuning()));
  }

  private TornadoLibraryProvider provider(TornadoXPUDevice device) {
    for (TornadoLibraryProvider provider : Providers.ALL) {
      if (provider.libraryName().equals(descriptor.getLibraryName())
          && provider.canHandle(device)) {
        return provider;
      }
    }
    throw new TornadoRuntimeException(
        "no provider of the library %s serves %s"
            .formatted(descriptor.getLibraryName(), device.getDeviceName()));
  }

  private static final class Providers {
    private static final Iterable<TornadoLibraryProvider> ALL =
        ServiceLoader.load(TornadoLibraryProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
  }
}
