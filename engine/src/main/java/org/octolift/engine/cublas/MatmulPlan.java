package org.octolift.engine.cublas;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/// cuBLASLt's descriptors of a product, and the algorithm that it proposes for it. Made once for
/// each product, and kept. Safe for use by several threads.
final class MatmulPlan {
  // cublasLtMatmulDescAttributes_t
  private static final int TRANSPOSE_A = 3;
  private static final int EPILOGUE = 7;
  private static final int BIAS_POINTER = 8;

  // cublasLtMatmulPreferenceAttributes_t
  private static final int MOST_WORKSPACE = 1;
  private static final int REDUCTION_SCHEMES = 3;
  private static final int ALIGNMENT_A = 5;
  private static final int ALIGNMENT_D = 8;

  /// The code of FP32 sums without shorter products (`CUBLAS_COMPUTE_32F`).
  private static final int COMPUTE = 68;

  /// Parts of the depth may be added by a kernel of their own (`…_SCHEME_COMPUTE_TYPE`), but not
  /// in place, where their order could change from run to run.
  private static final int REDUCTION = 2;

  /// The bytes of `cublasLtMatmulHeuristicResult_t`, which begins with an algorithm.
  private static final long HEURISTIC = 96;

  /// Where it has the algorithm's status, which is zero if that can be used.
  private static final long STATUS = 72;

  /// What the address of the workspace is a multiple of.
  private static final int WORKSPACE_ALIGNMENT = 256;

  private static final long WORKSPACE = Matmul.WORKSPACE - WORKSPACE_ALIGNMENT;

  /// What addresses of arrays are multiples of: CUDA allocates at more than this.
  private static final int ALIGNMENT =
      Math.min(WORKSPACE_ALIGNMENT, Integer.lowestOneBit((int) TornadoNativeArray.ARRAY_HEADER));

  private final CublasLt cublas;
  private final MemorySegment handle;
  private final Matmul matmul;
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment number = arena.allocate(JAVA_LONG);
  private final MemorySegment one = arena.allocateFrom(JAVA_FLOAT, 1);
  private final MemorySegment zero = arena.allocateFrom(JAVA_FLOAT, 0);
  private final MemorySegment operation;
  private final MemorySegment a;
  private final MemorySegment b;
  private final MemorySegment d;
  private final MemorySegment algorithm;

  /// @param handle of cuBLASLt
  /// @throws CublasException if cuBLASLt has no algorithm for the product
  MatmulPlan(CublasLt cublas, MemorySegment handle, Matmul matmul) {
    this.cublas = cublas;
    this.handle = handle;
    this.matmul = matmul;
    int scale = Matmul.Numbers.FP32.code();
    operation = cublas.create("cublasLtMatmulDescCreate", COMPUTE, scale);
    setOperation(TRANSPOSE_A, matmul.transposed() ? 1 : 0);
    setOperation(EPILOGUE, matmul.epilogue().code());
    if (matmul.epilogue().isBiased()) {
      setBias(ALIGNMENT); // not read yet: it stands for its alignment
    }
    long m = matmul.m();
    long k = matmul.k();
    a =
        matmul.transposed()
            ? matrix(matmul.operands(), k, m, matmul.lda())
            : matrix(matmul.operands(), m, k, matmul.lda());
    b = matrix(matmul.operands(), k, matmul.n(), matmul.ldb());
    d = matrix(matmul.result(), m, matmul.n(), matmul.ldd());
    algorithm = propose();
  }

  private MemorySegment matrix(Matmul.Numbers numbers, long rows, long columns, long pitch) {
    return cublas.create("cublasLtMatrixLayoutCreate", numbers.code(), rows, columns, pitch);
  }

  private void setOperation(int attribute, int value) {
    number.set(JAVA_INT, 0, value);
    cublas.call(
        "cublasLtMatmulDescSetAttribute", operation, attribute, number, JAVA_INT.byteSize());
  }

  private void setBias(long address) {
    number.set(JAVA_LONG, 0, address);
    cublas.call(
        "cublasLtMatmulDescSetAttribute", operation, BIAS_POINTER, number, JAVA_LONG.byteSize());
  }

  private MemorySegment propose() {
    MemorySegment preference = cublas.create("cublasLtMatmulPreferenceCreate");
    number.set(JAVA_LONG, 0, WORKSPACE);
    cublas.call(
        "cublasLtMatmulPreferenceSetAttribute",
        preference,
        MOST_WORKSPACE,
        number,
        JAVA_LONG.byteSize());
    prefer(preference, REDUCTION_SCHEMES, REDUCTION);
    for (int attribute = ALIGNMENT_A; attribute <= ALIGNMENT_D; attribute++) {
      prefer(preference, attribute, ALIGNMENT);
    }
    MemorySegment best = arena.allocate(HEURISTIC, Long.BYTES);
    MemorySegment found = arena.allocate(JAVA_INT);
    cublas.call(
        "cublasLtMatmulAlgoGetHeuristic",
        handle,
        operation,
        a,
        b,
        d,
        d,
        preference,
        1,
        best,
        found);
    cublas.call("cublasLtMatmulPreferenceDestroy", preference);
    if (found.get(JAVA_INT, 0) == 0 || best.get(JAVA_INT, STATUS) != 0) {
      throw new CublasException("cublasLtMatmulAlgoGetHeuristic: no algorithm");
    }
    return best;
  }

  private void prefer(MemorySegment preference, int attribute, int value) {
    number.set(JAVA_INT, 0, value);
    cublas.call(
        "cublasLtMatmulPreferenceSetAttribute", preference, attribute, number, JAVA_INT.byteSize());
  }

  /// Enqueues the product. Arguments are addresses on the device.
  synchronized void run(
      long result, long rows, long weights, long bias, long residual, long workspace, long stream) {
    long added = matmul.added() ? residual : result;
    if (((result | rows | weights | added) & (ALIGNMENT - 1)) != 0) {
      throw new CublasException(
          "cublasLtMatmul: arrays at %x, %x, %x and %x are not all at multiples of %d"
              .formatted(result, rows, weights, added, ALIGNMENT));
    }
    if (matmul.epilogue().isBiased()) {
      setBias(bias);
    }
    long work = Math.ceilDiv(workspace, (long) WORKSPACE_ALIGNMENT) * WORKSPACE_ALIGNMENT;
    cublas.call(
        "cublasLtMatmul",
        handle,
        operation,
        one,
        weights,
        a,
        rows,
        b,
        matmul.added() ? one : zero,
        added,
        d,
        result,
        d,
        algorithm,
        work,
        WORKSPACE,
        stream);
  }
}
