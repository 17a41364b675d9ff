package dev.peer.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.PeerId;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PeerBackoffTest {

  private final AtomicLong now = new AtomicLong();
  private final PeerBackoff shunned = new PeerBackoff(now::get);

  @Test
  void forgetsAfterAWhile() {
    Duration time = shunned.add(new PeerId("CN=liar"));
    assertThat(shunned.contains(new PeerId("CN=liar"))).isTrue();
    assertThat(shunned.contains(new PeerId("CN=other"))).isFalse();

    now.addAndGet(time.toNanos());
    assertThat(shunned.contains(new PeerId("CN=liar"))).isTrue();
    now.incrementAndGet();
    assertThat(shunned.contains(new PeerId("CN=liar"))).isFalse();
  }

  @Test
  void knowsSoManyAndNoMore() {
    for (int i = 0; i <= 1_000; i++) {
      shunned.add(new PeerId("CN=" + i));
    }

    assertThat(shunned.contains(new PeerId("CN=0"))).isFalse();
    assertThat(shunned.contains(new PeerId("CN=1"))).isTrue();
  }
}
