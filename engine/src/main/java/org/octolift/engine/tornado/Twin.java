package org.octolift.engine.tornado;

import org.octolift.engine.Value;
import org.octolift.kernels.gpu.HalfOperands;
import org.octolift.kernels.gpu.HalfPanels;
import org.octolift.kernels.gpu.PlainRows;

/// A copy of a value in BF16, laid out for products: made once, where it can by the op that writes
/// the value, and read by all that multiply it.
///
/// @param value the float value
/// @param layout of the copy
/// @param table of neighbours whose order the rows of [Layout#COLUMNS] have; null for their own
public record Twin(Value value, Layout layout, Value table) {
  /// How numbers lie.
  public enum Layout {
    /// [HalfOperands#rows]: what convolutions gather. Rows from the count to the capacity are
    /// undefined.
    ROWS,
    /// [HalfOperands#columns]: what a gradient to weights multiplies by gathered rows. Rows behind
    /// the last block are undefined.
    COLUMNS,
    /// [HalfPanels#rows]: what dense products read.
    PANELS,
    /// [PlainRows#rows]: what a library reads, and writes. Rows from the count on are undefined.
    PLAIN
  }

  /// The rows of a value.
  public static Twin rows(Value value) {
    return new Twin(value, Layout.ROWS, null);
  }

  /// The columns of blocks of rows.
  ///
  /// @param table of neighbours by which rows are ordered, or null
  public static Twin columns(Value value, Value table) {
    return new Twin(value, Layout.COLUMNS, table);
  }

  /// The panels of a value.
  public static Twin panels(Value value) {
    return new Twin(value, Layout.PANELS, null);
  }

  /// The rows of a value as libraries take them.
  public static Twin plain(Value value) {
    return new Twin(value, Layout.PLAIN, null);
  }

  /// Longs of a copy of {@code capacity} rows.
  int longs(int capacity) {
    return switch (layout) {
      case ROWS -> HalfOperands.rowLongs(capacity, value.channels(), HalfOperands.BF16);
      case COLUMNS -> HalfOperands.columnLongs(capacity, value.channels(), HalfOperands.BF16);
      case PANELS -> HalfPanels.longs(capacity, value.channels());
      case PLAIN -> PlainRows.longs(capacity, value.channels());
    };
  }

  /// Appends the task that makes the copy from the floats.
  public void convert(Lowering tasks) {
    int channels = value.channels();
    int capacity = tasks.capacity(value.rows());
    int padded = HalfOperands.padded(channels);
    if (layout == Layout.ROWS) {
      tasks
          .graph()
          .task(
              tasks.id("halfRows", Lowering.loop((capacity + 2) * padded / 4)),
              HalfOperands::rows,
              tasks.twin(this),
              tasks.floats(value),
              tasks.counts(),
              tasks.slot(value.rows()),
              channels,
              padded,
              capacity,
              HalfOperands.BF16);
    } else if (layout == Layout.PLAIN) {
      int panelRows = HalfPanels.panelRows(capacity);
      tasks
          .graph()
          .task(
              tasks.id("plainRows", Lowering.loop(panelRows * channels / 4)),
              PlainRows::rows,
              tasks.twin(this),
              tasks.floats(value),
              tasks.counts(),
              tasks.slot(value.rows()),
              channels,
              panelRows);
    } else {
      int panelRows = HalfPanels.panelRows(capacity);
      tasks
          .graph()
          .task(
              tasks.id("halfPanels", Lowering.loop(panelRows * padded / 4)),
              HalfPanels::rows,
              tasks.twin(this),
              tasks.floats(value),
              tasks.counts(),
              tasks.slot(value.rows()),
              channels,
              padded,
              panelRows);
    }
  }
}
