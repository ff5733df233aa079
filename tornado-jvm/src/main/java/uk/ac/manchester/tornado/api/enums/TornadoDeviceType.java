package uk.ac.manchester.tornado.api.enums;

/// Kinds of devices.
public enum TornadoDeviceType {
  /// Not known.
  UNKNOWN,
  /// Whichever comes first.
  DEFAULT,
  /// A processor.
  CPU,
  /// A graphics card.
  GPU,
  /// Programmable logic.
  FPGA,
  /// Something else that computes.
  ACCELERATOR,
  /// A kind of the vendor's own.
  CUSTOM,
  /// Any.
  ALL
}
