package dev.peer.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.daemon.CopyQueue.Item;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class CopyQueueTest {

  private static final RepoId REPO = new RepoId("repo");
  private static final RepoId OTHER = new RepoId("other");
  private static final URI HERE = URI.create("https://127.0.0.1:1");
  private static final URI THERE = URI.create("https://127.0.0.1:2");

  private final AtomicLong now = new AtomicLong();
  private final CopyQueue queue = new CopyQueue(now::get);

  @Test
  void givesTheFirstFirstAndEachOnce() throws Exception {
    queue.add(name(REPO, 1), HERE);
    queue.add(name(REPO, 2), HERE);
    queue.add(name(REPO, 1), THERE);

    Item first = queue.take();
    assertThat(first).isEqualTo(new Item(name(REPO, 1), THERE));
    assertThat(queue.take().name()).isEqualTo(name(REPO, 2));
    queue.done(first);
    assertThat(queue.size()).isEqualTo(1);
  }

  @Test
  void wantsSoManyOfARepositoryTheLastOnesThatAreNotUnderWay() throws Exception {
    queue.add(name(OTHER, 0), HERE);
    queue.add(name(REPO, 0), HERE);
    assertThat(List.of(queue.take().name(), queue.take().name()))
        .containsExactlyInAnyOrder(name(OTHER, 0), name(REPO, 0));
    for (int i = 1; i <= CopyQueue.MOST; i++) {
      queue.add(name(REPO, i), HERE);
    }

    assertThat(queue.size()).isEqualTo(CopyQueue.MOST + 1);
    assertThat(queue.take().name()).isEqualTo(name(REPO, 2));
  }

  @Test
  void triesAgainLaterEachTimeAndNotForEver() throws Exception {
    queue.add(name(REPO, 1), HERE);
    Duration last = Duration.ZERO;
    for (int i = 0; i < 7; i++) {
      Duration pause = queue.again(queue.take()).orElseThrow();
      assertThat(pause).isGreaterThan(last);
      last = pause;
      now.addAndGet(pause.toNanos());
    }

    assertThat(queue.again(queue.take())).isEmpty();
    assertThat(queue.size()).isZero();
  }

  @Test
  void beginsAnewWithWhatIsAnnouncedAnew() throws Exception {
    queue.add(name(REPO, 1), HERE);
    queue.again(queue.take());
    queue.add(name(REPO, 2), HERE);
    assertThat(queue.take().name()).isEqualTo(name(REPO, 2));

    queue.add(name(REPO, 1), THERE);
    assertThat(queue.take()).isEqualTo(new Item(name(REPO, 1), THERE));
  }

  @Test
  void whatNobodyHasIsForgottenUnlessItWasAnnouncedMeanwhile() throws Exception {
    queue.add(name(REPO, 1), HERE);
    Item item = queue.take();
    queue.add(name(REPO, 1), THERE);
    queue.absent(item);
    assertThat(queue.size()).isEqualTo(1);

    now.addAndGet(Duration.ofMinutes(1).toNanos());
    queue.absent(queue.take());
    assertThat(queue.size()).isZero();
  }

  @Test
  void waitsForWhatIsToCome() throws Exception {
    Thread adder = Thread.ofVirtual().start(() -> queue.add(name(REPO, 1), HERE));

    assertThat(queue.take().name()).isEqualTo(name(REPO, 1));
    adder.join();
  }

  private static ResultName name(RepoId repo, int number) {
    return new ResultName(
        repo, new RunKey(Digest.of(new byte[] {(byte) number, (byte) (number >> 8)})));
  }
}
