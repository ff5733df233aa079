package org.octolift.apps.config;

import static org.octolift.apps.config.InvalidSetting.require;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import org.octolift.engine.InputException;
import org.octolift.engine.io.AtomicFile;

/// Everything that is set for a run. Settings are merged in the reference's order: defaults, the
/// program's presets, the YAML file, `KEY VALUE` pairs of the command line; then the alias is
/// appended to the run's directory and nothing changes any more.
///
/// @param solver section `SOLVER`
/// @param train section `DATA.train`
/// @param test section `DATA.test`
/// @param model section `MODEL`
/// @param loss section `LOSS`
/// @param settings all of it, for the record
public record RunConfig(
    SolverConfig solver,
    DataConfig train,
    DataConfig test,
    ModelConfig model,
    LossConfig loss,
    Settings settings) {
  /// The merged settings as they are written into the run's directory.
  public static final class Settings {
    private final ConfigTree tree;
    private final Optional<Path> file;

    private Settings(ConfigTree tree, Optional<Path> file) {
      this.tree = tree;
      this.file = file;
    }

    /// Keys of the file that nothing reads: perhaps misspelt. To be shown to the user.
    public List<String> warnings() {
      return tree.warnings();
    }

    /// Copies the YAML file into {@code directory} and writes `all_configs.yaml` beside it.
    ///
    /// @throws IOException when a file cannot be written
    public void writeTo(Path directory) throws IOException {
      if (file.isPresent()) {
        byte[] source = Files.readAllBytes(file.get());
        AtomicFile.write(
            directory.resolve(file.get().getFileName().toString()), out -> out.write(source));
      }
      ConfigYaml.write(directory.resolve("all_configs.yaml"), tree);
    }
  }

  /// Merges and checks all settings.
  ///
  /// @param script whose presets apply
  /// @param file YAML file, if any
  /// @param pairs keys and values of the command line, alternating
  /// @param commandLine for the record (`SYS.cmds`)
  /// @param now replaces the word `time` of the alias
  /// @throws InputException naming the file or the command line, the key, what was expected and
  /// what was found
  public static RunConfig load(
      Script script,
      Optional<Path> file,
      List<String> pairs,
      String commandLine,
      LocalDateTime now) {
    ConfigTree tree = new ConfigTree();
    tree.preset(script.presets());
    file.ifPresent(tree::mergeFile);
    tree.mergePairs(pairs);
    tree.applyAlias(now);
    tree.freeze(commandLine);
    try {
      RunConfig config =
          new RunConfig(
              SolverConfig.of(tree),
              DataConfig.of("DATA.train", tree),
              DataConfig.of("DATA.test", tree),
              ModelConfig.of(tree),
              LossConfig.of(tree),
              new Settings(tree, file));
      config.checkSections();
      return config;
    } catch (InvalidSetting e) {
      throw new InputException(tree.origin(e.key()) + ": " + e.getMessage(), e);
    }
  }

  /// Text, such as a path, as a value of a `KEY VALUE` pair: it is not taken for a number, say.
  public static String quoted(String text) {
    return PythonLiteral.write(text);
  }

  /// The sections that this run reads must agree.
  private void checkSections() {
    require(
        loss.classes() <= model.classes(),
        "LOSS.num_class",
        "at most MODEL.nout, " + model.classes(),
        loss.classes());
    if (usesTraining()) {
      checkDepth(train);
    }
    checkDepth(test);
  }

  private void checkDepth(DataConfig data) {
    require(
        data.disabled() || data.octree().depth() == model.depth(),
        data.section() + ".depth",
        "MODEL.depth, " + model.depth(),
        data.octree().depth());
  }

  /// The same settings with another training section.
  public RunConfig withTrain(DataConfig other) {
    return new RunConfig(solver, other, test, model, loss, settings);
  }

  /// Whether this run reads the training set.
  public boolean usesTraining() {
    return solver.run() == SolverConfig.Run.TRAIN || solver.run() == SolverConfig.Run.PROFILE;
  }
}
