package org.octolift.apps.broken.engine;

import jdk.incubator.vector.FloatVector;

/// Uses the Vector API.
final class UsesVectors {
  private UsesVectors() {}

  static int lanes() {
    return FloatVector.SPECIES_PREFERRED.length();
  }
}
