package org.octolift.apps.broken.nn;

/// Starts a thread.
final class StartsThreads {
  private StartsThreads() {}

  static void start(Runnable body) {
    Thread.ofPlatform().start(body);
  }
}
