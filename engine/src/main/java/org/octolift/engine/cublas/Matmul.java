package org.octolift.engine.cublas;

import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/// A matrix product as cuBLASLt takes it, all matrices column by column:
/// `D = epilogue(op(A) · B + C + bias)`, C and D (m, n), op(A) (m, k), B (k, n), bias (m). Sums are
/// in FP32.
///
/// @param transposed whether A lies as (k, m)
/// @param lda numbers from one column of A to the next
/// @param ldb as {@code lda}
/// @param ldd as {@code lda}, of C too
/// @param operands of A and B
/// @param result of C, D and the bias
/// @param added whether there is C
public record Matmul(
    int m,
    int n,
    int k,
    boolean transposed,
    int lda,
    int ldb,
    int ldd,
    Numbers operands,
    Numbers result,
    boolean added,
    Epilogue epilogue) {
  /// The library that tasks ask for.
  static final String LIBRARY = "octolift/cublasLt";

  static final String FUNCTION = "matmul";

  /// Bytes of [#task]'s last array.
  public static final int WORKSPACE = 32 << 20;

  /// The arguments of [#task].
  static final int RESULT = 0;

  static final int ROWS = 1;
  static final int WEIGHTS = 2;
  static final int BIAS = 3;
  static final int ADDED = 4;
  static final int WORK = 5;

  /// Types of numbers, with their codes (`cudaDataType`).
  public enum Numbers {
    /// IEEE single precision.
    FP32(0, Float.BYTES),
    /// Brain float.
    BF16(14, Short.BYTES);

    private final int code;
    private final int bytes;

    Numbers(int code, int bytes) {
      this.code = code;
      this.bytes = bytes;
    }

    int code() {
      return code;
    }

    int bytes() {
      return bytes;
    }
  }

  /// What is done to sums before they are stored, with its code (`cublasLtEpilogue_t`).
  public enum Epilogue {
    /// Nothing.
    NONE(1),
    /// The bias is added.
    BIAS(4),
    /// `max(x, 0)`.
    RELU(2),
    /// The bias is added, then as [#RELU].
    RELU_BIAS(6),
    /// `x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³)))`, which is within 5e-4 of GELU.
    GELU(32),
    /// The bias is added, then as [#GELU].
    GELU_BIAS(36);

    private final int code;

    Epilogue(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    boolean isBiased() {
      return (code & 4) != 0;
    }
  }

  /// The product of rows, `y = epilogue(x · W + residual + bias)`: what lies row by row is,
  /// column by column, its own transpose, so `yᵀ = Wᵀ · xᵀ`.
  ///
  /// @param rows of x and y
  /// @param depth columns of x
  /// @param columns of y
  /// @param transposed whether the weights are (columns, depth) instead of (depth, columns)
  /// @param added whether there is a residual
  public static Matmul ofRows(
      int rows,
      int depth,
      int columns,
      boolean transposed,
      Numbers operands,
      Numbers result,
      boolean added,
      Epilogue epilogue) {
    return new Matmul(
        columns,
        rows,
        depth,
        transposed,
        transposed ? depth : columns,
        depth,
        columns,
        operands,
        result,
        added,
        epilogue);
  }

  /// The product as a library task.
  ///
  /// @param y written, D
  /// @param x not modified, B
  /// @param weights not modified, A
  /// @param bias not modified; anything without
  /// @param residual not modified, C; anything without
  /// @param workspace scratch, [#WORKSPACE]
  public LibraryTaskDescriptor task(
      TornadoNativeArray y,
      TornadoNativeArray x,
      TornadoNativeArray weights,
      TornadoNativeArray bias,
      TornadoNativeArray residual,
      TornadoNativeArray workspace) {
    return new LibraryTaskDescriptor()
        .withLibrary(LIBRARY)
        .withFunction(FUNCTION)
        .withParameters(new Object[] {y, x, weights, bias, residual, workspace})
        .withAccess(
            new Access[] {
              Access.WRITE_ONLY,
              Access.READ_ONLY,
              Access.READ_ONLY,
              Access.READ_ONLY,
              Access.READ_ONLY,
              Access.WRITE_ONLY
            })
        .withTuning(this);
  }
}
