package dev.peer.core.progress;

import dev.peer.core.record.OutputStreamName;

/**
 * One thing that happens in a run. Whoever shows, records or passes on a run takes a stream of
 * these, in the order in which they happened.
 */
public sealed interface RunEvent {

  /** A stage of the run begins. Where the run is shown, it is a step and a notice. */
  record Stage(String name) implements RunEvent {}

  /** What a caller of the run is told, here or by another process. */
  sealed interface Message extends RunEvent {}

  /** How far a command is; see {@link Steps}. */
  sealed interface Progress extends Message {}

  /** A step begins, and with it the one before ends. */
  record Step(String name) implements Progress {}

  /** What the step works on or waits for. */
  record Awaiting(String what) implements Progress {}

  /** How many bytes the step has moved, and of how many. */
  record Moved(long done, long total) implements Progress {}

  /** A line of peer's own, without a prefix and without its end. */
  record Notice(String line) implements Message {}

  /** A line of the command's answer. */
  record Answer(String line) implements Message {}

  /** Output of a stage that is not the test, both streams. */
  record StageOutput(String stage, OutputBytes bytes) implements Message {}

  /** Output of the test. */
  record TestOutput(OutputStreamName stream, OutputBytes bytes) implements Message {}
}
