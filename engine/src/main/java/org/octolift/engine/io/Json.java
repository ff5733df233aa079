package org.octolift.engine.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.octolift.engine.InputException;

/// Strict JSON (RFC 8259). Reading gives `LinkedHashMap`, `ArrayList`, `String`, `Long` for
/// integers, `Double` for numbers with a fraction or exponent, `Boolean` and null; writing takes
/// those, all boxed number types, iterables and primitive arrays.
public final class Json {
  /// No JSON file of ours is larger.
  private static final int MAX_FILE_BYTES = 256 << 20;

  /// What to write for NaN and the infinities, which JSON lacks.
  public enum NonFinite {
    /// An [IllegalArgumentException].
    REFUSED,
    /// null.
    AS_NULL
  }

  private Json() {}

  /// Parses one value.
  ///
  /// @param source names the text in messages
  /// @throws InputException with line and column: for anything that RFC 8259 does not allow, for
  ///     a repeated key, for nesting deeper than 200, for numbers beyond long or double
  public static Object parse(String source, String text) {
    return new JsonParser(source, text).parse();
  }

  /// Parses the file {@code file}, which is UTF-8 without a byte-order mark.
  ///
  /// @throws InputException as [#parse(String, String)]; or if the file is missing or not UTF-8
  public static Object parse(Path file) throws IOException {
    return parse(file.toString(), InputFile.bytes(file, MAX_FILE_BYTES));
  }

  /// Parses UTF-8 bytes.
  ///
  /// @throws InputException as [#parse(String, String)]; or if they are not UTF-8
  public static Object parse(String source, byte[] utf8) {
    try {
      return parse(
          source, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString());
    } catch (CharacterCodingException e) {
      throw new InputException(source + ": expected JSON in UTF-8, found other bytes", e);
    }
  }

  /// Writes on one line, maps in their own order, floats and doubles with the fewest digits that
  /// read back as the same value.
  ///
  /// @throws IllegalArgumentException for non-finite numbers and types that JSON lacks
  public static String write(Object value) {
    return new JsonWriter(false, NonFinite.REFUSED).write(value);
  }

  /// As [#write(Object)], on several lines with an indent of two, ending in a newline; lists
  /// without maps or lists inside stay on one line.
  public static String writeIndented(Object value, NonFinite nonFinite) {
    return new JsonWriter(true, nonFinite).write(value) + "\n";
  }
}
