package uk.ac.manchester.tornado.api.enums;

/// When an array is copied between host and device.
public final class DataTransferMode {
  /// Once, at the first execution of the graph.
  public static final int FIRST_EXECUTION = 0;

  /// At every execution of the graph.
  public static final int EVERY_EXECUTION = 1;

  /// Never by itself; the program asks for the copy.
  public static final int UNDER_DEMAND = 2;

  private DataTransferMode() {}
}
