package org.octolift.apps.report;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Encodes the fields of one protobuf message: varint, fixed 32 and 64 bits, length-delimited.
final class ProtoWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /// An int64 field.
  ProtoWriter varint(int field, long value) {
    key(field, 0);
    rawVarint(value);
    return this;
  }

  /// A double field.
  ProtoWriter fixed64(int field, double value) {
    key(field, 1);
    rawFixed(Double.doubleToRawLongBits(value), 8);
    return this;
  }

  /// A float field.
  ProtoWriter fixed32(int field, float value) {
    key(field, 5);
    rawFixed(Float.floatToRawIntBits(value), 4);
    return this;
  }

  /// A string field.
  ProtoWriter text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  /// A message field.
  ProtoWriter message(int field, ProtoWriter message) {
    return bytes(field, message.toByteArray());
  }

  byte[] toByteArray() {
    return out.toByteArray();
  }

  private ProtoWriter bytes(int field, byte[] value) {
    key(field, 2);
    rawVarint(value.length);
    out.writeBytes(value);
    return this;
  }

  private void key(int field, int wireType) {
    rawVarint(((long) field << 3) | wireType);
  }

  private void rawVarint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private void rawFixed(long bits, int count) {
    for (int i = 0; i < count; i++) {
      out.write((int) (bits >>> (8 * i)));
    }
  }
}
