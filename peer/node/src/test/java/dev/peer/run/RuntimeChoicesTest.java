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
import dev.peer.vm.snapshot.KeptCaches;
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
                blank(),
                RuntimeChoicesTest::all);

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
    List<Offer> offers = List.of(offer(NEW, BYTES));

    assertThat(choices(8 * BYTES - 1).among(offers, blank(), RuntimeChoicesTest::all)).isEmpty();
    assertThat(choices(8 * BYTES).among(offers, blank(), RuntimeChoicesTest::all)).hasSize(1);
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
  void oneInTheMakingIsAwaitedNoLongerThanPreparingTakesOrTheCallerSays() throws Exception {
    Duration hour = Duration.ofHours(1);
    assertThat(choices(1 << 30).longestWait(hour, List.of(), NAME))
        .isEqualTo(Duration.ofMinutes(10));
    assertThat(choices(1 << 30).longestWait(hour, List.of(offer(STRANGER, BYTES)), NAME))
        .isEqualTo(Duration.ofMinutes(4));
    assertThat(choices(1 << 30).longestWait(Duration.ZERO, List.of(), NAME))
        .isEqualTo(Duration.ZERO);

    keep(new DiskName(REPO, Digest.of(new byte[1]), 1 << 30), Duration.ofMinutes(3));
    assertThat(choices(1 << 30).longestWait(hour, List.of(), NAME))
        .isEqualTo(Duration.ofMinutes(3));
  }

  @Test
  void movingTakesAsLongAsTheSizeSays() throws Exception {
    choices(1 << 30).rate().note(BYTES, Duration.ofMinutes(4));

    assertThat(
            choices(1 << 30)
                .among(
                    List.of(offer(NEW, BYTES), offer(OLD, BYTES + 5000)),
                    blank(),
                    RuntimeChoicesTest::all))
        .extracting(choice -> choice.cost().isWorthMoving())
        .containsExactly(true, false);
  }

  @Test
  void toADiskThatIsHereOneIsNearerThatWasMadeFromItsPreparations() throws Exception {
    KeptStart start = kept(Duration.ofMinutes(3), OLD);

    List<Choice> choices =
        choices(1 << 30)
            .among(
                List.of(
                    offer(BYTES, OLD, NEW),
                    offer(BYTES, NEW),
                    offer(BYTES, OLD),
                    offer(BYTES, OLD, STRANGER)),
                start,
                _ -> 1 << 20);

    assertThat(choices)
        .singleElement()
        .hasToString(
            "the runtime that spiffe://team/maker prepared at "
                + NEW
                + " (30 MiB, of which 1.0 MiB are not here): how long moving it takes is not known,"
                + " and preparing takes 60 s");
  }

  @Test
  void toADiskThatIsHereNoneIsNearerThatTookNoLonger() throws Exception {
    assertThat(
            choices(1 << 30)
                .among(
                    List.of(offer(BYTES, OLD, NEW)),
                    kept(Duration.ofMinutes(4), OLD),
                    RuntimeChoicesTest::all))
        .isEmpty();
  }

  /** Else what the maker says, and not the clone here, would say that it is nearer. */
  @Test
  void toADiskThatIsHereNoneIsNearerWhoseLastCommitIsNot() throws Exception {
    assertThat(
            choices(1 << 30)
                .among(
                    List.of(offer(BYTES, NEW, OLD)),
                    kept(Duration.ofMinutes(3), NEW),
                    RuntimeChoicesTest::all))
        .isEmpty();
  }

  @Test
  void movingTakesAsLongAsWhatIsNotHereSays() throws Exception {
    choices(1 << 30).rate().note(BYTES, Duration.ofMinutes(2));
    List<Offer> offers = List.of(offer(BYTES, OLD, NEW));
    KeptStart start = kept(Duration.ofMinutes(3), OLD);

    assertThat(choices(1 << 30).among(offers, start, RuntimeChoicesTest::all))
        .extracting(choice -> choice.cost().isWorthMoving())
        .containsExactly(false);
    assertThat(choices(1 << 30).among(offers, start, _ -> BYTES / 2))
        .extracting(choice -> choice.cost().isWorthMoving())
        .containsExactly(true);
  }

  @Test
  void saysWhichCachesComeAlong() throws Exception {
    List<Choice> choices =
        choices(1 << 30)
            .among(
                List.of(offer(BYTES, new SharedCaches(List.of("deps", "go/mod")), NEW)),
                blank(),
                RuntimeChoicesTest::all);

    assertThat(choices)
        .singleElement()
        .asString()
        .contains(NEW + " (30 MiB; with the caches deps, go/mod): ");
  }

  private static KeptStart blank() {
    return KeptStart.of(LINEAGE, NAME, List.of());
  }

  /** Of a run that would start from a disk that these commits prepared. */
  private static KeptStart kept(Duration took, CommitId... commits) {
    return KeptStart.of(
        LINEAGE,
        NAME,
        List.of(
            new DiskHistory(
                made(commits),
                Instant.now(),
                Optional.of(preparation(took)),
                Optional.of(new KeptCaches(SharedCaches.NONE, false)))));
  }

  private static long all(Offer offer) {
    return offer.verified().runtime().content().size();
  }

  private Duration making() throws Exception {
    return choices(1 << 30)
        .among(List.of(offer(NEW, BYTES)), blank(), RuntimeChoicesTest::all)
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
    return offer(bytes, commit);
  }

  private static Offer offer(long bytes, CommitId... commits) throws Exception {
    return offer(bytes, SharedCaches.NONE, commits);
  }

  private static Offer offer(long bytes, SharedCaches caches, CommitId... commits)
      throws Exception {
    PreparedRuntime runtime =
        new PreparedRuntime(
            new Content(bytes, IMAGE),
            new PreparedRuntime.Disk(REPO, IMAGE, 1 << 30),
            made(commits),
            Instant.now().minusSeconds(60),
            preparation(Duration.ofMinutes(4)),
            caches);
    return new Offer(
        new RuntimeVerifier(team.validator(), AccessRules.open(), InstantSource.system())
            .verify(
                new RuntimeSigner(maker, InstantSource.system()).sign(runtime), REPO, List.of()),
        List.of());
  }

  private static StartedFrom made(CommitId... commits) {
    return new StartedFrom(KeptOrigin.TRUNK, List.of(commits));
  }

  private static Preparation preparation(Duration took) {
    return new Preparation(PreparationNetwork.none(), IMAGE, took);
  }

  private static CommitId commit(int number) {
    return new CommitId(Integer.toString(number).repeat(40));
  }
}
