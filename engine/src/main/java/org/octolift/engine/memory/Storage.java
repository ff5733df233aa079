package org.octolift.engine.memory;

import java.util.List;
import java.util.stream.Stream;
import org.octolift.engine.Op;
import org.octolift.engine.Program;
import org.octolift.engine.Value;

/// What of a program is stored: its values as they are ([#of]), or, where a device has forms of its
/// own for some of them, other values in their place or beside them.
public interface Storage {
  /// All values by id: the program's, then those that only the device knows.
  List<Value> values();

  /// What an op reads and writes.
  ///
  /// @param op its place in the program
  List<Value> touched(int op);

  /// Elements of a value with {@code rows} rows.
  ///
  /// @throws ArithmeticException if there are 2³¹ or more
  int size(Value value, int rows);

  /// Every value as it is.
  static Storage of(Program program) {
    return new Storage() {
      @Override
      public List<Value> values() {
        return program.values();
      }

      @Override
      public List<Value> touched(int index) {
        Op op = program.ops().get(index);
        return Stream.concat(op.reads().stream(), op.writes().stream()).toList();
      }

      @Override
      public int size(Value value, int rows) {
        return Math.multiplyExact(rows, value.channels());
      }
    };
  }
}
