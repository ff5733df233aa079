package org.octolift.apps.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.octolift.engine.InputException;
import org.octolift.engine.io.AtomicFile;
import org.octolift.engine.io.Json;

/// The checkpoints of a run, in `logdir/checkpoints`. That of epoch 80 is three files:
///
/// - `00080.model.safetensors`: parameters and statistics of the network;
/// - `00080.solver.safetensors`: the optimiser's and other networks' tensors;
/// - `00080.solver.json`: epoch, step, random state, and the sizes of the other two. It is written
///   last and removed first: a checkpoint without it does not count.
public final class Checkpoints {
  private static final int FORMAT = 1;
  private static final Pattern NAME =
      Pattern.compile("([0-9]{5,9})\\.(model\\.safetensors|solver\\.safetensors|solver\\.json)");
  private static final String FORMAT_FIELD = "format";
  private static final String EPOCH_FIELD = "epoch";
  private static final String BYTES_FIELD = "bytes";
  private static final String STATE_FIELD = "state";

  /// Writes tensors to the file it is given.
  @FunctionalInterface
  public interface TensorWriter {
    /// Writes the whole of {@code file} or nothing.
    void write(Path file) throws IOException;
  }

  /// A complete checkpoint.
  ///
  /// @param epoch last epoch trained
  /// @param model file of the network's tensors
  /// @param solver file of the solver's tensors
  /// @param state what was saved beside the tensors: the values of [Json]
  public record Saved(int epoch, Path model, Path solver, Map<String, Object> state) {}

  private final Path directory;
  private final int kept;

  /// @param logdir the run's directory
  /// @param count the configuration's `SOLVER.ckpt_num`: files that the clean-up keeps, where an
  /// epoch counts as two, the reference's model and solver
  public Checkpoints(Path logdir, int count) {
    this.directory = logdir.resolve("checkpoints");
    this.kept = Math.ceilDiv(count, 2);
  }

  private Checkpoints(Path directory) {
    this.directory = directory;
    this.kept = Integer.MAX_VALUE;
  }

  /// The checkpoints of a folder, all of which are kept.
  public static Checkpoints in(Path folder) {
    return new Checkpoints(folder);
  }

  /// Removes all but the last checkpoints, then saves that of {@code epoch}; so one more than the
  /// count lies there afterwards, as with the reference.
  ///
  /// @param state values that [Json] can write
  public void save(int epoch, TensorWriter model, TensorWriter solver, Map<String, ?> state)
      throws IOException {
    Files.createDirectories(directory);
    prune();
    removeLeftovers();
    Path description = file(epoch, "solver.json");
    Files.deleteIfExists(description);
    Path modelFile = file(epoch, "model.safetensors");
    Path solverFile = file(epoch, "solver.safetensors");
    model.write(modelFile);
    solver.write(solverFile);
    Map<String, Object> content = new LinkedHashMap<>();
    content.put(FORMAT_FIELD, FORMAT);
    content.put(EPOCH_FIELD, epoch);
    content.put(BYTES_FIELD, List.of(Files.size(modelFile), Files.size(solverFile)));
    content.put(STATE_FIELD, state);
    byte[] json =
        Json.writeIndented(content, Json.NonFinite.REFUSED).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(description, out -> out.write(json));
  }

  /// The latest complete checkpoint of the run; none in a new run.
  ///
  /// @throws InputException when its files do not belong together
  public Optional<Saved> latest() throws IOException {
    SortedSet<Integer> complete = epochs(true);
    return complete.isEmpty()
        ? Optional.empty()
        : Optional.of(read(file(complete.last(), "solver.json")));
  }

  /// The epoch of the latest checkpoint, without a look into its files.
  public OptionalInt latestEpoch() throws IOException {
    SortedSet<Integer> complete = epochs(true);
    return complete.isEmpty() ? OptionalInt.empty() : OptionalInt.of(complete.last());
  }

  /// The checkpoint that the file {@code description} (`NNNNN.solver.json`) completes.
  ///
  /// @throws InputException when it is no such file, or those beside it are missing or have another
  /// size
  public static Saved read(Path description) throws IOException {
    Matcher name = NAME.matcher(description.getFileName().toString());
    if (!name.matches() || !name.group(2).equals("solver.json")) {
      throw InputException.in(description, "expected a checkpoint's file NNNNN.solver.json");
    }
    if (!(Json.parse(description) instanceof Map<?, ?> content)
        || !(content.get(FORMAT_FIELD) instanceof Long format)
        || !(content.get(EPOCH_FIELD) instanceof Long epoch)
        || !(content.get(BYTES_FIELD) instanceof List<?> bytes)
        || bytes.size() != 2
        || !(content.get(STATE_FIELD) instanceof Map<?, ?> values)) {
      throw InputException.in(
          description,
          "expected format, epoch, bytes of two files and state; delete the checkpoint");
    }
    if (format != FORMAT) {
      throw InputException.in(
          description,
          "has format %d, this program reads format %d: use the program that wrote it"
              .formatted(format, FORMAT));
    }
    if (epoch != Long.parseLong(name.group(1))) {
      throw InputException.in(description, "holds epoch " + epoch + ": was it renamed?");
    }
    Map<String, Object> state = new LinkedHashMap<>();
    values.forEach((key, value) -> state.put((String) key, value));
    Path model = description.resolveSibling(name.group(1) + ".model.safetensors");
    Path solver = description.resolveSibling(name.group(1) + ".solver.safetensors");
    requireSize(model, bytes.get(0));
    requireSize(solver, bytes.get(1));
    return new Saved(epoch.intValue(), model, solver, state);
  }

  private static void requireSize(Path file, Object bytes) throws IOException {
    long actual;
    try {
      actual = Files.size(file);
    } catch (NoSuchFileException e) {
      throw new InputException(
          file + ": this part of a checkpoint is missing; delete the other parts to go on", e);
    }
    if (!bytes.equals(actual)) {
      throw InputException.in(
          file,
          "expected %s bytes, has %d: not the file that was saved; delete the checkpoint"
              .formatted(bytes, actual));
    }
  }

  /// Removes what is older than the last complete checkpoints. Parts of a later, incomplete one
  /// stay: training that goes on writes them again.
  private void prune() throws IOException {
    List<Integer> complete = new ArrayList<>(epochs(true));
    if (complete.size() <= kept) {
      return;
    }
    for (int epoch : epochs(false).headSet(complete.get(complete.size() - kept))) {
      remove(epoch);
    }
  }

  /// Removes the checkpoint of {@code epoch}, if there is one.
  public void remove(int epoch) throws IOException {
    Files.deleteIfExists(file(epoch, "solver.json"));
    Files.deleteIfExists(file(epoch, "solver.safetensors"));
    Files.deleteIfExists(file(epoch, "model.safetensors"));
  }

  /// Removes the temporary files of processes that were killed while they wrote.
  private void removeLeftovers() throws IOException {
    List<Path> leftovers = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      files.filter(AtomicFile::isLeftover).forEach(leftovers::add);
    }
    for (Path leftover : leftovers) {
      Files.deleteIfExists(leftover);
    }
  }

  private SortedSet<Integer> epochs(boolean complete) throws IOException {
    SortedSet<Integer> epochs = new TreeSet<>();
    if (!Files.isDirectory(directory)) {
      return epochs;
    }
    try (Stream<Path> files = Files.list(directory)) {
      files.forEach(
          path -> {
            Matcher name = NAME.matcher(path.getFileName().toString());
            if (name.matches() && (!complete || name.group(2).equals("solver.json"))) {
              epochs.add(Integer.parseInt(name.group(1)));
            }
          });
    }
    return epochs;
  }

  private Path file(int epoch, String suffix) {
    return directory.resolve(String.format(Locale.ROOT, "%05d.%s", epoch, suffix));
  }
}
