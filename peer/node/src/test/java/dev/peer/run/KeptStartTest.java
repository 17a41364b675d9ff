package dev.peer.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.flow.HistoryPosition;
import dev.peer.core.flow.Lineage;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.Preparation;
import dev.peer.core.record.PreparationNetwork;
import dev.peer.core.record.SharedCaches;
import dev.peer.core.record.StartedFrom;
import dev.peer.vm.snapshot.DiskHistory;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.KeptCaches;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which runs may start from another peer's runtime. */
class KeptStartTest {

  private static final CommitId BEFORE = new CommitId("1".repeat(40));
  private static final CommitId REVISION = new CommitId("2".repeat(40));
  private static final Optional<KeptCaches> SHARED =
      Optional.of(new KeptCaches(new SharedCaches(List.of("deps")), false));
  private static final Optional<KeptCaches> OWN =
      Optional.of(new KeptCaches(new SharedCaches(List.of("deps")), true));

  @Test
  void oneOfABlankDisk() {
    assertThat(start(KeptOrigin.TRUNK, "").mayTake()).isTrue();
    assertThat(start(KeptOrigin.ANY, "").mayTake()).isFalse();
    assertThat(start(KeptOrigin.TRUNK, "the clone is too shallow").mayTake()).isFalse();
  }

  @Test
  void oneOfAnEarlierCommitsDiskWhoseCachesAllMove() {
    KeptStart start = start(KeptOrigin.TRUNK, "", disk(BEFORE, SHARED));

    assertThat(start.here()).contains(disk(BEFORE, SHARED));
    assertThat(start.mayTake()).isTrue();
    assertThat(start.losesCaches()).isFalse();
  }

  @Test
  void noneThatWouldLoseCaches() {
    KeptStart start = start(KeptOrigin.TRUNK, "", disk(BEFORE, OWN));

    assertThat(start.mayTake()).isFalse();
    assertThat(start.losesCaches()).isTrue();
  }

  /** An older peer or an older guest image left it. */
  @Test
  void noneThatMayLoseCaches() {
    assertThat(start(KeptOrigin.TRUNK, "", disk(BEFORE, Optional.empty())).mayTake()).isFalse();
  }

  @Test
  void noneOfItsOwnCommitsDisk() {
    assertThat(start(KeptOrigin.TRUNK, "", disk(REVISION, SHARED)).mayTake()).isFalse();
  }

  private static KeptStart start(KeptOrigin widest, String unknown, DiskHistory... kept) {
    Lineage lineage =
        new Lineage(
            REVISION,
            widest,
            (revision, asked) -> {
              Optional<CommitId> nearest = asked.stream().findFirst();
              return new HistoryPosition(true, Optional.of(revision), nearest, nearest, unknown);
            });
    return KeptStart.of(
        lineage,
        new DiskName(new RepoId("example.org/a"), Digest.of(new byte[0]), 1 << 30),
        List.of(kept));
  }

  private static DiskHistory disk(CommitId commit, Optional<KeptCaches> caches) {
    return new DiskHistory(
        new StartedFrom(KeptOrigin.TRUNK, List.of(commit)),
        Instant.EPOCH,
        Optional.of(
            new Preparation(
                PreparationNetwork.none(), Digest.of(new byte[0]), Duration.ofMinutes(4))),
        caches);
  }
}
