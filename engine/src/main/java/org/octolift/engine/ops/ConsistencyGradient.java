package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Losses;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Gradient of [Consistency] to the student; 0 in rows that are not selected.
///
/// @param dStudent written, (rows, classes)
/// @param student not modified
/// @param teacher not modified
/// @param select not modified, (rows, 1) ints: rows other than 0 count; or null: all do
/// @param count not modified, (1, 1): from the loss
/// @param dLoss not modified, (1, 1): the gradient to the loss
public record ConsistencyGradient(
    Value dStudent, Value student, Value teacher, Value select, Value count, Value dLoss)
    implements DeviceOp {
  private static final String NAME = "consistencyGradient";

  /// Checks types and shapes.
  public ConsistencyGradient {
    RowLosses.checkGradient(NAME, dStudent, student, select, count, dLoss);
    Checks.like(NAME, teacher, student);
    Checks.distinct(
        NAME, List.of(dStudent), Checks.present(student, teacher, select, count, dLoss));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return Checks.present(student, teacher, select, count, dLoss);
  }

  @Override
  public List<Value> writes() {
    return List.of(dStudent);
  }

  @Override
  public void run(CpuRun cpu) {
    FloatArray gradient = cpu.floats(dStudent);
    FloatArray first = cpu.floats(student);
    FloatArray second = cpu.floats(teacher);
    IntArray selected = select == null ? null : cpu.ints(select);
    FloatArray rows = cpu.floats(count);
    FloatArray above = cpu.floats(dLoss);
    int classes = student.channels();
    CpuLoops.rows(
        cpu,
        student,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            if (selected == null || selected.get(row) != 0) {
              Losses.consistencyGradientRow(gradient, first, second, rows, above, row, classes);
            } else {
              Losses.clearRow(gradient, row, classes);
            }
          }
        });
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Losses::consistencyGradient,
            tasks.floats(dStudent),
            tasks.floats(student),
            tasks.floats(teacher),
            select == null ? tasks.counts() : tasks.ints(select),
            tasks.floats(count),
            tasks.floats(dLoss),
            tasks.counts(),
            tasks.slot(student.rows()),
            student.channels(),
            tasks.capacity(student.rows()),
            select != null ? 1 : 0);
  }
}
