package dev.peer.vm.exec;

import java.nio.channels.ClosedByInterruptException;

/** Tells what an interruption looks like in blocked calls from what went wrong by itself. */
final class Interruption {

  private Interruption() {}

  /** Goes on as an interruption if the failure is one: it is no fault of the machine's. */
  static void rethrow(Exception failure) throws InterruptedException {
    if (Thread.interrupted() || failure instanceof ClosedByInterruptException) {
      InterruptedException interrupted = new InterruptedException("the run was interrupted");
      interrupted.initCause(failure);
      throw interrupted;
    }
  }
}
