package org.octolift.engine.io;

import java.lang.reflect.Array;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.octolift.engine.io.Json.NonFinite;

/// Printer behind [Json].
final class JsonWriter {
  private final boolean indented;
  private final NonFinite nonFinite;
  private final StringBuilder out = new StringBuilder();

  JsonWriter(boolean indented, NonFinite nonFinite) {
    this.indented = indented;
    this.nonFinite = nonFinite;
  }

  String write(Object value) {
    append(value, 0);
    return out.toString();
  }

  private void append(Object value, int depth) {
    switch (value) {
      case null -> out.append("null");
      case String text -> quote(text);
      case Boolean truth -> out.append(truth);
      case Double number -> number(Double.isFinite(number), number);
      case Float number -> number(Float.isFinite(number), number);
      case Long number -> out.append(number);
      case Integer number -> out.append(number);
      case Short number -> out.append(number);
      case Byte number -> out.append(number);
      case BigInteger number -> out.append(number);
      case Enum<?> constant -> quote(constant.name());
      case Map<?, ?> map -> map(map, depth);
      case Iterable<?> values -> {
        List<Object> list = new ArrayList<>();
        values.forEach(list::add);
        list(list, depth);
      }
      default -> {
        if (!value.getClass().isArray()) {
          throw new IllegalArgumentException("JSON has no " + value.getClass().getName());
        }
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < Array.getLength(value); i++) {
          list.add(Array.get(value, i));
        }
        list(list, depth);
      }
    }
  }

  private void number(boolean finite, Number value) {
    if (!finite && nonFinite == NonFinite.REFUSED) {
      throw new IllegalArgumentException("JSON has no number " + value);
    }
    out.append(finite ? value.toString() : "null");
  }

  private void map(Map<?, ?> map, int depth) {
    out.append('{');
    String separator = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getKey() instanceof String key)) {
        throw new IllegalArgumentException("JSON has no key " + entry.getKey());
      }
      out.append(separator);
      newLine(depth + 1);
      quote(key);
      out.append(indented ? ": " : ":");
      append(entry.getValue(), depth + 1);
      separator = ",";
    }
    if (!map.isEmpty()) {
      newLine(depth);
    }
    out.append('}');
  }

  private void list(List<Object> list, int depth) {
    boolean flat = true;
    for (Object value : list) {
      flat &= !(value instanceof Map || value instanceof Iterable);
    }
    out.append('[');
    String separator = "";
    for (Object value : list) {
      out.append(separator);
      if (!flat) {
        newLine(depth + 1);
      }
      append(value, depth + 1);
      separator = indented && flat ? ", " : ",";
    }
    if (!flat) {
      newLine(depth);
    }
    out.append(']');
  }

  private void newLine(int depth) {
    if (indented) {
      out.append('\n').repeat("  ", depth);
    }
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || (Character.isSurrogate(c) && !paired(text, i))) {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private static boolean paired(String text, int at) {
    char c = text.charAt(at);
    return Character.isHighSurrogate(c)
        ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
        : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
  }
}
