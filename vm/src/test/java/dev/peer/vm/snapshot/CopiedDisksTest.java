package dev.peer.vm.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.RuntimeId;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.sign.Attestation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks that are kept for other peers, beside those of the machine's own runs. */
class CopiedDisksTest {

  private static final RepoId REPO = new RepoId("example.org/team/project");
  private static final Digest IMAGE = Digest.of(new byte[0]);
  private static final DiskName NAME = new DiskName(REPO, IMAGE, 10_000);
  private static final PeerId LAPTOP = new PeerId("CN=laptop");
  private static final PeerId DESK = new PeerId("CN=desk");
  private static final List<RuntimeId> RUNTIMES = List.of(new RuntimeId(LAPTOP, IMAGE));

  @TempDir private Path directory;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private CachePolicy policy = new CachePolicy(Duration.ofDays(7), 100_000);

  @Test
  void copiesTakeThePlaceOfNoOwnDisk() throws Exception {
    for (int commit = 1; commit <= RepositoryDisks.MOST; commit++) {
      keep(commit, 100);
    }

    copy(NAME, 1, LAPTOP);
    copy(NAME, 5, LAPTOP);

    assertThat(commits()).containsExactly("5", "1", "4", "3", "2", "1");
  }

  @Test
  void anOwnDiskTakesThePlaceOfACopyOfItsCommit() throws Exception {
    copy(NAME, 1, LAPTOP);

    keep(1, 100);

    assertThat(commits()).containsExactly("1");
    copy(NAME, 2, LAPTOP);
    copy(NAME, 3, LAPTOP);
    assertThat(commits()).as("it is none of the two copies").containsExactly("3", "2", "1");
  }

  @Test
  void ofOneMakerTwoCopiesStayWhateverTheirSize() throws Exception {
    copy(NAME, 1, DESK);
    for (int commit = 2; commit < 8; commit++) {
      copy(new DiskName(REPO, IMAGE, 10_000 + commit), commit, LAPTOP);
    }
    copy(new DiskName(REPO, Digest.of(new byte[1]), 10_000), 8, LAPTOP);

    assertThat(commits()).containsExactly("8", "7", "6", "1");
  }

  @Test
  void copiesGoBeforeOwnDisksThatWereUsedLongAgo() throws Exception {
    policy = new CachePolicy(Duration.ofDays(7), 400);
    keep(1, 100);
    keep(2, 100);

    copy(NAME, 3, LAPTOP);
    assertThat(commits()).containsExactly("3", "2", "1");
    copy(NAME, 4, LAPTOP);
    assertThat(commits()).containsExactly("4", "2", "1");
    keep(5, 200);

    assertThat(commits()).containsExactly("5", "2", "1");
  }

  @Test
  void aCopyThatARunStartedFromIsOneOfItsOwn() throws Exception {
    copy(NAME, 1, LAPTOP);
    now = now.plusSeconds(60);
    disks().find(NAME, made(1).outOf(RUNTIMES), false).orElseThrow().close();

    copy(NAME, 2, LAPTOP);
    copy(NAME, 3, LAPTOP);
    copy(NAME, 4, LAPTOP);

    assertThat(commits()).containsExactly("4", "3", "1");
  }

  private void keep(int commit, int bytes) throws IOException {
    now = now.plusSeconds(60);
    disks().keep(NAME, written(bytes), new DiskHistory(made(commit), now), Optional.empty());
  }

  private void copy(DiskName name, int commit, PeerId maker) throws IOException {
    now = now.plusSeconds(60);
    disks()
        .copy(
            name,
            written(100),
            new DiskHistory(made(commit), now),
            new HeldRuntime(
                Files.write(directory.resolve("runtime"), new byte[10]),
                IMAGE,
                Attestation.of(new byte[] {1, 2, 3})),
            maker);
  }

  private Path written(int bytes) throws IOException {
    return Files.write(directory.resolve("made"), new byte[bytes]);
  }

  /** The first digit of each disk's last commit, the disk that was used last first. */
  private List<String> commits() throws IOException {
    return disks().list().stream()
        .map(disk -> disk.history().made().commits().getLast().hex().substring(0, 1))
        .toList();
  }

  private static StartedFrom made(int commit) {
    return new StartedFrom(
        KeptOrigin.TRUNK, List.of(new CommitId(Integer.toString(commit).repeat(40))));
  }

  private RepositoryDisks disks() {
    return new RepositoryDisks(
        directory.resolve("disks"), policy, () -> now, _ -> {}, Optional.of((_, _) -> RUNTIMES));
  }
}
