package dev.peer.tls;

import java.util.concurrent.atomic.LongAdder;

/**
 * How many full handshakes a listener has had. Those that were neither accepted nor refused brought
 * no certificate, or were given up.
 */
public final class Handshakes {

  private final LongAdder started = new LongAdder();
  private final LongAdder accepted = new LongAdder();
  private final LongAdder refused = new LongAdder();

  public Handshakes() {}

  /** In which our certificate was sent. */
  public long started() {
    return started.sum();
  }

  /** In which the other side's certificate was taken. */
  public long accepted() {
    return accepted.sum();
  }

  /** In which the other side's certificate was refused. */
  public long refused() {
    return refused.sum();
  }

  void start() {
    started.increment();
  }

  void accept() {
    accepted.increment();
  }

  void refuse() {
    refused.increment();
  }
}
