package dev.peer.core.record;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.function.BooleanSupplier;

/** Bytes that one thread reads while another one still gives them. */
abstract class FedStream extends BlockStream {

  private boolean ended;
  private boolean broken;

  /** Whether bytes can be read now; this stream's lock is held. */
  abstract boolean hasMore();

  /** All bytes were given. */
  final synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** No more bytes come, and the reader fails. */
  final synchronized void breakOff() {
    broken = true;
    notifyAll();
  }

  /** Waits for bytes; false: there are none after the last. */
  final synchronized boolean awaitMore() throws IOException {
    await(() -> hasMore() || ended || broken);
    if (broken) {
      throw new IOException("its bytes broke off");
    }
    return hasMore();
  }

  /** Waits for what another thread changes. */
  final synchronized void await(BooleanSupplier condition) throws InterruptedIOException {
    try {
      while (!condition.getAsBoolean()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException)
          new InterruptedIOException("interrupted in the middle of a bundle").initCause(e);
    }
  }
}
