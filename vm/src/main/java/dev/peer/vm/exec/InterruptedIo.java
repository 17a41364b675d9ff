package dev.peer.vm.exec;

import java.nio.channels.ClosedByInterruptException;

/** Distinguishes an interruption, in the forms it takes in blocked calls, from real failures. */
final class InterruptedIo {

  private InterruptedIo() {}

  /** Goes on as an interruption if the failure is one: it is no fault of the machine's. */
  static void rethrow(Exception failure) throws InterruptedException {
    if (Thread.interrupted() || failure instanceof ClosedByInterruptException) {
      InterruptedException interrupted = new InterruptedException("the run was interrupted");
      interrupted.initCause(failure);
      throw interrupted;
    }
  }
}
