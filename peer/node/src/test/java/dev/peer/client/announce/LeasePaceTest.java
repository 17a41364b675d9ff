package dev.peer.client.announce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.client.BusyException;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.wire.Limits;
import dev.peer.wire.RendezvousPath;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeasePaceTest {

  private final IOException failure = new IOException("away");

  private static Duration seconds(int number) {
    return Duration.ofSeconds(number);
  }

  @Test
  void triesAgainSoonAndThenEverMoreSeldom() {
    List<Duration> pauses = new ArrayList<>();
    Duration retry = LeasePace.FIRST_RETRY;
    for (int i = 0; i < 6; i++) {
      pauses.add(LeasePace.pause(retry, seconds(20), failure));
      retry = LeasePace.next(retry);
    }
    assertThat(pauses)
        .containsExactly(seconds(1), seconds(2), seconds(4), seconds(8), seconds(15), seconds(15));
  }

  @Test
  void doesNotWaitLongerThanForTheRenewal() {
    assertThat(LeasePace.pause(seconds(15), seconds(5), failure)).isEqualTo(seconds(5));
  }

  @Test
  void staysAwayAsLongAsItIsAskedToButNoLongerThanALeaseLasts() {
    assertThat(LeasePace.pause(seconds(1), seconds(20), new BusyException("", seconds(30))))
        .isEqualTo(seconds(30));
    assertThat(LeasePace.pause(seconds(1), seconds(20), new BusyException("", seconds(9999))))
        .isEqualTo(seconds(Limits.LEASE_SECONDS));
    assertThat(LeasePace.pause(seconds(8), seconds(20), new BusyException("", seconds(3))))
        .isEqualTo(seconds(8));
  }

  @Test
  void comesUpToAFifthEarlier() {
    assertThat(LeasePace.spread(seconds(10), 0)).isEqualTo(seconds(10));
    assertThat(LeasePace.spread(seconds(10), 1)).isEqualTo(seconds(8));
  }

  private static RendezvousPath.Result run(String repo, int number) {
    byte[] bytes = {(byte) number, (byte) (number >> 8)};
    return new RendezvousPath.Result(new RepoId(repo), new RunKey(Digest.of(bytes)));
  }

  @Test
  void announcesTogetherWhatIsOfOneRepositoryAndNotTooMuch() {
    List<RendezvousPath.Result> runs = new ArrayList<>();
    runs.add(run("b", 0));
    for (int i = 0; i <= Limits.RUNS; i++) {
      runs.add(run("a", i));
    }
    runs.add(run("b", 1));
    List<List<RendezvousPath.Result>> together = LeasePace.together(runs);
    assertThat(together).extracting(List::size).containsExactly(2, Limits.RUNS, 1);
    assertThat(together.getFirst()).containsExactly(run("b", 0), run("b", 1));
    assertThat(together.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(runs);
  }
}
