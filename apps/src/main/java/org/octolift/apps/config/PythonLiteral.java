package org.octolift.apps.config;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Values as Python writes them: whole numbers (`Long`), numbers with a fraction (`Double`),
/// `True`, `False`, `None` ([#NONE]), strings, and tuples or lists of these (`List`).
///
/// The reference decodes every string of a configuration this way, so that the YAML scalars `0,`
/// and `(0, 0, 180)` are tuples and `1e-4` is a number; what is no literal stays the string it
/// is.
final class PythonLiteral {
  /// Python's `None`.
  static final Object NONE =
      new Object() {
        @Override
        public String toString() {
          return "None";
        }
      };

  private static final int MAX_DEPTH = 8;
  private static final int MAX_SHOWN = 80;
  private static final int MAX_NUMBER_LENGTH = 100;
  private static final String DIGITS = "[0-9](?:_?[0-9])*";
  private static final Pattern NUMBER =
      Pattern.compile(
          "(?<hex>0[xX](?:_?[0-9a-fA-F])+)|(?<octal>0[oO](?:_?[0-7])+)|(?<binary>0[bB](?:_?[01])+)"
              + "|(?<real>(?:D\\.(?:D)?|\\.D)(?:[eE][-+]?D)?|D[eE][-+]?D)".replace("D", DIGITS)
              + "|(?<whole>0(?:_?0)*|[1-9](?:_?[0-9])*)");
  private static final Pattern WORD = Pattern.compile("(?:True|False|None)\\b");

  private final String text;
  private int at;

  private PythonLiteral(String text) {
    this.text = text;
  }

  /// The value that {@code text} writes, or {@code text} itself when it is no literal (a path, a
  /// name).
  static Object decode(String text) {
    return new PythonLiteral(text).parse().orElse(text);
  }

  /// Python's way of writing {@code value}.
  static String write(Object value) {
    return switch (value) {
      case Boolean b -> b ? "True" : "False";
      case Double d -> writeDouble(d);
      case String s -> "'" + s.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'";
      case List<?> list -> {
        List<String> parts = new ArrayList<>();
        list.forEach(element -> parts.add(write(element)));
        yield "(" + String.join(", ", parts) + (parts.size() == 1 ? ",)" : ")");
      }
      default -> value.toString();
    };
  }

  /// As [#write], cut to what fits into a message.
  static String show(Object value) {
    String text = write(value);
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
  }

  /// The shortest decimal that reads back as {@code value}, as Python's `repr` writes it, but with
  /// a point before an exponent, without which YAML takes it for text.
  static String writeDouble(double value) {
    if (Double.isNaN(value)) {
      return ".nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? ".inf" : "-.inf";
    }
    double size = Math.abs(value);
    String shortest = Double.toString(value);
    if (size != 0 && (size < 1e-4 || size >= 1e16)) {
      int e = shortest.indexOf('E');
      int exponent = Integer.parseInt(shortest.substring(e + 1));
      return "%se%s%02d"
          .formatted(shortest.substring(0, e), exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
    String plain = new BigDecimal(shortest).stripTrailingZeros().toPlainString();
    return plain.contains(".") ? plain : plain + ".0";
  }

  private Optional<Object> parse() {
    skipSpace();
    Optional<Object> value = parseTuple(0, false);
    return at == text.length() ? value : Optional.empty();
  }

  /// A value, or values separated by commas. A list always gives its values as a list.
  private Optional<Object> parseTuple(int depth, boolean list) {
    List<Object> values = new ArrayList<>();
    boolean comma = false;
    while (at < text.length() && ")]".indexOf(text.charAt(at)) < 0) {
      Optional<Object> value = parseValue(depth);
      if (value.isEmpty()) {
        return value;
      }
      values.add(value.get());
      comma = accept(',');
      if (!comma) {
        break;
      }
    }
    if (list || comma || values.size() > 1) {
      return Optional.of(Collections.unmodifiableList(values));
    }
    return values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
  }

  private Optional<Object> parseValue(int depth) {
    if (at >= text.length() || depth > MAX_DEPTH) {
      return Optional.empty();
    }
    char c = text.charAt(at);
    if (c == '(' || c == '[') {
      at++;
      skipSpace();
      if (c == '(' && accept(')')) {
        return Optional.of(List.of());
      }
      Optional<Object> inner = parseTuple(depth + 1, c == '[');
      return accept(c == '(' ? ')' : ']') ? inner : Optional.empty();
    }
    if (c == '\'' || c == '"') {
      return parseString(c);
    }
    Matcher word = WORD.matcher(text).region(at, text.length());
    if (word.lookingAt()) {
      at = word.end();
      skipSpace();
      return Optional.of(
          switch (word.group()) {
            case "True" -> true;
            case "False" -> false;
            default -> NONE;
          });
    }
    return parseNumber();
  }

  private Optional<Object> parseNumber() {
    boolean negative = false;
    while (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
      negative ^= text.charAt(at) == '-';
      at++;
      skipSpace();
    }
    int end = Math.min(text.length(), at + MAX_NUMBER_LENGTH);
    Matcher number = NUMBER.matcher(text).region(at, end);
    if (!number.lookingAt() || continuesWord(number.end())) {
      return Optional.empty();
    }
    at = number.end();
    skipSpace();
    String digits = number.group().replace("_", "");
    if (number.group("real") != null) {
      double value = Double.parseDouble(digits);
      return Optional.of(negative ? -value : value);
    }
    boolean prefixed = number.group("whole") == null;
    int radix =
        number.group("hex") != null
            ? 16
            : number.group("octal") != null ? 8 : number.group("binary") != null ? 2 : 10;
    try {
      return Optional.of(
          Long.parseLong((negative ? "-" : "") + digits.substring(prefixed ? 2 : 0), radix));
    } catch (NumberFormatException beyondLong) {
      return Optional.empty();
    }
  }

  private boolean continuesWord(int index) {
    return index < text.length()
        && (Character.isLetterOrDigit(text.charAt(index)) || "_.".indexOf(text.charAt(index)) >= 0);
  }

  private Optional<Object> parseString(char quote) {
    StringBuilder value = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == quote) {
        at++;
        skipSpace();
        return Optional.of(value.toString());
      }
      if (c == '\n') {
        return Optional.empty();
      }
      if (c == '\\' && at + 1 < text.length()) {
        at++;
        c = text.charAt(at);
        switch (c) {
          case 'n' -> value.append('\n');
          case 't' -> value.append('\t');
          case 'r' -> value.append('\r');
          case '\\', '\'', '"' -> value.append(c);
          default -> value.append('\\').append(c);
        }
      } else {
        value.append(c);
      }
    }
    return Optional.empty();
  }

  private boolean accept(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      skipSpace();
      return true;
    }
    return false;
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }
}
