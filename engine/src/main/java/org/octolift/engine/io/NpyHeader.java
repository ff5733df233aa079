package org.octolift.engine.io;

import java.util.ArrayList;
import java.util.List;
import org.octolift.engine.InputException;

/// The dictionary of an NPY header: exactly the keys descr, fortran_order and shape.
record NpyHeader(DType dtype, boolean bigEndian, boolean fortranOrder, int[] shape) {
  /// More dimensions than NumPy itself allows (64) are an error.
  private static final int MAX_RANK = 64;

  /// Parses the literal {@code {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }}.
  static NpyHeader parse(String text, String source) {
    return new Parser(text, source).header();
  }

  /// NumPy's name of a type, little-endian.
  ///
  /// @throws IllegalArgumentException for bfloat16, which NumPy lacks
  static String descr(DType dtype) {
    if (dtype == DType.BFLOAT16) {
      throw new IllegalArgumentException("NPY has no bfloat16; convert to float32");
    }
    return (dtype.bytes() == 1 ? "|" : "<") + dtype.numpyCode();
  }

  private static final class Parser {
    private final String text;
    private final String source;
    private int at;

    Parser(String text, String source) {
      this.text = text;
      this.source = source;
    }

    NpyHeader header() {
      String descr = null;
      Boolean fortran = null;
      int[] shape = null;
      expect('{');
      while (!accept('}')) {
        String key = string();
        expect(':');
        if (key.equals("descr") && descr == null) {
          descr = string();
        } else if (key.equals("fortran_order") && fortran == null) {
          fortran = truth();
        } else if (key.equals("shape") && shape == null) {
          shape = tuple();
        } else {
          throw error("unknown or repeated key '" + key + "'");
        }
        if (!accept(',')) {
          expect('}');
          break;
        }
      }
      skipSpace();
      if (at != text.length()) {
        throw error("expected nothing after the dictionary");
      }
      if (descr == null || fortran == null || shape == null) {
        throw error("expected the keys descr, fortran_order and shape");
      }
      return new NpyHeader(
          dtype(descr), !descr.isEmpty() && descr.charAt(0) == '>', fortran, shape);
    }

    private DType dtype(String descr) {
      String order = descr.isEmpty() ? "" : descr.substring(0, 1);
      String name = descr.isEmpty() ? "" : descr.substring(1);
      DType dtype = DType.ofNumpyCode(name).orElse(null);
      if (dtype != null
          && !order.isEmpty()
          && (dtype.bytes() == 1 ? "<>|" : "<>").contains(order)) {
        return dtype;
      }
      throw error("expected a number or bool type such as '<f4', found '" + descr + "'");
    }

    private String string() {
      skipSpace();
      char quote = at < text.length() ? text.charAt(at) : 0;
      if (quote != '\'' && quote != '"') {
        throw error("expected a string");
      }
      int end = text.indexOf(quote, at + 1);
      if (end < 0 || text.substring(at, end).indexOf('\\') >= 0) {
        throw error("expected a string without escapes");
      }
      String value = text.substring(at + 1, end);
      at = end + 1;
      return value;
    }

    private boolean truth() {
      skipSpace();
      boolean value = text.startsWith("True", at);
      if (!value && !text.startsWith("False", at)) {
        throw error("expected True or False");
      }
      at += value ? 4 : 5;
      return value;
    }

    private int[] tuple() {
      List<Integer> sizes = new ArrayList<>();
      expect('(');
      boolean comma = true;
      while (!accept(')')) {
        if (!comma) {
          throw error("expected ',' or ')'");
        }
        sizes.add(integer());
        comma = accept(',');
        if (sizes.size() > MAX_RANK) {
          throw error("expected at most " + MAX_RANK + " dimensions");
        }
      }
      if (sizes.size() == 1 && !comma) {
        throw error("expected a tuple, found a number in brackets");
      }
      return sizes.stream().mapToInt(Integer::intValue).toArray();
    }

    private int integer() {
      skipSpace();
      int start = at;
      long value = 0;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        value = 10 * value + (text.charAt(at++) - '0');
        if (value > Integer.MAX_VALUE) {
          throw error("expected a dimension below 2^31");
        }
      }
      if (at == start) {
        throw error("expected a size");
      }
      return (int) value;
    }

    private void expect(char wanted) {
      if (!accept(wanted)) {
        throw error("expected '" + wanted + "'");
      }
    }

    private boolean accept(char wanted) {
      skipSpace();
      boolean found = at < text.length() && text.charAt(at) == wanted;
      at += found ? 1 : 0;
      return found;
    }

    private void skipSpace() {
      while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\n')) {
        at++;
      }
    }

    private InputException error(String problem) {
      return new InputException("%s: NPY header, character %d: %s".formatted(source, at, problem));
    }
  }
}
