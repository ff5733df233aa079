package org.octolift.engine;

/// Something that runs programs: all CPU cores, or a GPU.
public interface Device extends AutoCloseable {
  /// A line for people: kind, cores or model.
  String description();

  /// Prepares a program. Memory is planned at the first run, when the batch's counts are known.
  Executable load(Program program);

  @Override
  void close();
}
