package org.octolift.apps.profile;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The memory that a program takes on a device, in words.
public final class DeviceBytes {
  private DeviceBytes() {}

  /// A line with the sum and its parts; empty if there are none.
  ///
  /// @param bytes by what they are for
  public static Optional<String> line(Map<String, Long> bytes) {
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    long sum = bytes.values().stream().mapToLong(Long::longValue).sum();
    String parts =
        bytes.entrySet().stream()
            .map(part -> "%s %.1f".formatted(part.getKey(), part.getValue() * 0x1p-20))
            .collect(Collectors.joining(", "));
    return Optional.of("on the device %.1f MiB: %s".formatted(sum * 0x1p-20, parts));
  }
}
