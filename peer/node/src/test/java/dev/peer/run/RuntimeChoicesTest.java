package dev.peer.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.access.AccessRules;
import dev.peer.core.flow.HistoryPosition;
import dev.peer.core.flow.Lineage;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.Content;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.Preparation;
import dev.peer.core.record.PreparationNetwork;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.record.SharedCaches;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.sign.RuntimeSigner;
import dev.peer.core.sign.RuntimeVerifier;
import dev.peer.core.trust.Credentials;
import dev.peer.network.RuntimeSource.Offer;
import dev.peer.run.RuntimeChoices.Choice;
import dev.peer.tls.TestAuthority;
import dev.peer.vm.snapshot.CachePolicy;
import dev.peer.vm.snapshot.DiskHistory;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.RepositoryDisks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of the runtimes that peers offer a run takes, and what it knows of their costs. */
class RuntimeChoicesTest {

  private static final RepoId REPO = new RepoId("example.org/team/project");
  private static final Digest IMAGE = Digest.of(new byte[0]);
  private static final DiskName NAME = new DiskName(REPO, IMAGE, 1 << 30);
  private static final long BYTES = 30L << 20;
  private static final CommitId OLD = commit(1);
  private static final CommitId NEW = commit(2);
  private static final CommitId STRANGER = commit(3);

  private static final Lineage LINEAGE =
      new Lineage(
          commit(4),
          KeptOrigin.TRUNK,
          (revision, asked) -> {
            Optional<CommitId> nearest =
                List.of(NEW, OLD).stream().filter(asked::contains).findFirst();
            return new HistoryPosition(true, Optional.of(revision), nearest, nearest, "");
          });

  private static TestAuthority team;
  private static Credentials maker;

  @TempDir private Path directory;

  @BeforeAll
  static void issue() throws Exception {
    team = new TestAuthority("team");
    maker = team.issue("spiffe://team/maker");
  }

  @Test
  void theNearestAncestorsIsTheFirstAndAStrangersIsNone() throws Exception {
    List<Choice> choices =
        choices(1 << 30)
            .among(
                List.of(offer(OLD, BYTES), offer(STRANGER, BYTES), offer(NEW, BYTES)),
                LINEAGE,
                NAME);

    assertThat(choices)
        .extracting(choice -> choice.offer().verified().runtime().made().commits().getLast())
        .containsExactly(NEW, OLD);
    assertThat(choices.getFirst())
        .hasToString(
            "the runtime that spiffe://team/maker prepared at "
                + NEW
                + " (30 MiB): how long moving it takes is not known, and preparing takes 240 s");
  }

  @Test
  void oneThatWouldNotStayHereIsNone() throws Exception {
    assertThat(choices(8 * BYTES - 1).among(List.of(offer(NEW, BYTES)), LINEAGE, NAME)).isEmpty();
    assertThat(choices(8 * BYTES).among(List.of(offer(NEW, BYTES)), LINEAGE, NAME)).hasSize(1);
  }

  /** The maker's machine may be faster than this one. */
  @Test
  void preparingTakesAsLongAsItEverTookHereOrThere() throws Exception {
    keep(new DiskName(new RepoId("example.org/team/other"), IMAGE, 1 << 30), Duration.ofHours(2));
    assertThat(making()).isEqualTo(Duration.ofMinutes(4));

    keep(new DiskName(REPO, Digest.of(new byte[1]), 1 << 30), Duration.ofMinutes(3));
    assertThat(making()).isEqualTo(Duration.ofMinutes(4));

    keep(new DiskName(REPO, Digest.of(new byte[2]), 1 << 30), Duration.ofMinutes(10));
    assertThat(making()).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void movingTakesAsLongAsTheSizeSays() throws Exception {
    choices(1 << 30).rate().note(BYTES, Duration.ofMinutes(4));

    assertThat(
            choices(1 << 30)
                .among(List.of(offer(NEW, BYTES), offer(OLD, BYTES + 5000)), LINEAGE, NAME))
        .extracting(choice -> choice.cost().isWorthMoving())
        .containsExactly(true, false);
  }

  private Duration making() throws Exception {
    return choices(1 << 30)
        .among(List.of(offer(NEW, BYTES)), LINEAGE, NAME)
        .getFirst()
        .cost()
        .making();
  }

  private RuntimeChoices choices(long mostBytes) {
    return new RuntimeChoices(
        new TransferRate(directory.resolve("rate"), InstantSource.system()), disks(mostBytes));
  }

  private RepositoryDisks disks(long mostBytes) {
    return new RepositoryDisks(
        directory.resolve("disks"),
        new CachePolicy(Duration.ofDays(7), mostBytes),
        InstantSource.system(),
        line -> {
          throw new AssertionError(line);
        });
  }

  private void keep(DiskName name, Duration took) throws IOException {
    disks(1 << 30)
        .keep(
            name,
            Files.write(directory.resolve("made"), new byte[100]),
            new DiskHistory(
                made(OLD), Instant.now(), Optional.of(preparation(took)), Optional.empty()),
            Optional.empty());
  }

  private static Offer offer(CommitId commit, long bytes) throws Exception {
    PreparedRuntime runtime =
        new PreparedRuntime(
            new Content(bytes, IMAGE),
            new PreparedRuntime.Disk(REPO, IMAGE, 1 << 30),
            made(commit),
            Instant.now().minusSeconds(60),
            preparation(Duration.ofMinutes(4)),
            SharedCaches.NONE);
    return new Offer(
        new RuntimeVerifier(team.validator(), AccessRules.open(), InstantSource.system())
            .verify(
                new RuntimeSigner(maker, InstantSource.system()).sign(runtime), REPO, List.of()),
        List.of());
  }

  private static StartedFrom made(CommitId commit) {
    return new StartedFrom(KeptOrigin.TRUNK, List.of(commit));
  }

  private static Preparation preparation(Duration took) {
    return new Preparation(PreparationNetwork.none(), IMAGE, took);
  }

  private static CommitId commit(int number) {
    return new CommitId(Integer.toString(number).repeat(40));
  }
}
