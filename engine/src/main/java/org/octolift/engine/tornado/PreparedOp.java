package org.octolift.engine.tornado;

/// An op of whose work a part depends on nothing but constants: packed weights, tables.
public interface PreparedOp extends DeviceOp {
  /// Appends the tasks of that part, which run once after each upload of variables; what they write
  /// are the arrays of [Lowering#onceLongs] and [Lowering#onceInts].
  void prepare(Lowering tasks);
}
