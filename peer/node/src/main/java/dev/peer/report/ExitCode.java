package dev.peer.report;

import java.util.Arrays;
import java.util.Optional;

/** The meanings of the command's exit. */
public enum ExitCode {
  PASSED(0),
  TESTS_FAILED(1),
  USAGE(2),
  NO_RESULT(3),
  INFRASTRUCTURE(4),
  NOTHING_VERIFIED(5),
  TIME_LIMIT(124),
  INTERRUPTED(130);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  /** The code that has this number; empty: none has. */
  public static Optional<ExitCode> of(int number) {
    return Arrays.stream(values()).filter(code -> code.number == number).findFirst();
  }

  /** As the process ends with it. */
  public int number() {
    return number;
  }
}
