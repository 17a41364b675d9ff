package dev.peer.vm.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpreparedCommitsTest {

  private static final Digest IMAGE = Digest.of(new byte[0]);
  private static final DiskName NAME = new DiskName(new RepoId("a"), IMAGE, 10_000);
  private static final CommitId COMMIT = new CommitId("1".repeat(40));

  @TempDir private Path directory;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void areNotTriedAgainForAWhile() throws Exception {
    assertThat(commits().contains(NAME, COMMIT)).isFalse();
    commits().add(NAME, COMMIT);

    assertThat(commits().contains(NAME, COMMIT)).isTrue();
    assertThat(commits().contains(NAME, new CommitId("2".repeat(40)))).isFalse();
    assertThat(commits().contains(new DiskName(new RepoId("a"), IMAGE, 20_000), COMMIT)).isFalse();
    now = now.plus(UnpreparedCommits.PAUSE);
    assertThat(commits().contains(NAME, COMMIT)).isFalse();
  }

  @Test
  void areForgottenWhenTheyMayBeTriedAgainAndWhenTheUserSaysSo() throws Exception {
    commits().add(NAME, COMMIT);
    now = now.plus(UnpreparedCommits.PAUSE);
    commits().add(NAME, new CommitId("2".repeat(40)));

    try (Stream<Path> files = Files.list(directory.resolve("unprepared"))) {
      assertThat(files).hasSize(1);
    }
    commits().clear();
    assertThat(directory.resolve("unprepared")).doesNotExist();
    commits().clear();
  }

  private UnpreparedCommits commits() {
    return new UnpreparedCommits(directory.resolve("unprepared"), () -> now);
  }
}
