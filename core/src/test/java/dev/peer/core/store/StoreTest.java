package dev.peer.core.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.id.LocalRepo;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.Records;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.KeptLists;
import dev.peer.core.sign.Signing;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.sign.VerifiedRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {

  private static final RepoId REPO = Records.inputs().repo();
  private static final RunKey KEY = Records.inputs().key();

  @TempDir private Path directory;

  private Signing signing;
  private Store store;

  @BeforeEach
  void openStore() throws Exception {
    signing = new Signing();
    store = Store.open(directory.resolve("store"), 1);
  }

  @Test
  void findsWhatItKept() throws Exception {
    Signing.Result result = signing.result(directory.resolve("a"), "a");
    byte[] bundle = Files.readAllBytes(result.bundle());

    try (StoredRecord kept = keep(result)) {
      StoredEntry found = store.entries().find(REPO, KEY).orElseThrow();

      assertThat(found.attestation()).isEqualTo(result.attestation());
      assertThat(found.bundleFile()).hasBinaryContent(bundle);
      assertThat(kept.bundleFile()).isEqualTo(found.bundleFile());
      assertThat(kept.bundle().size()).isEqualTo(bundle.length);
    }
  }

  @Test
  void findsNothingElse() throws Exception {
    keep(signing.result(directory.resolve("a"), "a")).close();

    assertThat(store.entries().find(new RepoId("another"), KEY)).isEmpty();
    assertThat(store.entries().find(REPO, RunKey.ofHex("0".repeat(64)))).isEmpty();
  }

  @Test
  void findsARunByTheFirstDigitsOfItsKey() throws Exception {
    Signing.Result result = signing.result(directory.resolve("a"), "a");
    try (StoredRecord kept = keep(result)) {
      Path entry = kept.bundleFile().getParent();
      Files.createDirectory(entry.getParent().resolveSibling(KEY.hex() + ".old"));

      for (String prefix : List.of("", KEY.hex().substring(0, 1), KEY.hex())) {
        assertThat(store.entries().findByPrefix(prefix))
            .containsOnlyKeys(KEY)
            .extractingByKey(KEY)
            .isEqualTo(new StoredEntry(result.attestation(), kept.bundleFile(), KeptLists.NONE));
      }
      assertThat(store.entries().findByPrefix("0".repeat(64))).isEmpty();
      assertThat(store.entries().findByPrefix(KEY.hex().substring(1))).isEmpty();
      assertThat(Entries.read(entry))
          .isEqualTo(new StoredEntry(result.attestation(), kept.bundleFile(), KeptLists.NONE));
      assertThatThrownBy(() -> Entries.read(directory)).isInstanceOf(NoSuchFileException.class);
    }
  }

  @Test
  void listsWhatItKeepsTheNewestFirst() throws Exception {
    Store large = Store.open(directory.resolve("large"), 2);
    Signing.Result first = signing.result(directory.resolve("a"), "a");
    Signing.Result second = signing.result(directory.resolve("b"), "b");
    assertThat(large.entries().list()).isEmpty();
    StoredRecord older = large.keep(verified(first));
    age(older);
    older.close();
    large.keep(verified(second)).close();

    assertThat(large.entries().list(REPO))
        .extracting(listed -> listed.entry().attestation())
        .containsExactly(second.attestation(), first.attestation());
    assertThat(large.entries().list()).isEqualTo(large.entries().list(REPO)).hasSize(2);
    assertThat(large.entries().list().getFirst().key()).isEqualTo(KEY);
    assertThat(large.entries().list().getFirst().bundleBytes())
        .isEqualTo(Files.size(large.entries().find(REPO, KEY).orElseThrow().bundleFile()));
    assertThat(large.entries().list(new RepoId("another"))).isEmpty();
  }

  @Test
  void keepsTheRevocationListsThatWereLookedAt() throws Exception {
    Signing.Result result = signing.result(directory.resolve("a"), "a");
    keep(result).close();
    assertThat(store.entries().find(REPO, KEY).orElseThrow().lists()).isEqualTo(KeptLists.NONE);
    store.removals().drop(REPO, KEY);

    signing.revokeNobody();
    keep(signing.result(directory.resolve("b"), "b")).close();

    KeptLists kept = store.entries().find(REPO, KEY).orElseThrow().lists();
    assertThat(kept.pem()).startsWith("-----BEGIN X509 CRL-----");
    assertThat(signing.verified(signing.result(directory.resolve("c"), "c"), unpack()))
        .extracting(verified -> verified.attestation().lists())
        .isEqualTo(kept);
  }

  @Test
  void keepsTheNewestAloneUnlessAnOlderOneIsServed() throws Exception {
    Signing.Result first = signing.result(directory.resolve("a"), "a");
    Signing.Result second = signing.result(directory.resolve("b"), "b");
    Signing.Result third = signing.result(directory.resolve("c"), "c");
    StoredRecord served = keep(first);
    age(served);
    StoredRecord left = keep(second);
    age(left);
    left.close();

    keep(third).close();

    assertThat(served.bundleFile()).exists();
    assertThat(left.bundleFile()).doesNotExist();
    assertThat(store.entries().find(REPO, KEY).orElseThrow().attestation())
        .isEqualTo(third.attestation());
    served.close();
  }

  @Test
  void keepsAResultOnce() throws Exception {
    Signing.Result result = signing.result(directory.resolve("a"), "a");
    keep(result).close();

    keep(result).close();

    try (Stream<Path> files = Files.walk(directory.resolve("store"))) {
      assertThat(files.filter(file -> file.endsWith("bundle.tar.zst"))).hasSize(1);
    }
  }

  /** As a power cut leaves files that were not yet written to the disk. */
  @Test
  void mendsAnEntryWhoseFilesAreEmpty() throws Exception {
    Signing.Result result = signing.result(directory.resolve("a"), "a");
    byte[] bundle = Files.readAllBytes(result.bundle());
    StoredRecord kept = keep(result);
    kept.close();
    for (String name : List.of("attestation.json", "bundle.tar.zst", "targets")) {
      Files.write(kept.bundleFile().resolveSibling(name), new byte[0]);
    }
    StoredEntry empty = store.entries().find(REPO, KEY).orElseThrow();
    assertThatThrownBy(() -> signing.verifier().verify(empty.attestation(), KEY, empty.lists()))
        .isInstanceOf(VerificationException.class);

    keep(result).close();

    StoredEntry whole = store.entries().find(REPO, KEY).orElseThrow();
    assertThat(whole.attestation()).isEqualTo(result.attestation());
    assertThat(whole.bundleFile()).hasBinaryContent(bundle);
    assertThat(kept.bundleFile().resolveSibling("targets")).hasContent("test");
  }

  @Test
  void hasItsLockAsBeforeOnceItIsOnTheDisk() throws Exception {
    Signing.Result result = signing.result(directory.resolve("a"), "a");
    try (StoredRecord kept = store.keepSynced(verified(result))) {
      kept.sync();

      String lock =
          ":" + Files.getAttribute(kept.bundleFile().resolveSibling("lock"), "unix:ino") + " 0 EOF";
      assertThat(Files.readAllLines(Path.of("/proc/locks")))
          .anyMatch(line -> line.endsWith(lock) && line.contains(" READ "));
    }
  }

  @Test
  void mendsADamagedBundleThatComesAgain() throws Exception {
    Signing.Result result = signing.result(directory.resolve("a"), "a");
    byte[] bundle = Files.readAllBytes(result.bundle());
    StoredRecord kept = keep(result);
    kept.close();
    Files.write(kept.bundleFile(), "damaged".getBytes(UTF_8));

    keep(result).close();

    assertThat(kept.bundleFile()).hasBinaryContent(bundle);
  }

  @Test
  void dropsWhatIsToBeDropped() throws Exception {
    keep(signing.result(directory.resolve("a"), "a")).close();

    store.removals().drop(REPO, KEY);

    assertThat(store.entries().find(REPO, KEY)).isEmpty();
  }

  @Test
  void whoHasTakenItOverAloneMakesRoom() throws Exception {
    Signing.Result first = signing.result(directory.resolve("a"), "a");
    StoredRecord old = keep(first);
    age(old);
    old.close();
    try (FileHold _ = store.removals().takeOver().orElseThrow()) {
      keep(signing.result(directory.resolve("b"), "b")).close();
      assertThat(store.entries().locations()).hasSize(2);

      Location oldest = store.entries().locations().getLast();
      assertThat(oldest.directory()).isEqualTo(old.bundleFile().getParent());
      assertThat(store.removals().remove(oldest, Optional.of(REPO), Removal.Why.NUMBER)).isTrue();
      assertThat(store.entries().locations()).hasSize(1);
    }
    keep(signing.result(directory.resolve("c"), "c")).close();

    assertThat(store.entries().locations()).hasSize(1);
  }

  @Test
  void isTakenOverAsSoonAsNobodyMakesRoom() throws Exception {
    FutureTask<Optional<FileHold>> taking = new FutureTask<>(store.removals()::takeOver);
    try (FileHold _ = FileHold.tryShared(directory.resolve("store/keeper")).orElseThrow()) {
      Thread.ofVirtual().start(taking);
    }

    try (FileHold _ = taking.get().orElseThrow()) {
      assertThat(store.removals().takeOver()).isEmpty();
    }
  }

  @Test
  void namesWhatTheRunMadeAlsoInAnEntryOfAnOlderVersion() throws Exception {
    Signing.Result result = signing.result(directory.resolve("a"), "a");
    Path targets;
    try (StoredRecord kept = keep(result)) {
      targets = kept.bundleFile().resolveSibling("targets");
      assertThat(store.entries().locationOf(kept).targets()).isEqualTo("test");
      Files.delete(targets);
      assertThat(store.entries().locationOf(kept).targets()).isEmpty();
    }

    keep(result).close();

    assertThat(targets).hasContent("test");
  }

  @Test
  void tellsWhatIsGoneTheLatestFirst() throws Exception {
    StoredRecord first = keep(signing.result(directory.resolve("a"), "a"));
    age(first);
    Location location = store.entries().locationOf(first);
    first.close();
    keep(signing.result(directory.resolve("b"), "b")).close();
    store.removals().drop(REPO, KEY);

    List<Removal> gone = Store.open(directory.resolve("store"), 1).removals().list();

    assertThat(gone)
        .extracting(Removal::why)
        .containsExactly(Removal.Why.REFUSED, Removal.Why.NUMBER);
    assertThat(gone.getLast().key()).isEqualTo(KEY);
    assertThat(gone.getLast().repository()).contains(REPO);
    assertThat(gone.getLast().kept()).isEqualTo(location.kept());
    assertThat(gone.getLast().bundleBytes()).isEqualTo(location.bundleBytes()).isPositive();
  }

  @Test
  void passesOverWhatIsDamagedInTheRecordOfWhatIsGone() throws Exception {
    keep(signing.result(directory.resolve("a"), "a")).close();
    store.removals().drop(REPO, KEY);
    Path file = directory.resolve("store/gone");
    String line = Files.readString(file);

    Files.writeString(file, "{\"runKey\":\n" + line + line.substring(0, 9));

    assertThat(store.removals().list()).hasSize(1);
  }

  @Test
  void leavesAloneWhatSomebodyServes() throws Exception {
    try (StoredRecord served = keep(signing.result(directory.resolve("a"), "a"))) {
      Location location = store.entries().locationOf(served);

      assertThat(store.removals().remove(location, Optional.of(REPO), Removal.Why.AGE)).isFalse();
      assertThat(served.bundleFile()).exists();
      assertThat(store.removals().list()).isEmpty();
    }
  }

  @Test
  void opensWhatItKeptBefore() throws Exception {
    Signing.Result result = signing.result(directory.resolve("a"), "a");
    keep(result).close();
    Location location = store.entries().locations().getFirst();
    VerifiedAttestation attestation = signing.verifier().verify(result.attestation(), KEY);

    try (StoredRecord again = store.reopen(location, attestation).orElseThrow()) {
      assertThat(again.repo()).isEqualTo(REPO);
      assertThat(again.key()).isEqualTo(KEY);
      assertThat(again.attestation()).isEqualTo(result.attestation());
      assertThat(again.bundle()).isEqualTo(attestation.bundle());
      store.removals().drop(REPO, KEY);
      assertThat(again.bundleFile()).exists();
    }
    store.removals().drop(REPO, KEY);
    assertThat(store.entries().locations()).isEmpty();
  }

  @Test
  void doesNotOpenWhatIsNotAsItWasSigned() throws Exception {
    Signing.Result result = signing.result(directory.resolve("a"), "a");
    StoredRecord kept = keep(result);
    kept.close();
    Location location = store.entries().locations().getFirst();
    VerifiedAttestation attestation = signing.verifier().verify(result.attestation(), KEY);
    byte[] changed = Files.readAllBytes(kept.bundleFile());
    changed[changed.length / 2] ^= 1;
    Files.write(kept.bundleFile(), changed);

    assertThat(store.reopen(location, attestation)).isEmpty();

    assertThat(store.removals().remove(location, Optional.of(REPO), Removal.Why.REFUSED)).isTrue();
  }

  @Test
  void doesNotOpenWhatLiesInAnothersPlace() throws Exception {
    Signing.Result result = signing.result(directory.resolve("a"), "a");
    StoredRecord kept = keep(result);
    kept.close();
    Path runs = kept.bundleFile().getParent().getParent();
    Files.move(runs, runs.resolveSibling("0".repeat(64)));
    VerifiedAttestation attestation = signing.verifier().verify(result.attestation(), KEY);

    assertThat(store.reopen(store.entries().locations().getFirst(), attestation)).isEmpty();
  }

  @Test
  void showsThatSomethingWasKept() throws Exception {
    Instant before = store.changed();

    keep(signing.result(directory.resolve("a"), "a")).close();

    assertThat(Store.open(directory.resolve("store"), 1).changed()).isAfter(before);
  }

  /** Any revision can claim the name of another repository, and how many results are kept. */
  @Test
  void aCloneThatClaimsARepositorysNameTakesNoneOfItsResultsAway() throws Exception {
    keep(signing.result(directory.resolve("ours"), "ours")).close();
    Path ours = store.entries().locations().getFirst().directory();
    Store claiming = store.keptFor(new LocalRepo(new RepoId("example.org/claiming")));

    for (String text : List.of("one", "two")) {
      StoredRecord kept = claiming.keep(verified(signing.result(directory.resolve(text), text)));
      age(kept);
      kept.close();
    }

    assertThat(store.entries().locations())
        .hasSize(2)
        .extracting(Location::directory)
        .contains(ours);
    keep(signing.result(directory.resolve("newer"), "newer")).close();
    assertThat(store.entries().locations())
        .hasSize(2)
        .extracting(Location::directory)
        .doesNotContain(ours);
  }

  /** What it once claimed is not looked through for ever. */
  @Test
  void aCloneThatCallsItselfOtherwiseEachTimeKeepsNoMore() throws Exception {
    RepoId name = new RepoId("example.org/claiming");
    Store claiming = store.keptFor(new LocalRepo(name));
    StoredRecord claimed =
        claiming.keep(verified(signing.result(directory.resolve("claimed"), "claimed")));
    age(claimed);
    claimed.close();
    assertThat(notes()).hasSize(1);

    Signing.Result own = signing.result(directory.resolve("own"), inputs(name));
    claiming.keep(verified(own)).close();

    assertThat(store.entries().locations())
        .singleElement()
        .extracting(Location::key)
        .isEqualTo(own.record().inputs().key());
    assertThat(notes()).isEmpty();
  }

  private static RunInputs inputs(RepoId repo) {
    RunInputs some = Records.inputs();
    return new RunInputs(
        repo,
        some.tree(),
        Optional.empty(),
        some.target(),
        List.of(),
        some.environment(),
        some.image(),
        some.architecture(),
        some.network());
  }

  /** Where repositories own results beside their own. */
  private List<Path> notes() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("store/owned"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void aRepositorysOwnResultIsItsOwnAgainWhoeverKeptItFirst() throws Exception {
    Signing.Result result = signing.result(directory.resolve("a"), "a");
    Path copy = Files.copy(result.bundle(), directory.resolve("copy"));
    store.keptFor(new LocalRepo(new RepoId("example.org/claiming"))).keep(verified(result)).close();
    String claimed = store.entries().locations().getFirst().owner();

    keep(new Signing.Result(result.record(), result.attestation(), copy)).close();

    assertThat(store.entries().locations()).hasSize(1);
    assertThat(store.entries().locations().getFirst().owner()).isNotEqualTo(claimed);
  }

  @Test
  void aFailedRunTakesThePlaceOfNoneOfARepositoryWhoseNameItClaims() throws Exception {
    LocalRepo claiming = new LocalRepo(new RepoId("example.org/claiming"));
    keepFailed(claiming, Instant.now());

    assertThat(store.logs().lastFailed(claiming)).isPresent();
    assertThat(store.logs().lastFailed(LocalRepo.named(Records.inputs().repo()))).isEmpty();
  }

  @Test
  void aFailedRunIsReadToItsEndWhileTheNextIsKept() throws Exception {
    LocalRepo repo = new LocalRepo(new RepoId("example.org/a"));
    Instant now = Instant.now();
    keepFailed(repo, now);
    RunLogs.FailureLog first = store.logs().lastFailed(repo).orElseThrow();

    keepFailed(repo, now.plusSeconds(1));

    assertThat(first.output().directory()).isNotEmptyDirectory();
    RunLogs.FailureLog second = store.logs().lastFailed(repo).orElseThrow();
    assertThat(second.run().endedAt()).isAfter(first.run().endedAt());

    keepFailed(repo, now.plusSeconds(2));

    assertThat(first.output().directory()).doesNotExist();
    assertThat(second.output().directory()).isNotEmptyDirectory();
  }

  private void keepFailed(LocalRepo repo, Instant end) throws Exception {
    RunInputs inputs = Records.inputs();
    FailedRun run =
        new FailedRun(
            FailedRun.Subject.of(inputs),
            end,
            end,
            new FailedRun.Failure("test", Optional.of(1), "failed", Optional.empty()));
    try (ScratchDirectory staged = store.stage()) {
      RunLogs logs = store.keptFor(repo).logs();
      logs.keep(run, logs.begin(staged, inputs));
    }
  }

  @Test
  void leavesNothingInItsStagingDirectory() throws Exception {
    keep(signing.result(directory.resolve("a"), "a")).close();

    assertThat(directory.resolve("store/staging")).isEmptyDirectory();
  }

  private StoredRecord keep(Signing.Result result) throws Exception {
    return store.keep(verified(result));
  }

  private VerifiedRecord verified(Signing.Result result) throws Exception {
    return signing.verified(result, unpack());
  }

  private Path unpack() throws IOException {
    return Files.createTempDirectory(directory, "unpacked");
  }

  private static void age(StoredRecord record) throws Exception {
    Path entry = record.bundleFile().getParent();
    FileTime before = Files.getLastModifiedTime(entry);
    Instant older = before.toInstant().minusSeconds(60);
    Files.setLastModifiedTime(entry, FileTime.from(older));
  }
}
