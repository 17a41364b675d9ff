package dev.peer.vm.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.TreeId;
import dev.peer.core.key.NetworkMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrozenStoreTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @TempDir private Path directory;

  private FrozenStore store;

  @BeforeEach
  void openStore() {
    store = new FrozenStore(directory.resolve("frozen"));
  }

  @Test
  void keepsAGuestForItsOwnerAlone() throws Exception {
    FrozenStore.Entry kept = keep(NOON);

    assertThat(store.list()).containsExactly(kept);
    assertThat(kept.guest()).isEqualTo(guest(NOON));
    assertThat(kept.state()).hasContent("state");
    assertThat(kept.scratch()).hasContent("scratch");
    assertThat(Files.getPosixFilePermissions(kept.state().getParent()))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void findsAGuestByTheBeginningOfItsId() throws Exception {
    FrozenStore.Entry kept = keep(NOON);

    assertThat(store.find(kept.id())).contains(kept);
    assertThat(store.find(kept.id().substring(0, 6))).contains(kept);
    assertThat(store.find("")).isEmpty();
    assertThat(store.find("../" + kept.id())).isEmpty();
  }

  @Test
  void keepsTheNewest() throws Exception {
    FrozenStore.Entry oldest = keep(NOON.minusSeconds(1));
    FrozenStore.Entry newest = keep(NOON.plusSeconds(2));
    FrozenStore.Entry middle = keep(NOON);
    FrozenStore.Entry newer = keep(NOON.plusSeconds(1));

    assertThat(store.prune()).containsExactly(oldest);

    assertThat(store.list()).containsExactly(newest, newer, middle);
    assertThat(oldest.state()).doesNotExist();
  }

  @Test
  void removesAGuest() throws Exception {
    FrozenStore.Entry kept = keep(NOON);

    store.remove(kept);

    assertThat(store.list()).isEmpty();
    assertThat(kept.state()).doesNotExist();
  }

  @Test
  void keepsNothingOfAGuestThatCouldNotBeFrozen() throws Exception {
    try {
      store.keep(
          guest(NOON),
          (state, _, _) -> {
            Files.writeString(state, "half");
            throw new IOException("full");
          });
    } catch (IOException e) {
      assertThat(e).hasMessage("full");
    }

    assertThat(store.list()).isEmpty();
    try (var left = Files.list(directory.resolve("frozen/unfinished"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void leavesOutWhatItDoesNotKnow() throws Exception {
    FrozenStore.Entry kept = keep(NOON);
    Path about = kept.state().resolveSibling("frozen.json");
    Files.writeString(about, Files.readString(about).replace("\"cpus\":2", "\"cpus\":0"));

    assertThat(store.list()).isEmpty();
  }

  private FrozenStore.Entry keep(Instant frozenAt) throws Exception {
    return store.keep(
        guest(frozenAt),
        (state, scratch, input) -> {
          Files.writeString(state, "state");
          Files.writeString(scratch, "scratch");
          Files.writeString(input, "input");
        });
  }

  private static FrozenGuest guest(Instant frozenAt) {
    return new FrozenGuest(
        new FrozenGuest.StopPoint(
            new RepoId("example.org/frozen"), new TreeId("0".repeat(40)), "test", "test"),
        frozenAt,
        NetworkMode.NONE,
        new FrozenGuest.Shape(
            "qemu 7.2",
            "tcg",
            Digest.of(new byte[0]),
            new FrozenGuest.Sizes(2, 2048, 20L << 30, 20L << 30),
            "0123456789abcdef".repeat(2)));
  }
}
