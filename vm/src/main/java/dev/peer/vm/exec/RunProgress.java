package dev.peer.vm.exec;

import dev.peer.core.progress.ExecutionListener;

/**
 * How far a run is.
 *
 * @param deadline when its time is over
 * @param current its stage
 * @param listener learns of its stages and their output
 */
record RunProgress(RunDeadline deadline, CurrentStage current, ExecutionListener listener) {}
