package org.octolift.engine.cublas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.engine.InputException;
import org.octolift.engine.cublas.Matmul.Epilogue;
import org.octolift.engine.cublas.Matmul.Numbers;

/// Where cuBLAS is looked for, and what it is asked for.
class CublasTest {
  @Test
  void aLibraryThatIsNotThereIsTheUsersFault(@TempDir Path folder) {
    for (Path given : new Path[] {folder, folder.resolve("libcublasLt.so")}) {
      assertThatThrownBy(() -> Cublas.search(given.toString()))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(Cublas.PROPERTY)
          .hasMessageContaining(given.toString());
    }
  }

  @Test
  void versionsAreRead() {
    assertThat(Cublas.text(130_101)).isEqualTo("13.1.1");
    assertThat(Cublas.text(120_804)).isEqualTo("12.8.4");
  }

  /// Of y (5, 3) = x (5, 7) · W, columns of the transposes.
  @Test
  void rowsBecomeColumns() {
    Matmul plain = Matmul.ofRows(5, 7, 3, false, Numbers.FP32, Numbers.FP32, false, Epilogue.NONE);
    assertThat(plain)
        .isEqualTo(
            new Matmul(3, 5, 7, false, 3, 7, 3, Numbers.FP32, Numbers.FP32, false, Epilogue.NONE));
    Matmul transposed =
        Matmul.ofRows(5, 7, 3, true, Numbers.BF16, Numbers.FP32, true, Epilogue.BIAS);
    assertThat(transposed)
        .isEqualTo(
            new Matmul(3, 5, 7, true, 7, 7, 3, Numbers.BF16, Numbers.FP32, true, Epilogue.BIAS));
  }
}
