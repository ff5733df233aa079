package org.octolift.engine.cublas;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.octolift.engine.InputException;

/// Where cuBLAS is.
public final class Cublas {
  /// The system property that switches cuBLAS off (`off`), or names the file or the folder of the
  /// library. Without, it is looked for as the system does and in CUDA's toolkit.
  public static final String PROPERTY = "octolift.cublas";

  private static final String OFF = "off";
  private static final Path TOOLKIT = Path.of("/usr/local/cuda/lib64");
  private static final List<String> NAMES =
      List.of("libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so");

  /// What was found, null before it is looked for.
  private static Optional<Library> found;

  private static CublasLt functions;

  private Cublas() {}

  /// The library, loaded.
  ///
  /// @param name file, or the name by which the system found it
  record Library(String name, SymbolLookup symbols) {}

  /// Whether products can be computed by cuBLAS: it was found, and not switched off.
  ///
  /// @throws InputException if it is not where [#PROPERTY] says
  public static boolean isThere() {
    return find().isPresent();
  }

  /// Version and file of the library; empty if there is none or it is switched off.
  ///
  /// @throws InputException if it is not where [#PROPERTY] says
  public static Optional<String> description() {
    return find()
        .map(
            library ->
                "cuBLASLt %s (%s)"
                    .formatted(text(CublasLt.version(library.symbols())), library.name()));
  }

  /// The library's functions.
  static synchronized CublasLt functions() {
    if (functions == null) {
      SymbolLookup library = find().orElseThrow().symbols();
      functions = new CublasLt(library, load("libcuda.so.1").orElse(null));
    }
    return functions;
  }

  static synchronized Optional<Library> find() {
    if (OFF.equals(System.getProperty(PROPERTY))) {
      return Optional.empty();
    }
    if (found == null) {
      found = search(System.getProperty(PROPERTY));
    }
    return found;
  }

  /// A version such as 130101: major, minor and patch.
  static String text(long version) {
    return "%d.%d.%d".formatted(version / 10_000, version / 100 % 100, version % 100);
  }

  /// @param given file or folder, or null
  static Optional<Library> search(String given) {
    for (String candidate : candidates(given)) {
      Optional<SymbolLookup> symbols = load(candidate);
      if (symbols.isPresent()) {
        return Optional.of(new Library(candidate, symbols.get()));
      }
    }
    if (given != null) {
      throw new InputException(
          "%s: expected off, or the file or folder of libcublasLt, got %s, where none can be loaded"
              .formatted(PROPERTY, given));
    }
    return Optional.empty();
  }

  /// What to try to load.
  private static List<String> candidates(String given) {
    if (given != null) {
      return Files.isDirectory(Path.of(given)) ? in(Path.of(given)) : List.of(given);
    }
    List<String> candidates = new ArrayList<>(NAMES);
    String toolkit = System.getenv("CUDA_PATH");
    if (toolkit != null) {
      candidates.addAll(in(Path.of(toolkit, "lib64")));
    }
    candidates.addAll(in(TOOLKIT));
    return candidates;
  }

  private static List<String> in(Path folder) {
    return NAMES.stream().map(name -> folder.resolve(name).toString()).toList();
  }

  @SuppressWarnings("restricted") // native code is what this is for
  private static Optional<SymbolLookup> load(String name) {
    try {
      return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
    } catch (IllegalArgumentException _) {
      return Optional.empty(); // there is no such library, or one of those that it needs
    }
  }
}
