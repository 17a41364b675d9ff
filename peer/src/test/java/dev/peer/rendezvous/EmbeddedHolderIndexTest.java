package dev.peer.rendezvous;

import dev.peer.wire.LeaseTerms;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

class EmbeddedHolderIndexTest extends HolderIndexContract {

  private static final LeaseTerms TERMS =
      new LeaseTerms(Duration.ofSeconds(10), Duration.ofSeconds(30));

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);

  @Override
  protected HolderIndex open() {
    return new EmbeddedIndex(new EmbeddedIndex.Settings(TERMS, LEASES, RESULTS), clock::get);
  }

  @Override
  protected void pass() {
    clock.addAndGet(TERMS.expiresAfter().minusSeconds(1).toNanos());
  }

  @Override
  protected void lapse() {
    clock.addAndGet(TERMS.expiresAfter().toNanos());
  }
}
