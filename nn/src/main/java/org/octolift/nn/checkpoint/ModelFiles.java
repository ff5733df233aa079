package org.octolift.nn.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.octolift.engine.InputException;
import org.octolift.engine.io.InputFile;
import org.octolift.engine.io.NdArray;

/// Reads a model's tensors from any file that may hold them: our safetensors, and what torch.save
/// writes (the reference's `.model.pth` and `.solver.tar`, a `.pt`), zip or legacy. What a file is
/// follows from its first bytes, not from its name.
public final class ModelFiles {
  /// The entry that holds the model where others stand beside it: in the reference's `.solver.tar`,
  /// in training states of DPT.
  private static final List<String> MODELS = List.of("model_dict", "model");

  /// A safetensors file's header begins after its length.
  private static final int HEADER_START = 8;

  private ModelFiles() {}

  /// The tensors of the model in {@code file} by name, in the order of the file.
  ///
  /// @throws InputException when the file is damaged or holds no model
  public static SequencedMap<String, NdArray> read(Path file) throws IOException {
    if (isSafetensors(file)) {
      try (Safetensors tensors = Safetensors.open(file)) {
        return tensors.tensors();
      }
    }
    if (!recognises(file)) {
      throw InputException.in(
          file, "expected a model, a safetensors file or one of torch.save; found other data");
    }
    Object saved = TorchFile.read(file);
    if (saved instanceof Map<?, ?> all) {
      for (String key : MODELS) {
        if (all.get(key) instanceof Map<?, ?> model) {
          return TorchFile.stateDict(file + ": " + key, model);
        }
      }
    }
    return TorchFile.stateDict(file.toString(), saved);
  }

  /// Whether {@code file} begins like a safetensors file.
  ///
  /// @throws InputException when there is no such file
  public static boolean isSafetensors(Path file) throws IOException {
    return start(file)[HEADER_START] == '{';
  }

  /// Whether {@code file} begins like a safetensors file or one of torch.save.
  ///
  /// @throws InputException when there is no such file
  public static boolean recognises(Path file) throws IOException {
    byte[] start = start(file);
    boolean zip = start[0] == 'P' && start[1] == 'K';
    boolean pickle = start[0] == (byte) 0x80;
    return zip || pickle || start[HEADER_START] == '{';
  }

  private static byte[] start(Path file) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(HEADER_START + 1);
    try (FileChannel channel = InputFile.open(file)) {
      channel.read(start);
    }
    return start.array();
  }
}
