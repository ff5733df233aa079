package org.octolift.engine.tornado;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
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
    /// Written by the device, fetched by the host when it asks.
    RESULT,
    /// Written and read by the device alone: values between ops.
    TEMPORARY,
    /// Written and read by the device alone: what ops make of a batch's tables.
    LIST,
    /// Written and read by the device alone, within an op.
    SCRATCH;

    /// What several are called.
    String plural() {
      return switch (this) {
        case VARIABLE -> "variables";
        case INPUT -> "inputs";
        case CONSTANT -> "constants";
        case PREPARED -> "prepared";
        case RESULT -> "results";
        case TEMPORARY -> "temporaries";
        case LIST -> "lists";
        case SCRATCH -> "scratch";
      };
    }

    /// Whether the host reads or writes such arrays.
    boolean isOfHost() {
      return switch (this) {
        case VARIABLE, INPUT, CONSTANT, RESULT -> true;
        case PREPARED, TEMPORARY, LIST, SCRATCH -> false;
      };
    }
  }

  private final TornadoNativeArray host;
  private final Role role;
  private int first = -1;
  private int last = -1;
  private final BitSet users = new BitSet();
  private final Map<Integer, TornadoNativeArray> aliases = new HashMap<>();

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

  /// The array by which a graph knows the device's: [#host], or what stands for it.
  TornadoNativeArray in(int graph) {
    return aliases.getOrDefault(graph, host);
  }

  /// Has another array stand for this one in a graph.
  void alias(int graph, TornadoNativeArray array) {
    aliases.put(graph, array);
  }

  /// Notes that a graph uses the array.
  void usedBy(int graph) {
    if (first < 0) {
      first = graph;
    }
    last = graph;
    users.set(graph);
  }

  /// Whether a graph after the first uses the array: it is given the memory that the first has.
  boolean isSharedBy(int graph) {
    return first < graph && isUsedBy(graph);
  }

  /// Whether a graph uses the array.
  boolean isUsedBy(int graph) {
    return users.get(graph);
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
