package org.octolift.apps.report;

/// Text in markup.
public final class Html {
  private Html() {}

  /// The text with everything escaped that means something in HTML, XML or a quoted attribute.
  /// Control characters, which XML forbids, become U+FFFD.
  public static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                case '\n', '\t' -> out.append("&#").append(c).append(';');
                default -> out.appendCodePoint(isText(c) ? c : 0xFFFD);
              }
            });
    return out.toString();
  }

  private static boolean isText(int c) {
    boolean control = c < 0x20 || (c >= 0x7F && c < 0xA0);
    boolean character = c < 0xD800 || (c >= 0xE000 && c < 0xFFFE) || c > 0xFFFF;
    return character && !control;
  }
}
