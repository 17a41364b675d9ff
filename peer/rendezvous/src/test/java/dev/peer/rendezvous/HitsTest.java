package dev.peer.rendezvous;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.metrics.Metrics;
import dev.peer.pages.ToldHit;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HitsTest {

  private static final Instant NOW = Instant.parse("2030-01-31T12:00:00Z");

  private final Hits hits = new Hits();

  @Test
  void tellsTheHitsOfARepositoryTheLatestLast() {
    hits.add(repo(1), hit(1));
    hits.add(repo(2), hit(2));
    hits.add(repo(1), hit(3));

    assertThat(hits.of(repo(1))).containsExactly(hit(1), hit(3));
    assertThat(hits.of(repo(2))).containsExactly(hit(2));
    assertThat(hits.of(repo(3))).isEmpty();
  }

  @Test
  void knowsTheLatestOfManyAndCountsAll() {
    for (int i = 0; i < Hits.MOST + 2; i++) {
      hits.add(repo(1), hit(i));
    }
    Metrics metrics = new Metrics();
    hits.addTo(metrics);

    assertThat(hits.of(repo(1))).hasSize(Hits.MOST).startsWith(hit(2)).endsWith(hit(Hits.MOST + 1));
    assertThat(new String(metrics.text(), UTF_8))
        .contains("\npeer_hits_total 1002\n", "\npeer_hits_saved_seconds_total 1503\n");
  }

  @Test
  void forgetsTheRepositoryThatHadNoneForTheLongestTime() {
    for (int i = 0; i < Hits.MOST_REPOSITORIES; i++) {
      hits.add(repo(i), hit(i));
    }
    hits.add(repo(0), hit(0));
    assertThat(hits.of(repo(1))).isNotEmpty();

    hits.add(repo(Hits.MOST_REPOSITORIES), hit(0));

    assertThat(hits.of(repo(1))).isEmpty();
    assertThat(hits.of(repo(0))).hasSize(2);
    assertThat(hits.of(repo(2))).hasSize(1);
    assertThat(hits.of(repo(Hits.MOST_REPOSITORIES))).hasSize(1);
  }

  private static RepoId repo(int number) {
    return new RepoId("git.example.org/team/" + number);
  }

  private static ToldHit hit(int second) {
    return new ToldHit(
        new RunKey(Digest.of(new byte[0])),
        new PeerId("spiffe://team/ci"),
        new PeerId("spiffe://team/laptop"),
        NOW.plusSeconds(second),
        Duration.ofMillis(1500));
  }
}
