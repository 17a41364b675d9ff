package dev.peer.core.flow;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;

/** Distinguishes an interruption, in the forms it takes in blocked calls, from real failures. */
public final class InterruptedIo {

  private InterruptedIo() {}

  /** Goes on as an interruption if the failure is one: it is no fault of what was used. */
  public static void rethrow(Exception failure) throws InterruptedException {
    if (Thread.interrupted() || isInterruption(failure) || isInterruption(failure.getCause())) {
      throw (InterruptedException)
          new InterruptedException("the run was interrupted").initCause(failure);
    }
  }

  /** Whether it is how a blocked call ends when its thread is interrupted. */
  public static boolean isInterruption(Throwable failure) {
    return failure instanceof ClosedByInterruptException
        || (failure instanceof InterruptedIOException
            && !(failure instanceof SocketTimeoutException));
  }
}
