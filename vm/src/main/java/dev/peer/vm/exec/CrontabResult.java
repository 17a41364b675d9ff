package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutionResult;

/** The outcome of making a revision's crontab. */
public sealed interface CrontabResult {

  /**
   * The crontab, as the repository's mkfile made it.
   *
   * @param text at most 16 KiB of UTF-8, anything at all
   */
  record Made(String text) implements CrontabResult {}

  /** The mkfile has no rule for one. */
  record NoRule() implements CrontabResult {}

  /** It was not made. */
  record Ended(ExecutionResult how) implements CrontabResult {}
}
