package dev.peer.cli;

/** What the command's exit says. */
final class ExitCode {

  static final int PASSED = 0;
  static final int TESTS_FAILED = 1;
  static final int USAGE = 2;
  static final int NO_RESULT = 3;
  static final int INFRASTRUCTURE = 4;
  static final int NOTHING_VERIFIED = 5;
  static final int TIME_LIMIT = 124;
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
