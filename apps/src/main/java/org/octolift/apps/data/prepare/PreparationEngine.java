package org.octolift.apps.data.prepare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.octolift.engine.InputException;

/// Does the steps of a [Preparation] elsewhere, on a cluster say. Engines are found as services, so
/// that only those who use one carry its libraries.
public interface PreparationEngine {
  /// Its name on the command line.
  String name();

  /// As [LocalPreparation#run]: does what has not been done, reports failures, writes the lists.
  ///
  /// @param input folder of the original files, in the engine's own notation
  /// @param output folder to write to, likewise
  /// @param overwrite whether finished steps are done again
  PreparationResult run(Preparation preparation, String input, String output, boolean overwrite)
      throws IOException;

  /// The engine of this name.
  ///
  /// @throws InputException when there is none
  static PreparationEngine named(String name) {
    List<String> known = new ArrayList<>(List.of("local"));
    for (PreparationEngine engine : ServiceLoader.load(PreparationEngine.class)) {
      if (engine.name().equals(name)) {
        return engine;
      }
      known.add(engine.name());
    }
    throw new InputException(
        "--on %s: there is no such engine here, only %s; Spark comes with ./octolift ... --on spark"
                .formatted(name, String.join(", ", known))
            + " or mvn -Pspark package");
  }
}
