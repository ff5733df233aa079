package org.octolift.nn.checkpoint;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.octolift.engine.InputException;
import org.octolift.engine.io.NdArray;

/// Writes a pickle of protocol 2 for torch.load, with the opcodes and classes that [Pickle] reads,
/// which are among those that `weights_only=True` admits. Tensors refer to storages outside of the
/// pickle, one each.
///
/// Source: the opcode table of Python's Lib/pickletools.py.
final class PickleWriter {
  private static final byte[] START = {(byte) 0x80, 2};

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<NdArray> storages = new ArrayList<>();

  /// The pickle of {@code value}.
  ///
  /// @throws InputException for an element type that PyTorch's storages lack
  byte[] pickle(Object value) {
    out.writeBytes(START);
    write(value);
    out.write('.');
    return out.toByteArray();
  }

  /// The tensors of the pickle; the storage of each has its index as key.
  List<NdArray> storages() {
    return Collections.unmodifiableList(storages);
  }

  private void write(Object value) {
    switch (value) {
      case null -> out.write('N');
      case Boolean flag -> out.write(flag ? 0x88 : 0x89);
      case Integer number -> writeInteger(number);
      case Long number -> writeInteger(number);
      case Double number ->
          out.writeBytes(ByteBuffer.allocate(9).put((byte) 'G').putDouble(number).array());
      case String text -> writeText(text);
      case NdArray tensor -> writeTensor(tensor);
      case TorchFile.Counter counter -> {
        writeClass(PickleGlobals.COUNTER);
        writeDict(counter.counts());
        out.write(0x85);
        out.write('R');
      }
      case Map<?, ?> map when isStateDict(map) -> {
        writeOrderedDict();
        writeItems(map);
      }
      case Map<?, ?> map -> writeDict(map);
      case List<?> list -> {
        out.write(']');
        writeAll(list);
        out.write('e');
      }
      default ->
          throw new IllegalArgumentException("no checkpoint holds a " + value.getClass().getName());
    }
  }

  private static boolean isStateDict(Map<?, ?> map) {
    return !map.isEmpty() && map.values().stream().allMatch(NdArray.class::isInstance);
  }

  private void writeInteger(long number) {
    if (number >= 0 && number <= 0xff) {
      out.write('K');
      out.write((int) number);
    } else if ((int) number == number) {
      out.write('J');
      writeInt((int) number);
    } else {
      byte[] bigEndian = BigInteger.valueOf(number).toByteArray();
      out.write(0x8a);
      out.write(bigEndian.length);
      for (int i = bigEndian.length - 1; i >= 0; i--) {
        out.write(bigEndian[i]);
      }
    }
  }

  private void writeInt(int number) {
    out.writeBytes(
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array());
  }

  private void writeText(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.write('X');
    writeInt(utf8.length);
    out.writeBytes(utf8);
  }

  private void writeClass(PickleGlobals global) {
    String name = global.qualifiedName();
    int dot = name.lastIndexOf('.');
    String line = "c%s\n%s\n".formatted(name.substring(0, dot), name.substring(dot + 1));
    out.writeBytes(line.getBytes(StandardCharsets.US_ASCII));
  }

  private void writeOrderedDict() {
    writeClass(PickleGlobals.ORDERED_DICT);
    out.write(')');
    out.write('R');
  }

  private void writeDict(Map<?, ?> map) {
    out.write('}');
    writeItems(map);
  }

  private void writeItems(Map<?, ?> map) {
    out.write('(');
    map.forEach(
        (key, value) -> {
          write(key);
          write(value);
        });
    out.write('u');
  }

  private void writeAll(Collection<?> values) {
    out.write('(');
    values.forEach(this::write);
  }

  private void writeTuple(Collection<?> values) {
    writeAll(values);
    out.write('t');
  }

  /// A call of _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks).
  private void writeTensor(NdArray tensor) {
    PickleGlobals type =
        PickleGlobals.storage(tensor.dtype())
            .orElseThrow(
                () ->
                    new InputException(
                        "%s: PyTorch's files have no storage of %s; write .safetensors"
                            .formatted(tensor.source(), tensor.dtype())));
    writeClass(PickleGlobals.REBUILD_TENSOR);
    out.write('(');
    out.write('(');
    writeText("storage");
    writeClass(type);
    writeText(Integer.toString(storages.size()));
    writeText("cpu");
    writeInteger(tensor.size());
    out.write('t');
    out.write('Q');
    writeInteger(0);
    int[] shape = tensor.shape();
    List<Long> sizes = new ArrayList<>();
    List<Long> strides = new ArrayList<>();
    long stride = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      sizes.addFirst((long) shape[d]);
      strides.addFirst(stride);
      stride *= Math.max(shape[d], 1);
    }
    writeTuple(sizes);
    writeTuple(strides);
    write(false);
    writeOrderedDict();
    out.write('t');
    out.write('R');
    storages.add(tensor);
  }
}
