package dev.peer.relay;

import dev.peer.tls.TlsConnection;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Somebody waits for a peer to open a connection. Ends once, in whatever way. */
final class Dial {

  private final Registration of;
  private final CountDownLatch answered = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private boolean taken;
  private boolean over;
  private boolean busy;
  private Optional<TlsConnection> connection = Optional.empty();

  Dial(Registration of) {
    this.of = of;
  }

  /** The peer that was asked. */
  Registration of() {
    return of;
  }

  /** The peer is about to answer; whether the caller still waits, and this is the first answer. */
  synchronized boolean take() {
    boolean first = !taken && !over;
    taken = true;
    return first;
  }

  /** The peer's connection; whether the caller still waits for it. */
  synchronized boolean answer(TlsConnection opened) {
    if (over) {
      return false;
    }
    over = true;
    connection = Optional.of(opened);
    answered.countDown();
    return true;
  }

  /** The peer opens none. */
  synchronized void refuse() {
    if (!over) {
      over = true;
      busy = true;
      answered.countDown();
    }
  }

  /** Waits for the connection; empty if there is none in time. */
  Optional<TlsConnection> await(Duration most) throws InterruptedException {
    answered.await(most.toNanos(), TimeUnit.NANOSECONDS);
    synchronized (this) {
      over = true;
      return connection;
    }
  }

  /** Whether the peer said that it has too many. */
  synchronized boolean isBusy() {
    return busy;
  }

  /** The connection is needed no more. */
  void end() {
    ended.countDown();
  }

  /** Waits until the connection is needed no more. */
  void awaitEnd() throws InterruptedException {
    ended.await();
  }
}
