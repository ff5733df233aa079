package org.octolift.engine.tornado;

/// The numbers that a GPU multiplies in convolutions; sums, and all other ops, are in FP32.
public enum Precision {
  /// 24 significant bits.
  FP32,

  /// Operands rounded to 8 significant bits, on tensor cores; layers that do not fit those stay in
  /// FP32. The range is that of FP32, so that losses need no scaling.
  BF16,

  /// Operands split in two parts of 8 significant bits, three products for one: 16 significant
  /// bits, where TF32 has 11. On tensor cores, with the range of FP32.
  BF16X3
}
