package dev.peer.vm.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.Preparation;
import dev.peer.core.record.PreparationNetwork;
import dev.peer.core.record.RuntimeId;
import dev.peer.core.record.SharedCaches;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.VerificationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryDisksTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Digest IMAGE = Digest.of(new byte[0]);
  private static final long DISK_BYTES = 10_000;

  @TempDir private Path directory;
  private final List<String> notices = new ArrayList<>();
  private Instant now = START;
  private CachePolicy policy = new CachePolicy(Duration.ofDays(7), 10_000);

  @Test
  void givesWhatWasKept() throws Exception {
    keep("a", 100);

    try (KeptDisk disk = disks().find(name("a"), trunk(1), false).orElseThrow()) {
      assertThat(disk.file()).hasSize(100);
      assertThat(disk.begun()).isEqualTo(START);
    }
    assertThat(disks().find(name("b"), trunk(1), false)).isEmpty();
    assertThat(disks().find(new DiskName(new RepoId("a"), IMAGE, DISK_BYTES + 1), trunk(1), false))
        .isEmpty();
    assertThat(disks().find(name("a"), trunk(2), false)).isEmpty();
  }

  @Test
  void keepsOneDiskOfATrunkThatGoesOn() throws Exception {
    keep("a", 100);
    for (int commit = 2; commit < 8; commit++) {
      now = now.plusSeconds(60);
      keepFrom(trunk(1), trunk(1, commit), false);
      now = now.plusSeconds(60);
      keepFrom(trunk(1, commit), trunk(1), false);
    }

    assertThat(disks().made(name("a"))).containsExactly(trunk(1));
    assertThat(disks().list()).extracting(disk -> disk.history().made()).containsExactly(trunk(1));
    assertThat(disks().removals()).isEmpty();
  }

  @Test
  void keepsADiskThatBranchesStartFromBesideTheTrunksNext() throws Exception {
    keep("a", 100);
    now = now.plusSeconds(60);
    disks().find(name("a"), trunk(1), true).orElseThrow().close();
    now = now.plusSeconds(60);
    keepFrom(trunk(1), trunk(1, 2), false);

    assertThat(disks().made(name("a"))).containsExactlyInAnyOrder(trunk(1, 2), trunk(1));
  }

  @Test
  void aBranchsDiskTakesThePlaceOfNoneOfTheTrunk() throws Exception {
    keep("a", 100);
    StartedFrom branch = new StartedFrom(KeptOrigin.HISTORY, List.of(commit(1), commit(2)));
    now = now.plusSeconds(60);
    keepFrom(trunk(1), branch, true);

    assertThat(disks().made(name("a"))).containsExactlyInAnyOrder(branch, trunk(1));
  }

  @Test
  void aDiskTakesThePlaceOfThatOfTheSameCommit() throws Exception {
    keep("a", 100);
    keep("a", 200);

    assertThat(disks().list()).extracting(DiskSummary::bytes).containsExactly(200L);
  }

  @Test
  void keepsSoManyDisksOfARepositoryAndNoMore() throws Exception {
    for (int commit = 1; commit < 8; commit++) {
      now = now.plusSeconds(60);
      keep("a", 100, trunk(commit));
    }

    assertThat(disks().made(name("a"))).containsExactly(trunk(7), trunk(6), trunk(5), trunk(4));
  }

  @Test
  void dropsADiskOfWhichNobodyKnowsWhoMadeIt() throws Exception {
    keep("a", 100);
    Path about;
    try (KeptDisk found = disks().find(name("a"), trunk(1), false).orElseThrow()) {
      about = found.file().resolveSibling("about.json");
    }
    // As peer 0.5 wrote it.
    String text = Files.readString(about);
    Files.writeString(about, text.replaceFirst(",\"origin\":.*?\\]", ""));

    assertThat(disks().made(name("a"))).containsExactly(StartedFrom.UNKNOWN);
    disks().dropUnknown(name("a"), "unknown");

    assertThat(disks().list()).isEmpty();
    assertThat(notices).singleElement().asString().contains("a was dropped: unknown");
  }

  @Test
  void leavesADiskThatIsInUse() throws Exception {
    keep("a", 100);
    try (KeptDisk used = disks().find(name("a"), trunk(1), false).orElseThrow()) {
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

    assertThat(disks().find(name("a"), trunk(1), false)).isEmpty();

    assertThat(notices).singleElement().asString().contains("a was dropped", "PEER_CACHE_MAX_AGE");
    assertThat(disks().removals())
        .singleElement()
        .satisfies(
            gone -> {
              assertThat(gone.repo()).isEqualTo(new RepoId("a"));
              assertThat(gone.when()).isEqualTo(now);
              assertThat(gone.why()).contains("PEER_CACHE_MAX_AGE");
            });
  }

  @Test
  void dropsADiskThatIsOfATimeToComeSinceItsFilesWouldSeemNewerThanWhatIsCheckedOut()
      throws Exception {
    keep("a", 100);
    now = now.minus(Duration.ofHours(2));

    assertThat(disks().find(name("a"), trunk(1), false)).isEmpty();

    assertThat(notices).singleElement().asString().contains("a was dropped", "yet to come");
  }

  @Test
  void dropsTheLongestUnusedWhenAllTogetherAreTooLarge() throws Exception {
    keep("a", 4000);
    now = now.plusSeconds(60);
    keep("b", 4000);
    now = now.plusSeconds(60);
    disks().find(name("a"), trunk(1), false).orElseThrow().close();
    now = now.plusSeconds(60);
    keep("c", 4000);

    assertThat(disks().list())
        .extracting(disk -> disk.name().repo().text())
        .containsExactly("c", "a");
    assertThat(disks().removals()).singleElement().asString().contains("PEER_CACHE_MAX_BYTES");
  }

  @Test
  void dropsADiskThatWasDamagedOrFillsTheGuests() throws Exception {
    keep("a", 100);
    keep("b", DISK_BYTES / 2 + 1);
    Path disk;
    try (KeptDisk found = disks().find(name("a"), trunk(1), false).orElseThrow()) {
      disk = found.file();
    }
    Files.delete(disk);
    Files.write(disk, new byte[100]);

    assertThat(disks().find(name("a"), trunk(1), false)).isEmpty();
    assertThat(disks().find(name("b"), trunk(1), false)).isEmpty();
    assertThat(notices).anyMatch(line -> line.contains("damaged"));
    assertThat(notices).anyMatch(line -> line.contains("half of PEER_DISK"));
  }

  @Test
  void passesOverWhatIsNoDisk() throws Exception {
    keep("a", 100);
    try (KeptDisk found = disks().find(name("a"), trunk(1), false).orElseThrow()) {
      Files.writeString(found.file().resolveSibling("about.json"), "{");
    }

    assertThat(disks().find(name("a"), trunk(1), false)).isEmpty();
    assertThat(disks().list()).isEmpty();
  }

  @Test
  void aDiskThatAnotherPeerPreparedCountsWhileItsVoucherDoesAndSoDoWhatItBecomes()
      throws Exception {
    take("a");
    now = now.plusSeconds(60);
    Optional<KeptDisk> base = disks(COUNTING).find(name("a"), trunk(1).outOf(RUNTIMES), false);
    assertThat(base.orElseThrow().history().made().runtimes()).isEqualTo(RUNTIMES);
    base.get().close();
    disks().keep(name("a"), written(100), new DiskHistory(trunk(1, 2), now), base);

    List<Instant> since = new ArrayList<>();
    assertThat(
            disks(
                    (repos, voucher) -> {
                      assertThat(repos).containsExactly(new RepoId("a"));
                      assertThat(voucher.attestation()).isEqualTo(ATTESTATION);
                      since.add(voucher.since());
                      return RUNTIMES;
                    })
                .made(name("a")))
        .containsExactly(trunk(1, 2).outOf(RUNTIMES));
    assertThat(since).containsExactly(START);
    assertThat(disks().made(name("a"))).as("without a judge").isEmpty();

    assertThat(disks(REFUSING).made(name("a"))).isEmpty();
    assertThat(notices)
        .containsExactly(
            "the kept disk of a was dropped: another peer prepared it, and its maker is not"
                + " trusted");
    assertThat(disks().list()).isEmpty();
  }

  @Test
  void aDiskWhoseVoucherDoesNotCountIsNotUsedWhileAnotherRunHoldsIt() throws Exception {
    take("a");

    StartedFrom made = trunk(1).outOf(RUNTIMES);
    try (KeptDisk _ = disks(COUNTING).find(name("a"), made, false).orElseThrow()) {
      assertThat(disks(REFUSING).made(name("a"))).isEmpty();
      assertThat(disks(REFUSING).find(name("a"), made, false)).isEmpty();
    }
  }

  @Test
  void foretellsWhichDisksCountAndDropsNone() throws Exception {
    take("a");

    assertThat(disks(REFUSING).foreseen(name("a"))).isEmpty();
    assertThat(disks().foreseen(name("a"))).isEmpty();
    assertThat(disks(COUNTING).foreseen(name("a")))
        .extracting(DiskHistory::made)
        .isEqualTo(disks(COUNTING).made(name("a")));
    now = now.plus(Duration.ofDays(8));
    assertThat(disks(COUNTING).foreseen(name("a"))).isEmpty();

    assertThat(disks().list()).hasSize(1);
    assertThat(notices).isEmpty();
  }

  @Test
  void noVoucherIsAskedForWhatWasPreparedHere() throws Exception {
    keep("a", 100);

    assertThat(disks(REFUSING).made(name("a"))).containsExactly(trunk(1));
  }

  @Test
  void servesTheRuntimeThatWasMadeOfADisk() throws Exception {
    disks().keep(name("a"), written(100), prepared(Duration.ofMinutes(4)), Optional.empty());
    assertThat(disks().runtimes().unmade(name("a"))).contains(prepared(Duration.ofMinutes(4)));

    assertThat(disks().runtimes().add(name("a"), trunk(1), runtime())).isTrue();

    assertThat(disks().runtimes().unmade(name("a"))).isEmpty();
    assertThat(served().names()).containsExactly(SERVED);
    HeldRuntime held = served().of(SERVED).getFirst();
    assertThat(held.content()).hasContent("runtime");
    assertThat(held.attestation()).isEqualTo(ATTESTATION);
    assertThat(disks().list()).extracting(DiskSummary::runtimeBytes).containsExactly(7L);
    assertThat(disks().runtimes().add(name("a"), trunk(2), runtime())).isFalse();
  }

  @Test
  void asksNoMoreForARuntimeThatCannotBeMade() throws Exception {
    disks().keep(name("a"), written(100), prepared(Duration.ofMinutes(4)), Optional.empty());

    disks().runtimes().giveUp(name("a"), trunk(1));

    assertThat(disks().runtimes().unmade(name("a"))).isEmpty();
    assertThat(served().names()).isEmpty();
  }

  /** So that the runtime which is made of it names them. */
  @Test
  void aDiskToMakeARuntimeOfNamesThoseThatItCameFrom() throws Exception {
    take("a");
    now = now.plusSeconds(60);
    Optional<KeptDisk> base = disks(COUNTING).find(name("a"), trunk(1).outOf(RUNTIMES), false);
    base.orElseThrow().close();
    disks().keep(name("a"), written(100), prepared(Duration.ofMinutes(4)), base);

    DiskHistory unmade = disks(COUNTING).runtimes().unmade(name("a")).orElseThrow();
    assertThat(unmade.made()).isEqualTo(trunk(1).outOf(RUNTIMES));
    assertThat(disks().runtimes().unmade(name("a"))).as("without a judge").isEmpty();

    assertThat(disks(COUNTING).runtimes().add(name("a"), unmade.made(), runtime())).isTrue();
    assertThat(disks(COUNTING).runtimes().unmade(name("a"))).isEmpty();
  }

  @Test
  void aDiskThatBeganWithTheLayersOfAnotherPeerCountsAsTheyDo() throws Exception {
    Digest layers = Digest.of(new byte[] {7});
    DiskName name = name("a").ofLayers(layers);
    disks().keep(name, written(100), new DiskHistory(trunk(1), now), runtime(), Optional.empty());
    Optional<KeptDisk> base = disks(COUNTING).find(name, trunk(1).outOf(RUNTIMES), false);
    base.orElseThrow().close();
    StartedFrom made =
        new StartedFrom(KeptOrigin.TRUNK, trunk(2).commits(), List.of(), Optional.of(layers));
    disks().keep(name("a"), written(100), new DiskHistory(made, now), base);

    List<Set<RepoId>> asked = new ArrayList<>();
    RepositoryDisks judged =
        disks(
            (repos, _) -> {
              asked.add(repos);
              return RUNTIMES;
            });
    assertThat(judged.made(name("a"))).containsExactly(made.outOf(RUNTIMES));
    assertThat(asked).containsExactly(Set.of(new RepoId("a"), RepoId.ofLayers(layers)));
    assertThat(served().of(SERVED)).as("what is served as the repository's").isEmpty();

    assertThat(disks(REFUSING).made(name("a"))).isEmpty();
    assertThat(disks(REFUSING).made(name)).isEmpty();
  }

  @Test
  void makesNoRuntimeOfADiskThatCameFromTooMany() throws Exception {
    disks()
        .keep(
            name("a"), written(100), prepared(Duration.ofMinutes(4)), runtime(), Optional.empty());
    VoucherJudge many =
        (_, _) -> Collections.nCopies(StartedFrom.MOST_RUNTIMES, RUNTIMES.getFirst());
    Optional<KeptDisk> base =
        disks(many).find(name("a"), disks(many).made(name("a")).getFirst(), false);
    base.orElseThrow().close();
    disks().keep(name("a"), written(100), prepared(Duration.ofMinutes(8)), base);

    assertThat(disks(COUNTING).runtimes().unmade(name("a"))).isPresent();
    assertThat(disks(many).runtimes().unmade(name("a"))).isEmpty();
  }

  @Test
  void theNextDiskServesItTooUnlessItsPreparationTookLong() throws Exception {
    disks().keep(name("a"), written(100), prepared(Duration.ofMinutes(4)), Optional.empty());
    disks().runtimes().add(name("a"), trunk(1), runtime());

    keepFrom(prepared(Duration.ofMinutes(4).plusSeconds(5)));
    assertThat(served().of(SERVED)).hasSize(1);
    assertThat(disks().runtimes().unmade(name("a"))).isEmpty();

    keepFrom(prepared(Duration.ofMinutes(5)));
    assertThat(served().of(SERVED)).isEmpty();
    assertThat(disks().runtimes().unmade(name("a"))).isPresent();
  }

  /** Else others would not get the caches that the mkfile shares since. */
  @Test
  void theNextDiskServesItNoMoreIfItSharesOtherCaches() throws Exception {
    disks().keep(name("a"), written(100), prepared(Duration.ofMinutes(4)), Optional.empty());
    disks().runtimes().add(name("a"), trunk(1), runtime());
    DiskHistory same = prepared(Duration.ofMinutes(4).plusSeconds(5));

    keepFrom(
        new DiskHistory(
            same.made(),
            same.begun(),
            same.preparation(),
            Optional.of(new KeptCaches(SharedCaches.NONE, true))));

    assertThat(served().of(SERVED)).isEmpty();
    assertThat(disks().runtimes().unmade(name("a"))).isPresent();
  }

  @Test
  void knowsTheCachesOfADisk() throws Exception {
    DiskHistory history = prepared(Duration.ofMinutes(4));

    disks().keep(name("a"), written(100), history, Optional.empty());

    assertThat(disks().histories(name("a"))).containsExactly(history);
  }

  @Test
  void oneThatWasTakenInsteadTakesTheOthersPlaceUnlessBranchesStartFromIt() throws Exception {
    for (boolean branch : List.of(false, true)) {
      disks().keep(name("a"), written(100), prepared(Duration.ofMinutes(4)), Optional.empty());
      Optional<KeptDisk> instead = disks().find(name("a"), trunk(1), branch);
      instead.orElseThrow().close();

      disks().keep(name("a"), written(100), new DiskHistory(trunk(1, 2), now), runtime(), instead);

      assertThat(disks().list()).hasSize(branch ? 2 : 1);
      disks().drop(new RepoId("a"), "the next round");
    }
  }

  @Test
  void aRuntimeGoesWithItsDiskAndCountsAsItsBytes() throws Exception {
    policy = new CachePolicy(Duration.ofDays(7), 150);
    disks().keep(name("a"), written(100), prepared(Duration.ofMinutes(4)), Optional.empty());
    Files.write(directory.resolve("runtime"), new byte[51]);

    disks().runtimes().add(name("a"), trunk(1), runtimeIn(directory.resolve("runtime")));

    assertThat(served().names()).isEmpty();
    assertThat(notices).singleElement().asString().contains("all disks together took 151 bytes");
  }

  @Test
  void holdsDifferentRuntimesThoseOfOneRepositoryFirst() throws Exception {
    Digest other = Digest.of(new byte[] {7});
    take("a", other);
    take("b", IMAGE);
    take("c", IMAGE);
    take("d", Digest.of(new byte[] {8}));

    List<ServedRuntimes.Claim> held =
        served().hold(new RepoId("a"), repo -> !repo.text().equals("d"), 9);
    assertThat(held).hasSize(2);
    assertThat(held.getFirst().content().getFileName()).hasToString("runtime-" + other.hex());
    assertThat(disks().drop(new RepoId("a"), "a test")).isZero();
    for (ServedRuntimes.Claim claim : held) {
      claim.hold().close();
    }
    assertThat(disks().drop(new RepoId("a"), "a test")).isEqualTo(1);
    try (FileHold only = served().hold(new RepoId("b"), _ -> true, 1).getFirst().hold()) {
      assertThat(only).isNotNull();
      assertThat(disks().drop(new RepoId("d"), "a test")).isEqualTo(1);
    }
  }

  private static final List<RuntimeId> RUNTIMES =
      List.of(new RuntimeId(new PeerId("CN=laptop"), IMAGE));
  private static final VoucherJudge COUNTING = (_, _) -> RUNTIMES;
  private static final VoucherJudge REFUSING =
      (_, _) -> {
        throw new VerificationException("its maker is not trusted");
      };
  private static final Attestation ATTESTATION = Attestation.of(new byte[] {1, 2, 3});
  private static final ServedRuntimes.Name SERVED = new ServedRuntimes.Name(new RepoId("a"), IMAGE);

  private void take(String repo) throws IOException {
    take(repo, IMAGE);
  }

  private void take(String repo, Digest content) throws IOException {
    HeldRuntime runtime = new HeldRuntime(runtime().content(), content, ATTESTATION);
    disks()
        .keep(name(repo), written(100), new DiskHistory(trunk(1), now), runtime, Optional.empty());
  }

  private HeldRuntime runtime() throws IOException {
    return runtimeIn(Files.writeString(directory.resolve("runtime"), "runtime"));
  }

  private static HeldRuntime runtimeIn(Path content) {
    return new HeldRuntime(content, IMAGE, ATTESTATION);
  }

  private ServedRuntimes served() {
    return new ServedRuntimes(directory.resolve("disks"));
  }

  private static DiskHistory prepared(Duration took) {
    return new DiskHistory(
        trunk(1),
        START,
        Optional.of(new Preparation(PreparationNetwork.none(), IMAGE, took)),
        Optional.of(new KeptCaches(new SharedCaches(List.of("deps")), true)));
  }

  private void keepFrom(DiskHistory history) throws IOException {
    Optional<KeptDisk> base = disks().find(name("a"), trunk(1), false);
    base.orElseThrow().close();
    disks().keep(name("a"), written(100), history, base);
  }

  private void keep(String repo, long bytes) throws IOException {
    keep(repo, bytes, trunk(1));
  }

  private void keep(String repo, long bytes, StartedFrom made) throws IOException {
    disks().keep(name(repo), written(bytes), new DiskHistory(made, now), Optional.empty());
    assertThat(directory.resolve("made")).doesNotExist();
  }

  private void keepFrom(StartedFrom from, StartedFrom made, boolean branch) throws IOException {
    Optional<KeptDisk> base = disks().find(name("a"), from, branch);
    base.orElseThrow().close();
    disks().keep(name("a"), written(100), new DiskHistory(made, now), base);
  }

  private Path written(long bytes) throws IOException {
    return Files.write(directory.resolve("made"), new byte[Math.toIntExact(bytes)]);
  }

  private static StartedFrom trunk(int... commits) {
    return new StartedFrom(
        KeptOrigin.TRUNK, IntStream.of(commits).mapToObj(RepositoryDisksTest::commit).toList());
  }

  private static CommitId commit(int number) {
    return new CommitId(Integer.toString(number).repeat(40));
  }

  private static DiskName name(String repo) {
    return new DiskName(new RepoId(repo), IMAGE, DISK_BYTES);
  }

  private RepositoryDisks disks() {
    return new RepositoryDisks(directory.resolve("disks"), policy, () -> now, notices::add);
  }

  private RepositoryDisks disks(VoucherJudge judge) {
    return new RepositoryDisks(
        directory.resolve("disks"), policy, () -> now, notices::add, Optional.of(judge));
  }
}
