package org.octolift.engine.cpu;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

/// Warming up has a thread of its own, where a failure would only be printed.
class KernelWarmUpTest {
  @Test
  void callsLoopsAsTheyMustBeCalled() {
    assertThatCode(KernelWarmUp::runSparse).doesNotThrowAnyException();
    assertThatCode(KernelWarmUp::runDense).doesNotThrowAnyException();
  }
}
