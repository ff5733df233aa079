package org.octolift.apps.transfer;

import java.util.List;

/// A transfer that takes little time and learns nothing.
public final class TinyTransfer {
  /// Two rooms of each kind, three to test on: one of each type.
  public static final TransferScale SCALE = new TransferScale(1, 2, 2, 1, 2, 20, 1, 3);

  /// A tiny network.
  public static final List<String> NETWORK =
      List.of(
          "SOLVER.test_every_epoch", "1",
          "DATA.train.depth", "4",
          "DATA.test.depth", "4",
          "MODEL.depth", "4",
          "MODEL.encoder_channel", "(4, 4)",
          "MODEL.encoder_blocks", "1,",
          "MODEL.decoder_channel", "(4, 4)",
          "MODEL.decoder_blocks", "1,",
          "MODEL.head_channel", "4");

  private TinyTransfer() {}
}
