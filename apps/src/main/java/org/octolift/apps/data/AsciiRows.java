package org.octolift.apps.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import org.octolift.engine.InputException;

/// Rows of numbers as text, a line each. Blank lines are skipped. Numbers are correctly rounded to
/// the declared type.
final class AsciiRows implements RowReader {
  private static final int MAX_TOKEN = 400;

  /// Powers of ten that doubles hold exactly.
  private static final double[] POWERS = new double[23];

  static {
    double power = 1;
    for (int i = 0; i < POWERS.length; i++) {
      POWERS[i] = power;
      power *= 10;
    }
  }

  private final Path file;
  private final MemorySegment bytes;
  private final long end;
  private long position;
  private int inRow;

  AsciiRows(Path file, MemorySegment bytes, long start) {
    this.file = file;
    this.bytes = bytes;
    this.position = start;
    this.end = bytes.byteSize();
  }

  @Override
  public double next(NumberType type) {
    int c = skipBlanks();
    if (inRow == 0) {
      while (c == '\n') {
        position++;
        c = skipBlanks();
      }
    }
    if (c < 0) {
      throw InputException.in(
          file, "line %d: the file ends where a number is due".formatted(line()));
    }
    if (c == '\n') {
      throw InputException.in(
          file, "line %d: has only %d values, another number is due".formatted(line(), inRow));
    }
    inRow++;
    return number(type);
  }

  @Override
  public void endRow() {
    int c = skipBlanks();
    if (c >= 0 && c != '\n') {
      throw InputException.in(
          file, "line %d: more than the %d values that are due".formatted(line(), inRow));
    }
    inRow = 0;
  }

  /// Checks that only white space is left.
  void requireEnd() {
    for (int c = skipBlanks(); c >= 0; c = skipBlanks()) {
      if (c != '\n') {
        throw InputException.in(
            file, "line %d: data goes on after the announced rows".formatted(line()));
      }
      position++;
    }
  }

  @Override
  public long remaining() {
    return end - position;
  }

  /// A digit; the separators are counted per row by the callers that can.
  @Override
  public int minimumBytes(NumberType type) {
    return 1;
  }

  private int peek() {
    return position < end ? bytes.get(ValueLayout.JAVA_BYTE, position) & 0xff : -1;
  }

  private int skipBlanks() {
    int c = peek();
    while (c == ' ' || c == '\t' || c == '\r') {
      position++;
      c = peek();
    }
    return c;
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean endsToken(int c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c < 0;
  }

  /// Plain decimals of up to 15 digits divide two exact doubles, which rounds correctly; anything
  /// else goes to the library.
  private double number(NumberType type) {
    long tokenStart = position;
    int c = peek();
    boolean negative = c == '-';
    if (c == '-' || c == '+') {
      position++;
      c = peek();
    }
    long digits = 0;
    int count = 0;
    int decimals = 0;
    boolean point = false;
    while (isDigit(c) || (c == '.' && !point)) {
      if (c == '.') {
        point = true;
      } else {
        digits = count < 18 ? 10 * digits + (c - '0') : digits;
        count++;
        decimals += point ? 1 : 0;
      }
      position++;
      c = peek();
    }
    if (count == 0 || count > 15 || !endsToken(c)) {
      return slowNumber(tokenStart, type);
    }
    double value = digits / POWERS[decimals];
    if (type == NumberType.FLOAT32 && isNearFloatMidpoint(value)) {
      return slowNumber(tokenStart, type);
    }
    if (point && !type.isFloating() && value != Math.rint(value)) {
      throw notA(tokenStart, type);
    }
    return checked(negative ? -value : value, tokenStart, type);
  }

  /// Whether rounding the double to a float could differ from rounding the decimal to a float.
  private static boolean isNearFloatMidpoint(double value) {
    long low = Double.doubleToRawLongBits(value) & 0x1fff_ffffL;
    return Math.abs(low - 0x1000_0000L) <= 1 || (value < Float.MIN_NORMAL && value != 0);
  }

  private double slowNumber(long tokenStart, NumberType type) {
    String token = token(tokenStart);
    position = tokenStart + token.length();
    double value;
    switch (token.toLowerCase(Locale.ROOT)) {
      case "nan", "-nan", "+nan", "nan(ind)", "-nan(ind)" -> value = Double.NaN;
      case "inf", "+inf", "infinity" -> value = Double.POSITIVE_INFINITY;
      case "-inf", "-infinity" -> value = Double.NEGATIVE_INFINITY;
      default -> {
        char last = token.charAt(token.length() - 1);
        if (!(isDigit(last) || last == '.') || token.indexOf('x') >= 0) {
          throw notA(tokenStart, type);
        }
        try {
          value = type == NumberType.FLOAT32 ? Float.parseFloat(token) : Double.parseDouble(token);
        } catch (NumberFormatException e) {
          throw notA(tokenStart, type);
        }
      }
    }
    if (!type.isFloating() && value != Math.rint(value)) {
      throw notA(tokenStart, type);
    }
    return checked(value, tokenStart, type);
  }

  private double checked(double value, long tokenStart, NumberType type) {
    boolean fits =
        switch (type) {
          case INT8 -> value >= Byte.MIN_VALUE && value <= Byte.MAX_VALUE;
          case UINT8 -> value >= 0 && value <= 255;
          case INT16 -> value >= Short.MIN_VALUE && value <= Short.MAX_VALUE;
          case UINT16 -> value >= 0 && value <= 65535;
          case INT32 -> value >= Integer.MIN_VALUE && value <= Integer.MAX_VALUE;
          case UINT32 -> value >= 0 && value <= 4294967295.0;
          case FLOAT32, FLOAT64 -> true;
        };
    if (!fits) {
      throw notA(tokenStart, type);
    }
    return type == NumberType.FLOAT32 ? (float) value : value;
  }

  private InputException notA(long tokenStart, NumberType type) {
    position = tokenStart;
    String name = type.name().toLowerCase(Locale.ROOT);
    return InputException.in(
        file, "line %d: \"%s\" is no %s".formatted(line(), token(tokenStart), name));
  }

  private String token(long tokenStart) {
    int length = 0;
    while (tokenStart + length < end
        && length < MAX_TOKEN
        && !endsToken(bytes.get(ValueLayout.JAVA_BYTE, tokenStart + length) & 0xff)) {
      length++;
    }
    byte[] token = bytes.asSlice(tokenStart, length).toArray(ValueLayout.JAVA_BYTE);
    return new String(token, StandardCharsets.ISO_8859_1);
  }

  private long line() {
    long line = 1;
    for (long i = 0; i < Math.min(position, end); i++) {
      if (bytes.get(ValueLayout.JAVA_BYTE, i) == '\n') {
        line++;
      }
    }
    return line;
  }
}
