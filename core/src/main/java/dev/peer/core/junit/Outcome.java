package dev.peer.core.junit;

/** How a test ended, the worst last. */
enum Outcome {
  PASSED,
  SKIPPED,
  FAILED;

  Outcome worse(Outcome other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
