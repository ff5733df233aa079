package org.octolift.apps.commands;

import picocli.CommandLine.Option;

/// The options of commands that train networks of their own choice: what computes.
final class ComputeOptions {
  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Threads that compute; 0: all cores. Results do not depend on it.")
  private int threads;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cpu",
      description = "cpu or gpu (default: ${DEFAULT-VALUE}).")
  private String device;

  /// Number of threads, or 0 for all cores.
  int threads() {
    return threads;
  }

  /// The device's name, not checked.
  String device() {
    return device;
  }
}
