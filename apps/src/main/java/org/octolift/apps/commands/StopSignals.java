package org.octolift.apps.commands;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// Ctrl-C (SIGINT) and SIGTERM as requests to stop: the first is remembered, for somebody to ask
/// with [#requested]; the second ends the process at once.
///
/// The JDK offers no supported way to receive signals but `sun.misc.Signal`, which the compiler
/// warns of; so it is called by reflection. Where it is missing, signals end the process at once.
final class StopSignals implements AutoCloseable {
  private static final int EXIT_BASE = 128;
  private static final List<String> NAMES = List.of("INT", "TERM");

  private final AtomicInteger received = new AtomicInteger();
  private final PrintWriter err;

  /// The handlers that were there before, by signal.
  private final Map<Object, Object> previous = new LinkedHashMap<>();

  private StopSignals(PrintWriter err) {
    this.err = err;
  }

  /// Listens until closed.
  ///
  /// @param err is told that the request was heard
  static StopSignals listen(PrintWriter err) {
    StopSignals signals = new StopSignals(err);
    try {
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler body =
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "handle" -> signals.handle(arguments[0]);
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "stop signals";
              };
      Object ours =
          Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, body);
      for (String name : NAMES) {
        Object signal =
            Class.forName("sun.misc.Signal").getConstructor(String.class).newInstance(name);
        signals.previous.put(signal, set(signal, ours));
      }
    } catch (ReflectiveOperationException e) {
      err.println("octolift: cannot listen for Ctrl-C (" + e + "): it will end the run at once");
    }
    return signals;
  }

  private static Object set(Object signal, Object handler) throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.misc.SignalHandler");
    return signal
        .getClass()
        .getMethod("handle", signal.getClass(), type)
        .invoke(null, signal, handler);
  }

  private Object handle(Object signal) throws ReflectiveOperationException {
    int number = (int) signal.getClass().getMethod("getNumber").invoke(signal);
    if (!received.compareAndSet(0, number)) {
      Runtime.getRuntime().halt(EXIT_BASE + number);
    }
    err.println();
    err.println("octolift: stopping after this step; once more to stop at once");
    err.flush();
    return null;
  }

  /// Whether it is time to stop.
  boolean requested() {
    return received.get() != 0;
  }

  /// The exit code of a process that a signal ended: 130 for Ctrl-C.
  int exitCode() {
    return EXIT_BASE + received.get();
  }

  /// Signals do again what they did before.
  @Override
  public void close() {
    for (Map.Entry<Object, Object> entry : new ArrayList<>(previous.entrySet())) {
      try {
        set(entry.getKey(), entry.getValue());
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
