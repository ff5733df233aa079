package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Losses;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Mean of `(softmax(student) - softmax(teacher))²` over the selected rows and all classes. The
/// teacher is a constant.
///
/// @param loss written, (1, 1); 0 if no row counts
/// @param count written, (1, 1): the number of rows that count
/// @param student not modified, (rows, classes): logits
/// @param teacher not modified, (rows, classes): logits
/// @param select not modified, (rows, 1) ints: rows other than 0 count; or null: all do
public record Consistency(Value loss, Value count, Value student, Value teacher, Value select)
    implements DeviceOp {
  private static final String NAME = "consistency";

  /// Checks types and shapes.
  public Consistency {
    RowLosses.check(NAME, loss, count, student, select);
    Checks.like(NAME, teacher, student);
    Checks.distinct(NAME, List.of(loss, count), Checks.present(student, teacher, select));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return Checks.present(student, teacher, select);
  }

  @Override
  public List<Value> writes() {
    return List.of(loss, count);
  }

  @Override
  public void run(CpuRun cpu) {
    FloatArray first = cpu.floats(student);
    FloatArray second = cpu.floats(teacher);
    IntArray selected = select == null ? null : cpu.ints(select);
    int classes = student.channels();
    RowLosses.mean(
        cpu,
        loss,
        count,
        student,
        classes,
        (rowLosses, row) -> {
          if (selected == null || selected.get(row) != 0) {
            Losses.consistencyRow(rowLosses, first, second, row, classes);
          } else {
            Losses.clearRow(rowLosses, row, 2);
          }
        });
  }

  @Override
  public void lower(Lowering tasks) {
    RowLosses.lower(
        tasks,
        NAME,
        loss,
        count,
        student,
        student.channels(),
        rowLosses ->
            tasks
                .graph()
                .task(
                    tasks.id(NAME),
                    Losses::consistencyRows,
                    rowLosses,
                    tasks.floats(student),
                    tasks.floats(teacher),
                    select == null ? tasks.counts() : tasks.ints(select),
                    tasks.counts(),
                    tasks.slot(student.rows()),
                    student.channels(),
                    tasks.capacity(student.rows()),
                    select != null ? 1 : 0));
  }
}
