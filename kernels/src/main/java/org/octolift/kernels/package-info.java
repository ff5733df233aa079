/// Kernels: public static loops over `FloatArray` and `IntArray`, one family a class. A loop is the
/// specification of its operator, runs as plain Java, and is what TornadoVM compiles for a GPU.
///
/// Arguments are the outputs, the inputs, `counts` and scalars. Arrays have room for a capacity;
/// `counts.get(slot)` is the number of rows in use, so every body is guarded by it. Matrices are
/// (rows, channels) row-major. Where a body is also called from the CPU device it is a small method
/// of its own: `…At` for one element, `…Row` for one row, `…Chunk` for one part of a reduction.
/// Nothing is checked here: the ops in `engine` do that.
package org.octolift.kernels;
