package org.octolift.apps.data.prepare;

import java.io.Serializable;
import java.util.List;

/// One scan to prepare.
///
/// @param name for messages: `scene0000_00`
/// @param inputs files it is made from, relative to the input folder
/// @param output the file that is there once all has been done, relative to the output folder
public record Step(String name, List<String> inputs, String output) implements Serializable {
  /// Copies the list.
  public Step {
    inputs = List.copyOf(inputs);
  }
}
