package org.octolift.engine.tornado;

import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.common.SchedulableTask;

/// A task of a graph with its grid.
///
/// @param grid null for none
record GridTask(SchedulableTask task, WorkerGrid grid) {}
