package dev.peer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;

/** What came of a command. */
record Outcome(int exitCode, String stdout, String stderr) {

  Outcome hasExitCode(int expected) {
    assertThat(exitCode).as(toString()).isEqualTo(expected);
    return this;
  }

  /** Asserts that it ended with an error line, a hint and nothing on stdout. */
  Outcome refuses(int expected, String error) {
    hasExitCode(expected);
    assertThat(stderr)
        .containsPattern("(?m)^peer: error: .*" + error)
        .containsPattern("(?m)^peer: hint: .+");
    assertThat(stdout).isEmpty();
    return this;
  }

  /** As a script says it. */
  @Override
  public String toString() {
    return "? " + exitCode + "\n" + lines("1> ", stdout) + lines("2> ", stderr);
  }

  private static String lines(String prefix, String text) {
    return text.lines().map(line -> prefix + line + "\n").collect(Collectors.joining());
  }
}
