package dev.peer.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.Content;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OffersTest {

  private static final PeerId LAPTOP = new PeerId("CN=laptop");

  private final AtomicLong now = new AtomicLong();
  private final Offers offers = new Offers(now::get);

  @Test
  void givesAnOfferOnceToWhoMadeIt() {
    offers.add(LAPTOP, offer(1));

    assertThat(offers.take(new PeerId("CN=other"), digest(1))).isEmpty();
    assertThat(offers.take(LAPTOP, digest(2))).isEmpty();
    assertThat(offers.take(LAPTOP, digest(1))).isPresent();
    assertThat(offers.take(LAPTOP, digest(1))).isEmpty();
  }

  @Test
  void awaitsABundleForAWhile() {
    offers.add(LAPTOP, offer(1));
    offers.add(LAPTOP, offer(2));

    now.addAndGet(Duration.ofMinutes(2).toNanos());
    assertThat(offers.take(LAPTOP, digest(1))).isPresent();
    now.incrementAndGet();
    assertThat(offers.take(LAPTOP, digest(2))).isEmpty();
  }

  @Test
  void awaitsSoManyOfOnePeerTheLastOnes() {
    offers.add(new PeerId("CN=other"), offer(0));
    for (int i = 1; i <= 9; i++) {
      offers.add(LAPTOP, offer(i));
    }

    assertThat(offers.take(LAPTOP, digest(1))).isEmpty();
    assertThat(offers.take(LAPTOP, digest(2))).isPresent();
    assertThat(offers.take(LAPTOP, digest(9))).isPresent();
    assertThat(offers.take(new PeerId("CN=other"), digest(0))).isPresent();
  }

  @Test
  void awaitsSoManyOfAll() {
    for (int i = 0; i <= 64; i++) {
      offers.add(new PeerId("CN=" + i), offer(i));
    }

    assertThat(offers.take(new PeerId("CN=0"), digest(0))).isEmpty();
    assertThat(offers.take(new PeerId("CN=1"), digest(1))).isPresent();
    assertThat(offers.take(new PeerId("CN=64"), digest(64))).isPresent();
  }

  private static Digest digest(int number) {
    return Digest.of(new byte[] {(byte) number});
  }

  private static Intake.Offer offer(int number) {
    return new Intake.Offer() {
      @Override
      public RepoId repo() {
        return new RepoId("repo");
      }

      @Override
      public Content bundle() {
        return new Content(1, digest(number));
      }

      @Override
      public Intake.OfferState state() {
        return Intake.OfferState.WANTED;
      }

      @Override
      public void take(Intake.Body body) {
        throw new AssertionError("nobody takes it");
      }
    };
  }
}
