package org.octolift.engine.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.MethodHandleEntry;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.DirectMethodHandleDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Kernels of tasks do not ask arrays for their sizes, which TornadoVM would compile in: compiled
/// kernels are shared by tasks whose arrays differ in size ([Precompilation]).
final class KernelSizesTest {
  private static final String KERNELS = "org/octolift/kernels/";

  private final Map<String, ClassModel> parsed = new HashMap<>();

  @Test
  void areNotAskedFor() throws IOException {
    Set<String> kernels = new HashSet<>();
    try (Stream<Path> files = Files.walk(Path.of("target/classes/org/octolift/engine"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
        ClassFile.of().parse(file).methods().forEach(method -> addKernels(method, kernels));
      }
    }
    assertThat(kernels).hasSizeGreaterThan(100);
    assertThat(kernels).filteredOn(kernel -> asks(kernel, new HashSet<>())).isEmpty();
  }

  /// Adds the kernels that a method refers to.
  private static void addKernels(MethodModel method, Set<String> kernels) {
    method
        .code()
        .ifPresent(
            code -> {
              for (var element : code) {
                if (element instanceof InvokeDynamicInstruction indy) {
                  indy.invokedynamic().bootstrap().arguments().stream()
                      .filter(MethodHandleEntry.class::isInstance)
                      .map(handle -> ((MethodHandleEntry) handle).asSymbol())
                      .filter(DirectMethodHandleDesc.class::isInstance)
                      .map(DirectMethodHandleDesc.class::cast)
                      .map(to -> name(to.owner().descriptorString(), to.methodName()))
                      .filter(name -> name.startsWith(KERNELS))
                      .forEach(kernels::add);
                }
              }
            });
  }

  private static String name(String owner, String method) {
    return owner.substring(1, owner.length() - 1) + "." + method;
  }

  /// Whether a method, or one that it calls, asks for a size.
  private boolean asks(String kernel, Set<String> seen) {
    if (!seen.add(kernel)) {
      return false;
    }
    String owner = kernel.substring(0, kernel.indexOf('.'));
    for (MethodModel method : parsed.computeIfAbsent(owner, KernelSizesTest::parse).methods()) {
      if (method.methodName().equalsString(kernel.substring(owner.length() + 1))) {
        for (InvokeInstruction call : calls(method)) {
          String called = call.owner().asInternalName() + "." + call.name().stringValue();
          if (called.endsWith(".getSize") || (called.startsWith(KERNELS) && asks(called, seen))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static List<InvokeInstruction> calls(MethodModel method) {
    return method.code().stream()
        .flatMap(code -> code.elementStream())
        .filter(InvokeInstruction.class::isInstance)
        .map(InvokeInstruction.class::cast)
        .toList();
  }

  private static ClassModel parse(String name) {
    try (var in = KernelSizesTest.class.getClassLoader().getResourceAsStream(name + ".class")) {
      return ClassFile.of().parse(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
