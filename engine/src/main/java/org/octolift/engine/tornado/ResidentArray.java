package org.octolift.engine.tornado;

import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/// An array with a copy on the device, and the graphs between which it must stay there.
final class ResidentArray {
  /// Who writes an array, and when it goes to the device.
  enum Role {
    /// Written by host and device, uploaded when the host has newer values.
    VARIABLE,
    /// Written by the host, uploaded in every run.
    INPUT,
    /// Written by the host once.
    CONSTANT,
    /// Written by the device alone.
    TEMPORARY
  }

  private final TornadoNativeArray host;
  private final Role role;
  private int first = -1;
  private int last = -1;

  ResidentArray(TornadoNativeArray host, Role role) {
    this.host = host;
    this.role = role;
  }

  /// The host's array, by which TornadoVM knows the device's.
  TornadoNativeArray host() {
    return host;
  }

  Role role() {
    return role;
  }

  /// Notes that a graph uses the array.
  void usedBy(int graph) {
    if (first < 0) {
      first = graph;
    }
    last = graph;
  }

  /// Whether a graph has the array's memory from the graph before. Variables stay for all graphs,
  /// as the first graph of a step follows the last one of the step before.
  boolean isConsumedBy(int graph) {
    return role == Role.VARIABLE ? graph > first : first < graph && graph <= last;
  }

  /// The graph that allocates the array.
  int first() {
    return first;
  }

  /// The last graph that uses the array.
  int last() {
    return last;
  }

  long bytes() {
    return host.getNumBytesOfSegmentWithHeader();
  }
}
