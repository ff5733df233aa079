package org.octolift.engine.tornado;

import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.common.SchedulableTask;

/// A task of a graph with its grid.
///
/// @param grid null for none
record GridTask(SchedulableTask task, WorkerGrid grid) {
  static List<GridTask> of(MeasuredGraph graph, GridScheduler grids) {
    List<GridTask> tasks = new ArrayList<>();
    graph.forEachTask(task -> tasks.add(new GridTask(task, grids.get(task.getId()))));
    return tasks;
  }
}
