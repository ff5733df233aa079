package org.octolift.engine.cublas;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.types.BFloat16;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryContext;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryInvocation;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoLibraryProvider;

/// Runs [Matmul] tasks on `tornado-jvm` by loops: what cuBLASLt's arguments mean, so that tests
/// without a GPU can tell whether they are right.
public final class LoopProvider implements TornadoLibraryProvider {
  /// Found by the service loader.
  public LoopProvider() {}

  private record None() implements LibraryContext {}

  @Override
  public String libraryName() {
    return Matmul.LIBRARY;
  }

  @Override
  public boolean canHandle(TornadoXPUDevice device) {
    return device.getTornadoVMBackend() == TornadoVMBackendType.JAVA;
  }

  @Override
  public LibraryContext createContext(TornadoXPUDevice device, long executionPlanId) {
    return new None();
  }

  @Override
  public void destroyContext(LibraryContext context) {}

  @Override
  public void dispatch(String functionName, LibraryInvocation call) {
    Matmul matmul = (Matmul) call.getTuning();
    int m = matmul.m();
    int n = matmul.n();
    int k = matmul.k();
    Matrix a =
        matmul.transposed()
            ? matrix(call, Matmul.WEIGHTS, matmul.operands(), matmul.lda(), m)
            : matrix(call, Matmul.WEIGHTS, matmul.operands(), matmul.lda(), k);
    Matrix b = matrix(call, Matmul.ROWS, matmul.operands(), matmul.ldb(), n);
    Matrix d = matrix(call, Matmul.RESULT, matmul.result(), matmul.ldd(), n);
    Matrix c = matrix(call, Matmul.ADDED, matmul.result(), matmul.ldd(), n);
    Matrix bias = matrix(call, Matmul.BIAS, matmul.result(), m, 1);
    for (int column = 0; column < n; column++) {
      for (int row = 0; row < m; row++) {
        float sum = 0;
        for (int i = 0; i < k; i++) {
          sum += (matmul.transposed() ? a.get(i, row) : a.get(row, i)) * b.get(i, column);
        }
        if (matmul.added()) {
          sum += c.get(row, column);
        }
        if (matmul.epilogue().isBiased()) {
          sum += bias.get(row, 0);
        }
        d.set(row, column, finished(matmul.epilogue(), sum));
      }
    }
  }

  private static float finished(Matmul.Epilogue epilogue, float x) {
    return switch (epilogue) {
      case NONE, BIAS -> x;
      case RELU, RELU_BIAS -> Math.max(x, 0);
      case GELU, GELU_BIAS ->
          (float) (x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))));
    };
  }

  @SuppressWarnings("restricted") // the arrays of the task are as large
  private static Matrix matrix(
      LibraryInvocation call, int argument, Matmul.Numbers numbers, int pitch, int columns) {
    long bytes = (long) pitch * columns * numbers.bytes();
    MemorySegment memory =
        MemorySegment.ofAddress(call.getDevicePointer(argument)).reinterpret(bytes);
    return new Matrix(memory, numbers, pitch);
  }

  /// A matrix that lies column by column.
  private record Matrix(MemorySegment memory, Matmul.Numbers numbers, int pitch) {
    float get(int row, int column) {
      long at = (long) column * pitch + row;
      return switch (numbers) {
        case FP32 -> memory.getAtIndex(JAVA_FLOAT, at);
        case BF16 -> BFloat16.bf16ToFloat(memory.getAtIndex(JAVA_SHORT, at));
      };
    }

    void set(int row, int column, float value) {
      long at = (long) column * pitch + row;
      switch (numbers) {
        case FP32 -> memory.setAtIndex(JAVA_FLOAT, at, value);
        case BF16 -> memory.setAtIndex(JAVA_SHORT, at, BFloat16.bf16FromFloat(value));
      }
    }
  }
}
