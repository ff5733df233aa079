package org.octolift.apps.dpt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.octolift.apps.report.Ade20k;
import org.octolift.engine.InputException;
import org.octolift.nn.checkpoint.ModelFiles;
import org.octolift.nn.checkpoint.StateDict;
import org.octolift.nn.models.dpt.DptHybrid;

/// The published weights of DPT, which users download.
public final class DptWeights {
  /// The file of DPT-Hybrid for ADE20K's classes.
  public static final String SEGMENTATION = "dpt_hybrid-ade20k-53898607.pt";

  private static final String RELEASE = "https://github.com/isl-org/DPT/releases/tag/1_0";

  private DptWeights() {}

  /// Loads DPT-Hybrid with 150 classes.
  ///
  /// @throws InputException when the file is missing, damaged or of another network
  public static DptHybrid segmentation(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw InputException.in(
          file,
          "expected the weights %s, found no such file; download it from %s"
              .formatted(SEGMENTATION, RELEASE));
    }
    DptHybrid model = new DptHybrid(Ade20k.names().size());
    StateDict.load(model.parameters(), ModelFiles.read(file), file);
    return model;
  }
}
