package dev.peer.report;

/** The meanings of the command's exit. */
public final class ExitCode {

  public static final int PASSED = 0;
  public static final int TESTS_FAILED = 1;
  public static final int USAGE = 2;
  public static final int NO_RESULT = 3;
  public static final int INFRASTRUCTURE = 4;
  public static final int NOTHING_VERIFIED = 5;
  public static final int TIME_LIMIT = 124;
  public static final int INTERRUPTED = 130;

  private ExitCode() {}
}
