package dev.peer.vm.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryDisksTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Digest IMAGE = Digest.of(new byte[0]);
  private static final long DISK_BYTES = 10_000;

  @TempDir private Path directory;
  private final List<String> notices = new ArrayList<>();
  private Instant now = START;

  @Test
  void givesWhatWasKept() throws Exception {
    keep("a", 100);

    try (KeptDisk disk = disks().find(name("a")).orElseThrow()) {
      assertThat(disk.file()).hasSize(100);
      assertThat(disk.begun()).isEqualTo(START);
    }
    assertThat(disks().find(name("b"))).isEmpty();
    assertThat(disks().find(new DiskName(new RepoId("a"), IMAGE, DISK_BYTES + 1))).isEmpty();
  }

  @Test
  void keepsOneDiskOfARepository() throws Exception {
    keep("a", 100);
    now = now.plusSeconds(60);
    keep("a", 200);

    assertThat(disks().list()).extracting(RepositoryDisks.Listed::bytes).containsExactly(200L);
    assertThat(disks().gone()).isEmpty();
  }

  @Test
  void leavesADiskThatIsInUse() throws Exception {
    keep("a", 100);
    try (KeptDisk used = disks().find(name("a")).orElseThrow()) {
      keep("a", 200);
      now = now.plus(Duration.ofDays(30));

      assertThat(disks().drop(new RepoId("a"), "a test")).isEqualTo(1);
      assertThat(used.file()).hasSize(100);
    }
    assertThat(disks().drop(new RepoId("a"), "a test")).isEqualTo(1);
    assertThat(disks().list()).isEmpty();
  }

  @Test
  void dropsADiskThatWasBegunTooLongAgo() throws Exception {
    keep("a", 100);
    now = now.plus(Duration.ofDays(8));

    assertThat(disks().find(name("a"))).isEmpty();

    assertThat(notices).singleElement().asString().contains("a was dropped", "PEER_CACHE_MAX_AGE");
    assertThat(disks().gone())
        .singleElement()
        .satisfies(
            gone -> {
              assertThat(gone.repo()).isEqualTo(new RepoId("a"));
              assertThat(gone.when()).isEqualTo(now);
              assertThat(gone.why()).contains("PEER_CACHE_MAX_AGE");
            });
  }

  @Test
  void dropsTheLongestUnusedWhenAllTogetherAreTooLarge() throws Exception {
    keep("a", 4000);
    now = now.plusSeconds(60);
    keep("b", 4000);
    now = now.plusSeconds(60);
    disks().find(name("a")).orElseThrow().close();
    now = now.plusSeconds(60);
    keep("c", 4000);

    assertThat(disks().list()).extracting(disk -> disk.repo().text()).containsExactly("c", "a");
    assertThat(disks().gone()).singleElement().asString().contains("PEER_CACHE_MAX_BYTES");
  }

  @Test
  void dropsADiskThatWasDamagedOrFillsTheGuests() throws Exception {
    keep("a", 100);
    keep("b", DISK_BYTES / 2 + 1);
    Path disk;
    try (KeptDisk found = disks().find(name("a")).orElseThrow()) {
      disk = found.file();
    }
    Files.delete(disk);
    Files.write(disk, new byte[100]);

    assertThat(disks().find(name("a"))).isEmpty();
    assertThat(disks().find(name("b"))).isEmpty();
    assertThat(notices).anyMatch(line -> line.contains("damaged"));
    assertThat(notices).anyMatch(line -> line.contains("half of PEER_DISK"));
  }

  @Test
  void passesOverWhatIsNoDisk() throws Exception {
    keep("a", 100);
    try (KeptDisk found = disks().find(name("a")).orElseThrow()) {
      Files.writeString(found.file().resolveSibling("about.json"), "{");
    }

    assertThat(disks().find(name("a"))).isEmpty();
    assertThat(disks().list()).isEmpty();
  }

  private void keep(String repo, long bytes) throws IOException {
    Path file = directory.resolve("made");
    Files.write(file, new byte[Math.toIntExact(bytes)]);
    disks().keep(name(repo), file, now);
    assertThat(file).doesNotExist();
  }

  private static DiskName name(String repo) {
    return new DiskName(new RepoId(repo), IMAGE, DISK_BYTES);
  }

  private RepositoryDisks disks() {
    return new RepositoryDisks(
        directory.resolve("disks"),
        new CachePolicy(Duration.ofDays(7), 10_000),
        () -> now,
        notices::add);
  }
}
