package org.octolift.apps.config;

/// A setting outside its range. Records throw it; [RunConfig] tells the user where it was set.
public final class InvalidSetting extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String key;

  InvalidSetting(String key, String expected, Object actual) {
    super("%s: expected %s, got %s".formatted(key, expected, PythonLiteral.show(actual)));
    this.key = key;
  }

  /// The key whose value is at fault.
  public String key() {
    return key;
  }

  static void require(boolean holds, String key, String expected, Object actual) {
    if (!holds) {
      throw new InvalidSetting(key, expected, actual);
    }
  }
}
