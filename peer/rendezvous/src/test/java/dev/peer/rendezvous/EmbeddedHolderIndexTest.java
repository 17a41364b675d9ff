package dev.peer.rendezvous;

import static dev.peer.wire.RunState.PASSED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.RunKey;
import dev.peer.wire.LeaseTerms;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EmbeddedHolderIndexTest extends HolderIndexContract {

  private static final LeaseTerms TERMS =
      new LeaseTerms(Duration.ofSeconds(10), Duration.ofSeconds(30));

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);

  @Override
  protected HolderIndex open() {
    return new EmbeddedIndex(new IndexSettings(TERMS, LEASES, RESULTS), clock::get);
  }

  @Override
  protected void pass() {
    clock.addAndGet(TERMS.expiresAfter().minusSeconds(1).toNanos());
  }

  @Override
  protected void lapse() {
    clock.addAndGet(TERMS.expiresAfter().toNanos());
  }

  @Test
  void findsEachOfManyRunKeysThatFallTogether() {
    EmbeddedIndex large = new EmbeddedIndex(new IndexSettings(TERMS, 2, 20_000), clock::get);
    large.lease(LAPTOP, at(1));
    for (int i = 0; i < 20_000; i++) {
      large.announce(LAPTOP, REPO, falling(i), PASSED);
    }

    for (int i = 0; i < 20_000; i++) {
      assertThat(large.holders(REPO, falling(i))).containsExactly(entry(LAPTOP, 1));
    }
    assertThat(large.holders(REPO, falling(20_000))).isEmpty();
    large.withdraw(LAPTOP);
    assertThat(large.holders(REPO, falling(7))).isEmpty();
  }

  /** The two halves are alike, so that whatever adds them up finds nothing in them. */
  private static RunKey falling(int number) {
    return RunKey.ofHex("%032x".formatted(number).repeat(2));
  }
}
