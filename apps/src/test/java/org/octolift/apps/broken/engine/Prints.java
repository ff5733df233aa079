package org.octolift.apps.broken.engine;

/// Prints.
public final class Prints {
  private Prints() {}

  static void print(String text) {
    System.out.println(text);
  }
}
