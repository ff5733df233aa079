package org.octolift.apps.report;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.octolift.engine.InputException;

/// Walks through the fields of one protobuf message and checks every length against the bytes
/// that are there.
final class ProtoReader {
  private static final String[] WIRE_TYPES = {"varint", "64 bits", "bytes", "", "", "32 bits"};

  private final String source;
  private final ByteBuffer data;
  private int field;
  private int wireType;

  /// @param source names the message in errors
  /// @param data the message from position to limit
  ProtoReader(String source, ByteBuffer data) {
    this.source = source;
    this.data = data.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /// Goes to the next field; its value must then be taken or skipped.
  ///
  /// @return its number, or 0 at the end
  int next() {
    if (!data.hasRemaining()) {
      return 0;
    }
    long key = rawVarint();
    field = (int) (key >>> 3);
    wireType = (int) (key & 7);
    if (key >>> 3 < 1 || key >>> 3 >= 1 << 29 || wireType == 3 || wireType == 4 || wireType > 5) {
      throw refused("expected a field, found key " + Long.toUnsignedString(key));
    }
    return field;
  }

  /// The value of an int64 field.
  long varint() {
    expect(0);
    return rawVarint();
  }

  /// The value of a double field.
  double fixed64() {
    expect(1);
    return take(8).getDouble();
  }

  /// The value of a float field.
  float fixed32() {
    expect(5);
    return take(4).getFloat();
  }

  /// The value of a string field.
  String text() {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes()).toString();
    } catch (CharacterCodingException e) {
      throw new InputException(source + ": field " + field + ": expected UTF-8", e);
    }
  }

  /// The value of a message field.
  ProtoReader message() {
    return new ProtoReader(source, bytes());
  }

  /// Passes over the value of a field that is not needed.
  void skip() {
    switch (wireType) {
      case 0 -> rawVarint();
      case 1 -> take(8);
      case 2 -> bytes();
      default -> take(4);
    }
  }

  private ByteBuffer bytes() {
    expect(2);
    return take(rawVarint());
  }

  private ByteBuffer take(long count) {
    if (count < 0 || count > data.remaining()) {
      throw refused(
          "expected %s more bytes, found %d"
              .formatted(Long.toUnsignedString(count), data.remaining()));
    }
    ByteBuffer taken = data.slice(data.position(), (int) count).order(ByteOrder.LITTLE_ENDIAN);
    data.position(data.position() + (int) count);
    return taken;
  }

  private void expect(int wanted) {
    if (wireType != wanted) {
      throw refused("expected %s, found %s".formatted(WIRE_TYPES[wanted], WIRE_TYPES[wireType]));
    }
  }

  private long rawVarint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (!data.hasRemaining()) {
        throw refused("the data end in the middle of a number");
      }
      byte part = data.get();
      value |= (long) (part & 0x7f) << shift;
      if (part >= 0) {
        return value;
      }
    }
    throw refused("a number of more than 64 bits");
  }

  private InputException refused(String problem) {
    return new InputException("%s: field %d: %s".formatted(source, field, problem));
  }
}
