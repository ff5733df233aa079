package uk.ac.manchester.tornado.api.types.arrays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import uk.ac.manchester.tornado.api.types.HalfFloat;

class NativeArraysTest {
  static Stream<IntFunction<TornadoNativeArray>> constructors() {
    return Stream.of(
        ByteArray::new,
        ShortArray::new,
        IntArray::new,
        LongArray::new,
        HalfFloatArray::new,
        FloatArray::new,
        DoubleArray::new);
  }

  @ParameterizedTest
  @MethodSource("constructors")
  void dataIsAlignedZeroedAndBehindAHeader(IntFunction<TornadoNativeArray> constructor) {
    for (int size : new int[] {0, 1, 7, 1021}) {
      TornadoNativeArray array = constructor.apply(size);
      long bytes = (long) size * array.getElementSize();
      assertThat(array.getSize()).isEqualTo(size);
      assertThat(array.getNumBytesOfSegment()).isEqualTo(bytes);
      assertThat(array.getNumBytesOfSegmentWithHeader())
          .isEqualTo(bytes + TornadoNativeArray.ARRAY_HEADER);
      assertThat(array.getSegment().address() % 64).isZero();
      assertThat(array.getSegment().address() - array.getSegmentWithHeader().address())
          .isEqualTo(TornadoNativeArray.ARRAY_HEADER);
      assertThat(array.getSegment().toArray(ValueLayout.JAVA_BYTE))
          .containsOnly(new byte[size == 0 ? 0 : 1]);
    }
    assertThatThrownBy(() -> constructor.apply(-1)).hasMessageContaining("-1");
  }

  @Test
  void valuesComeBackFromEveryType() {
    assertThat(ByteArray.fromElements((byte) -128, (byte) 127).toHeapArray())
        .containsExactly(-128, 127);
    assertThat(ShortArray.fromElements(Short.MIN_VALUE, (short) 1).get(0))
        .isEqualTo(Short.MIN_VALUE);
    assertThat(IntArray.fromElements(1, Integer.MIN_VALUE).get(1)).isEqualTo(Integer.MIN_VALUE);
    assertThat(LongArray.fromElements(1L << 47, -1).toHeapArray()).containsExactly(1L << 47, -1);
    assertThat(FloatArray.fromElements(0.1f, Float.MIN_VALUE).toHeapArray())
        .containsExactly(0.1f, Float.MIN_VALUE);
    assertThat(DoubleArray.fromElements(Math.PI).get(0)).isEqualTo(Math.PI);
    HalfFloatArray halves = HalfFloatArray.fromElements(new HalfFloat(1.5f), new HalfFloat(-2f));
    assertThat(halves.toHeapArray()[1].getFloat32()).isEqualTo(-2f);
    assertThat(halves.toShortArray()).containsExactly(0x3E00, 0xC000 - 0x10000);
  }

  @Test
  void initClearAndInitializeFillTheWholeArray() {
    FloatArray array = new FloatArray(9);
    array.init(2f);
    assertThat(array.toHeapArray()).containsOnly(2f);
    FloatArray.initialize(array, 3f);
    assertThat(array.toHeapArray()).containsOnly(3f);
    array.clear();
    assertThat(array.toHeapArray()).containsOnly(0f);
  }

  @Test
  void slicesAndConcatenationsAreCopies() {
    IntArray array = IntArray.fromElements(1, 2, 3, 4);
    IntArray slice = array.slice(1, 2);
    IntArray joined = IntArray.concat(array, new IntArray(0), slice);
    slice.set(0, 9);
    array.set(0, 9);
    assertThat(joined.toHeapArray()).containsExactly(1, 2, 3, 4, 2, 3);
    assertThatThrownBy(() -> array.slice(3, 2)).hasMessageContaining("[3, 3 + 2)");
    assertThatThrownBy(() -> array.slice(Integer.MAX_VALUE, 2)).hasMessageContaining("slice");
  }

  @Test
  void shallowSegmentsAreShared() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(16 + 12, 16);
      FloatArray array = FloatArray.fromSegmentShallow(memory);
      array.set(2, 5f);
      assertThat(array.getSize()).isEqualTo(3);
      assertThat(FloatArray.fromSegment(array.getSegment()).toHeapArray())
          .containsExactly(0f, 0f, 5f);
      assertThat(memory.get(ValueLayout.JAVA_FLOAT, 16 + 8)).isEqualTo(5f);
      assertThat(memory.get(ValueLayout.JAVA_INT, 0)).isEqualTo(3);
    }
    MemorySegment odd = MemorySegment.ofArray(new byte[7]);
    assertThatThrownBy(() -> FloatArray.fromSegment(odd)).hasMessageContaining("(7)");
    assertThatThrownBy(() -> FloatArray.fromSegmentShallow(odd)).hasMessageContaining("(-9)");
  }

  @Test
  void indicesAreChecked() {
    IntArray array = new IntArray(3);
    assertThatThrownBy(() -> array.get(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> array.set(-5, 1)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
