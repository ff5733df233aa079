package org.octolift.apps.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// Text settings with a meaning of their own.
final class Choice {
  private Choice() {}

  /// The constant of {@code type} that the text of {@code key} names in lower case.
  static <E extends Enum<E>> E of(Class<E> type, String key, ConfigTree tree) {
    String text = tree.text(key);
    E[] constants = type.getEnumConstants();
    return Arrays.stream(constants)
        .filter(constant -> name(constant).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidSetting(
                    key,
                    Arrays.stream(constants)
                        .map(Choice::name)
                        .collect(Collectors.joining(", ", "one of ", "")),
                    text));
  }

  static Path path(String key, ConfigTree tree) {
    String text = tree.text(key);
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new InvalidSetting(key, "a path (" + e.getReason() + ")", text);
    }
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
