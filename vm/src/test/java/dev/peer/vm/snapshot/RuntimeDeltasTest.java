package dev.peer.vm.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.DeltaReader;
import dev.peer.core.record.FrameStream;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.Preparation;
import dev.peer.core.record.PreparationNetwork;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.scratch.DurableFile;
import dev.peer.core.sign.Attestation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept so that others who have a former runtime need not move all of a later one. */
class RuntimeDeltasTest {

  private static final Instant BEGUN = Instant.parse("2026-01-01T00:00:00Z");
  private static final DiskName NAME =
      new DiskName(new RepoId("a"), Digest.of(new byte[0]), 1L << 30);
  private static final Attestation ATTESTATION = Attestation.of(new byte[] {1});
  private static final StartedFrom FIRST = trunk(1);
  private static final StartedFrom SECOND = trunk(1, 2);
  private static final StartedFrom THIRD = trunk(1, 2, 3);

  @TempDir private Path directory;
  private final byte[] plain = random(4 << 20, 1);
  private HeldRuntime first;

  @BeforeEach
  void makeARuntime() throws Exception {
    keep(FIRST, Optional.empty());
    first = add(FIRST, plain);
  }

  @Test
  void aRuntimeHasTheDeltaThatMakesItOfTheOneBefore() throws Exception {
    byte[] former = Files.readAllBytes(served(first.digest()).content());
    keep(SECOND, Optional.of(FIRST));
    assertThat(runtimeBytes()).as("the one before").isEqualTo(former.length);

    HeldRuntime second = add(SECOND, changed(2));

    ServedRuntimes.Claim claim = served(second.digest());
    byte[] delta = Files.readAllBytes(HeldRuntime.delta(claim.content(), first.digest()));
    assertThat(delta).hasSizeLessThan(former.length / 10);
    assertThat(runtimeBytes()).isEqualTo(Files.size(claim.content()) + delta.length);
    ByteArrayOutputStream made = new ByteArrayOutputStream();
    Path before = Files.write(directory.resolve("before"), former);
    assertThat(DeltaReader.read(delta, before, Files.size(claim.content()), made)).isTrue();
    assertThat(made.toByteArray()).isEqualTo(Files.readAllBytes(claim.content()));
  }

  @Test
  void theOneBeforeIsTheLastThatWasServed() throws Exception {
    keep(SECOND, Optional.of(FIRST));
    keep(THIRD, Optional.of(SECOND));

    HeldRuntime third = add(THIRD, changed(3));

    assertThat(HeldRuntime.delta(served(third.digest()).content(), first.digest())).exists();
  }

  @Test
  void aRuntimeThatWasTakenIsServedWithItsDelta() throws Exception {
    Path content = Files.writeString(directory.resolve("taken"), "a runtime");
    Files.writeString(HeldRuntime.delta(content, first.digest()), "its delta");
    HeldRuntime taken = new HeldRuntime(content, Digest.of(content), ATTESTATION);
    Path disk = Files.write(directory.resolve("disk"), new byte[100]);

    disks().keep(NAME, disk, new DiskHistory(SECOND, BEGUN), taken, Optional.empty());

    assertThat(HeldRuntime.delta(served(taken.digest()).content(), first.digest()))
        .hasContent("its delta");
  }

  @Test
  void keepsNoneWhereNoRuntimeCanBeMade() throws Exception {
    keep(SECOND, Optional.of(FIRST));

    disks().runtimes().giveUp(NAME, SECOND);

    assertThat(runtimeBytes()).isZero();
  }

  @Test
  void keepsNoneWhereNoRuntimeIsMade() throws Exception {
    keep(SECOND, Optional.of(FIRST));

    disks().runtimes().leaveUnmade(NAME, SECOND);

    assertThat(runtimeBytes()).isZero();
    assertThat(disks().runtimes().unmade(NAME)).isPresent();
  }

  @Test
  void keepsNoneForADiskOfAnUnknownPreparation() throws Exception {
    keep(new DiskHistory(SECOND, BEGUN), Optional.of(FIRST));

    assertThat(runtimeBytes()).isZero();
  }

  @Test
  void aRuntimeIsServedWithoutADeltaThatCannotBeWritten() throws Exception {
    keep(SECOND, Optional.of(FIRST));
    Path delta = HeldRuntime.delta(directory.resolve("content"), first.digest());
    Path unfinished = delta.resolveSibling(delta.getFileName() + DurableFile.UNFINISHED);
    Files.createDirectory(unfinished);

    HeldRuntime second = add(SECOND, changed(2));

    assertThat(runtimeBytes()).isEqualTo(Files.size(served(second.digest()).content()));
    assertThat(unfinished).doesNotExist();
  }

  @Test
  void keepsNoneForABranch() throws Exception {
    StartedFrom branch = new StartedFrom(KeptOrigin.HISTORY, SECOND.commits());
    keep(branch, Optional.of(FIRST));
    disks().find(NAME, FIRST, false).orElseThrow().close();

    assertThat(disks().list())
        .filteredOn(disk -> disk.history().made().equals(branch))
        .singleElement()
        .extracting(DiskSummary::runtimeBytes)
        .isEqualTo(0L);
  }

  private long runtimeBytes() throws IOException {
    return disks().list().getFirst().runtimeBytes();
  }

  private ServedRuntimes.Claim served(Digest content) throws IOException {
    ServedRuntimes.Name name = new ServedRuntimes.Name(NAME.repo(), NAME.image());
    ServedRuntimes.Claim claim =
        new ServedRuntimes(directory.resolve("disks")).hold(name, content).orElseThrow();
    claim.hold().close();
    return claim;
  }

  /** Keeps a disk that took long to prepare, so that a runtime of its own is made. */
  private void keep(StartedFrom made, Optional<StartedFrom> from) throws IOException {
    Duration took = Duration.ofMinutes(made.commits().size());
    Preparation preparation =
        new Preparation(PreparationNetwork.none(), Digest.of(new byte[0]), took);
    keep(new DiskHistory(made, BEGUN, Optional.of(preparation), Optional.empty()), from);
  }

  private void keep(DiskHistory history, Optional<StartedFrom> from) throws IOException {
    Optional<KeptDisk> base = Optional.empty();
    if (from.isPresent()) {
      base = disks().find(NAME, from.get(), false);
      base.orElseThrow().close();
    }
    disks().keep(NAME, Files.write(directory.resolve("disk"), new byte[100]), history, base);
  }

  private HeldRuntime add(StartedFrom made, byte[] bytes) throws IOException {
    Path content = directory.resolve("content");
    try (OutputStream file = Files.newOutputStream(content);
        OutputStream frames = new FrameStream(file)) {
      frames.write(bytes);
    }
    HeldRuntime runtime = new HeldRuntime(content, Digest.of(content), ATTESTATION);
    assertThat(disks().runtimes().add(NAME, made, runtime)).isTrue();
    return runtime;
  }

  private byte[] changed(int seed) {
    byte[] changed = plain.clone();
    System.arraycopy(random(4096, seed), 0, changed, 1 << 20, 4096);
    return changed;
  }

  private RepositoryDisks disks() {
    return new RepositoryDisks(
        directory.resolve("disks"),
        new CachePolicy(Duration.ofDays(1), 1L << 40),
        () -> BEGUN,
        _ -> {});
  }

  private static StartedFrom trunk(Integer... commits) {
    return new StartedFrom(
        KeptOrigin.TRUNK,
        List.of(commits).stream()
            .map(number -> new CommitId(Integer.toString(number).repeat(40)))
            .toList());
  }

  private static byte[] random(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
