package uk.ac.manchester.tornado.api.enums;

import java.util.Locale;

/// Shape of a matrix multiplication that a warp does in one instruction.
public enum MMAShape {
  /// (16, 16) · (16, 8), FP16 or BF16 in, FP32 out.
  M16N8K16;

  /// The shape's name in PTX.
  public String getPtxName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
