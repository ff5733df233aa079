package org.octolift.engine.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.octolift.engine.InputException;

/// Recursive-descent parser behind [Json].
final class JsonParser {
  private static final int MAX_DEPTH = 200;

  private final String source;
  private final String text;
  private int at;
  private int depth;

  JsonParser(String source, String text) {
    this.source = source;
    this.text = text;
  }

  Object parse() {
    Object value = value();
    skipSpace();
    if (at < text.length()) {
      throw error("expected the end, found " + here());
    }
    return value;
  }

  private Object value() {
    skipSpace();
    char first = at < text.length() ? text.charAt(at) : 0;
    return switch (first) {
      case '{' -> object();
      case '[' -> list();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> {
        if (first == '-' || isDigit(first)) {
          yield number();
        }
        throw error("expected a value, found " + here());
      }
    };
  }

  private Map<String, Object> object() {
    Map<String, Object> map = new LinkedHashMap<>();
    enter();
    if (!accept('}')) {
      do {
        skipSpace();
        int start = at;
        if (at >= text.length() || text.charAt(at) != '"') {
          throw error("expected a key in double quotes, found " + here());
        }
        String key = string();
        expect(':');
        if (map.containsKey(key)) {
          at = start;
          throw error("the key \"" + key + "\" occurs twice");
        }
        map.put(key, value());
      } while (accept(','));
      expect('}');
    }
    depth--;
    return map;
  }

  private List<Object> list() {
    List<Object> list = new ArrayList<>();
    enter();
    if (!accept(']')) {
      do {
        list.add(value());
      } while (accept(','));
      expect(']');
    }
    depth--;
    return list;
  }

  private void enter() {
    at++;
    if (++depth > MAX_DEPTH) {
      throw error("nested deeper than " + MAX_DEPTH);
    }
  }

  private String string() {
    StringBuilder result = new StringBuilder();
    at++;
    int plain = at;
    while (true) {
      if (at >= text.length()) {
        throw error("expected the end of a string, found the end of the text");
      }
      char c = text.charAt(at);
      if (c == '"') {
        result.append(text, plain, at++);
        return result.toString();
      }
      if (c < ' ') {
        throw error("expected an escape for the control character U+%04X".formatted((int) c));
      }
      if (c == '\\') {
        result.append(text, plain, at++);
        result.append(escape());
        plain = at;
      } else {
        at++;
      }
    }
  }

  private char escape() {
    char c = at < text.length() ? text.charAt(at) : 0;
    char result =
        switch (c) {
          case '"', '\\', '/' -> c;
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'u' -> unicode();
          default -> throw error("expected one of \"\\/bfnrtu after \\, found " + here());
        };
    at++;
    return result;
  }

  /// Reads the four digits after {@code u} and stops at the last.
  private char unicode() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      at++;
      char c = at < text.length() ? text.charAt(at) : 0;
      int digit = c < 128 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        throw error("expected four hexadecimal digits after \\u, found " + here());
      }
      value = value * 16 + digit;
    }
    return (char) value;
  }

  private Number number() {
    int start = at;
    at += text.charAt(at) == '-' ? 1 : 0;
    int leading = at;
    digits();
    if (text.charAt(leading) == '0' && at > leading + 1) {
      at = start;
      throw error("expected a number without leading zeros");
    }
    boolean integer = true;
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      digits();
      integer = false;
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      at += at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-') ? 1 : 0;
      digits();
      integer = false;
    }
    String literal = text.substring(start, at);
    if (integer) {
      try {
        return Long.valueOf(literal);
      } catch (NumberFormatException e) {
        at = start;
        throw error("expected an integer of 64 bits, found " + shortened(literal));
      }
    }
    double value = Double.parseDouble(literal);
    if (Double.isInfinite(value)) {
      at = start;
      throw error("expected a number in double's range, found " + shortened(literal));
    }
    return value;
  }

  private void digits() {
    int start = at;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    if (at == start) {
      throw error("expected a digit, found " + here());
    }
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) {
      throw error("expected " + word + ", found " + here());
    }
    at += word.length();
    return value;
  }

  private void expect(char wanted) {
    if (!accept(wanted)) {
      throw error("expected '" + wanted + "', found " + here());
    }
  }

  private boolean accept(char wanted) {
    skipSpace();
    boolean found = at < text.length() && text.charAt(at) == wanted;
    at += found ? 1 : 0;
    return found;
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private String here() {
    return at < text.length() ? "'" + text.charAt(at) + "'" : "the end of the text";
  }

  private static String shortened(String literal) {
    return literal.length() <= 40 ? literal : literal.substring(0, 40) + "...";
  }

  private InputException error(String problem) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < Math.min(at, text.length()); i++) {
      column = text.charAt(i) == '\n' ? 1 : column + 1;
      line += text.charAt(i) == '\n' ? 1 : 0;
    }
    return new InputException(
        "%s: JSON, line %d, column %d: %s".formatted(source, line, column, problem));
  }
}
