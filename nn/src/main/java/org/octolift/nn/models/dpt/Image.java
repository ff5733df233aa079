package org.octolift.nn.models.dpt;

import org.octolift.engine.Grid;
import org.octolift.engine.Value;

/// A value whose rows are pixels.
///
/// @param value (pixels, channels)
/// @param grid which pixels the rows are
public record Image(Value value, Grid grid) {
  /// Checks the rows.
  public Image {
    if (!value.rows().equals(grid.rows())) {
      throw new IllegalArgumentException("%s is no image of %s".formatted(value, grid));
    }
  }
}
