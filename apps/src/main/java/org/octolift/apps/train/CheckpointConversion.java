package org.octolift.apps.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.Script;
import org.octolift.engine.InputException;
import org.octolift.engine.RandomSource;
import org.octolift.engine.io.NdArray;
import org.octolift.nn.checkpoint.ModelFiles;
import org.octolift.nn.checkpoint.Safetensors;
import org.octolift.nn.checkpoint.StateDict;
import org.octolift.nn.checkpoint.TorchFile;
import org.octolift.nn.checkpoint.WeightLayout;

/// Rewrites a checkpoint in another format or layout. Values are moved, never changed. What is
/// written follows from the name: weights alone (`.pth`, `.pt`, `.safetensors`), or the whole state
/// of a run (`.solver.tar`, `.solver.json`).
public final class CheckpointConversion {
  private static final String SETTINGS = "all_configs.yaml";

  private final Optional<WeightLayout> layout;
  private final Optional<Path> config;

  /// @param layout of the weights that are written; none: that of those that are read
  /// @param config the run's settings: networks are compared with its `MODEL`, and `.solver.tar`
  ///     gets its `SOLVER`
  public CheckpointConversion(Optional<WeightLayout> layout, Optional<Path> config) {
    this.layout = layout;
    this.config = config;
  }

  /// Converts {@code in} to {@code out}.
  ///
  /// @return what was written, for the console
  /// @throws InputException when the input is damaged or of another network, or the formats do not
  ///     go together
  public String convert(Path in, Path out) throws IOException {
    if (SavedState.isIn(out)) {
      return convertState(in, out);
    }
    String name = out.toString().toLowerCase(Locale.ROOT);
    boolean torch = name.endsWith(".pth") || name.endsWith(".pt");
    if (!torch && !name.endsWith(".safetensors")) {
      throw InputException.in(
          out,
          "expected a name that says the format: .pth, .pt or .safetensors for weights,"
              + " .solver.tar or .solver.json for the state of a run");
    }
    Map<String, NdArray> read =
        ModelFiles.read(SavedState.isOurs(in) ? Checkpoints.read(in).model() : in);
    SequencedMap<String, NdArray> weights = laidOut(in, read);
    if (torch) {
      TorchFile.write(out, weights);
    } else {
      Safetensors.write(out, weights, Map.of("format", "octolift"));
    }
    long values = weights.values().stream().mapToLong(NdArray::size).sum();
    return "%s: %,d tensors, %,d values".formatted(out, weights.size(), values);
  }

  private SequencedMap<String, NdArray> laidOut(Path in, Map<String, NdArray> weights) {
    if (config.isPresent()) {
      requireNetwork(in, StateDict.ordered(WeightLayout.REFERENCE.convert(in.toString(), weights)));
    }
    return StateDict.ordered(
        layout.isEmpty() ? weights : layout.get().convert(in.toString(), weights));
  }

  /// Compares names and shapes with the network of the configuration.
  private void requireNetwork(Path in, Map<String, NdArray> weights) {
    StateDict.load(
        Networks.create(settings(config.get()).model(), RandomSource.of(0)).parameters(),
        weights,
        in);
  }

  private String convertState(Path in, Path out) throws IOException {
    if (!SavedState.isIn(in)) {
      throw InputException.in(
          in, "holds no state of a run; expected a .solver.json or a .solver.tar to make " + out);
    }
    if (layout.isPresent() && layout.get() != WeightLayout.REFERENCE) {
      throw InputException.in(
          out, "the state of a run has the layout reference; --layout is for weights alone");
    }
    SavedState saved = SavedState.read(in);
    if (config.isPresent()) {
      requireNetwork(in, saved.model());
    }
    if (SavedState.isReference(out)) {
      SolverTar.write(out, saved, settings(config.orElseGet(() -> settingsOf(in))).solver());
    } else {
      String name = String.format(Locale.ROOT, "%05d.solver.json", saved.number());
      if (!out.getFileName().toString().equals(name)) {
        throw InputException.in(out, "expected the name %s, that of its epoch".formatted(name));
      }
      saved.save(Checkpoints.in(out.toAbsolutePath().getParent()));
    }
    return "%s: the state %s epoch %d"
        .formatted(out, saved.part().isPresent() ? "within" : "after", saved.number());
  }

  private static RunConfig settings(Path file) {
    return RunConfig.load(
        Script.SEGMENTATION,
        Optional.of(file),
        List.of(),
        "octolift convert",
        LocalDateTime.now(ZoneId.systemDefault()));
  }

  /// The settings of the run that {@code checkpoint} lies in.
  private static Path settingsOf(Path checkpoint) {
    Path folder = checkpoint.toAbsolutePath().getParent();
    Path file = folder.resolveSibling(SETTINGS);
    if (!Files.exists(file)) {
      throw InputException.in(
          checkpoint,
          "the learning rate and the like are in the run's %s, which is not in %s; name it with --config"
              .formatted(SETTINGS, file.getParent()));
    }
    return file;
  }
}
