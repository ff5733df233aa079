package org.octolift.engine.tornado;

import java.util.BitSet;
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
    /// Written by the device after each upload of variables, and then the same in every run.
    PREPARED,
    /// Written by the device alone.
    TEMPORARY
  }

  private final TornadoNativeArray host;
  private final Role role;
  private int first = -1;
  private int last = -1;
  private final BitSet users = new BitSet();

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
    users.set(graph);
  }

  /// Whether a graph has the array's memory from the graph before. What stays the same from run to
  /// run is shared in another way: see [#isSharedBy].
  boolean isConsumedBy(int graph) {
    return !isShared() && first < graph && graph <= last;
  }

  /// Whether a graph after the first uses a variable or what was prepared of variables: it is given
  /// the memory that the first has.
  boolean isSharedBy(int graph) {
    return isShared() && first < graph && users.get(graph);
  }

  private boolean isShared() {
    return role == Role.VARIABLE || role == Role.PREPARED;
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
