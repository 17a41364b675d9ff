package dev.peer.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.client.fetch.HolderFetch;
import dev.peer.core.find.Acceptance;
import dev.peer.core.find.FindResult;
import dev.peer.core.find.Finder;
import dev.peer.core.find.Holders;
import dev.peer.core.find.LookupResult;
import dev.peer.core.find.ResultRules;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.key.RunInputs;
import dev.peer.core.sign.SignedRuns;
import dev.peer.core.store.Retention;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.store.StoredRecords;
import dev.peer.tls.TestAuthority;
import dev.peer.wire.RuntimesKey;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copies made by a daemon that follows a rendezvous. */
@Timeout(300)
class MirrorTest {

  private static final RepoId REPO = SignedRuns.inputs("test").repo();
  private static final Retention MANY = Retention.ofMost(100);

  private static TestAuthority team;

  @TempDir private Path directory;
  private Meeting meeting;
  private Home laptop;
  private Home daemon;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
  }

  @BeforeEach
  void start() throws Exception {
    meeting = new Meeting(team);
    laptop = home("laptop");
    daemon = home("daemon");
  }

  @AfterEach
  void stop() throws Exception {
    daemon.close();
    laptop.close();
    meeting.close();
  }

  @Test
  void copiesWhatIsAnnouncedAndServesIt() throws Exception {
    mirror(MANY, REPO);
    laptop.serve(MANY, meeting.address());

    SignedRuns.Result result = laptop.run("one");

    assertThat(meeting.awaitHolders(result.record().inputs(), 2))
        .containsExactlyInAnyOrder(laptop.identity().id(), daemon.identity().id());
    assertThat(daemon.notices().take())
        .startsWith("copied " + result.record().inputs().key().hex().substring(0, 12))
        .contains(" from spiffe://team/laptop, ");
  }

  @Test
  void copiesOnlyTheChunksThatAreNotHere() throws Exception {
    mirror(MANY, REPO);
    laptop.serve(MANY, meeting.address());
    byte[] random = new byte[4 << 20];
    new Random(1).nextBytes(random);
    String output = Base64.getEncoder().encodeToString(random);
    meeting.awaitHolders(laptop.run("one", output).record().inputs(), 2);

    meeting.awaitHolders(laptop.run("two", output + "more").record().inputs(), 2);

    assertThat(daemon.notices())
        .anyMatch(
            line ->
                line.matches(
                    "[12] of [45] MiB came from spiffe://team/laptop, the rest from results that"
                        + " are here"));
  }

  @Test
  void copiesWhatWasAnnouncedBefore() throws Exception {
    SignedRuns.Result result = laptop.run("one");
    laptop.serve(MANY, meeting.address());
    meeting.awaitHolders(result.record().inputs(), 1);

    mirror(MANY, REPO);

    meeting.awaitHolders(result.record().inputs(), 2);
  }

  @Test
  void aCopyOutlivesWhoeverRanIt() throws Exception {
    mirror(MANY, REPO);
    laptop.serve(MANY, meeting.address());
    SignedRuns.Result result = laptop.run("one");
    meeting.awaitHolders(result.record().inputs(), 2);
    laptop.close();
    meeting.awaitHolders(result.record().inputs(), 1);

    try (HolderFetch fetch = new HolderFetch(team.peer("spiffe://team/ci"), Home.PATIENCE)) {
      Finder finder =
          new Finder(
              Store.open(directory.resolve("ci"), 1),
              new Holders(
                  (repo, key) -> new LookupResult.Found(meeting.found(result.record().inputs())),
                  fetch),
              new ResultRules(daemon.verifier(), Acceptance.EVERYTHING),
              _ -> {});
      FindResult found = finder.find(REPO, result.record().inputs().key());
      assertThat(found).isInstanceOf(FindResult.Hit.class);
      ((FindResult.Hit) found).result().close();
    }
  }

  /** They are announced as a result that nobody has. */
  @Test
  void takesNoRuntimesForAResult() throws Exception {
    mirror(MANY, REPO);
    laptop.serve(MANY, meeting.address());
    RunInputs inputs = laptop.run("one").record().inputs();
    meeting.awaitHolders(inputs, 2);
    assertThat(daemon.kept().images(REPO)).containsExactly(inputs.image());

    meeting.announce(new PeerId("spiffe://team/other"), REPO, RuntimesKey.of(REPO, inputs.image()));
    meeting.awaitHolders(laptop.run("two").record().inputs(), 2);
    daemon.close();

    assertThat(daemon.notices()).allMatch(line -> line.startsWith("copied "));
  }

  @Test
  void copiesNothingOfOtherRepositories() throws Exception {
    mirror(MANY, new RepoId("git.example.org/other/project"));
    laptop.serve(MANY, meeting.address());
    SignedRuns.Result other = laptop.run("one");
    meeting.awaitHolders(other.record().inputs(), 1);
    daemon.close();

    assertThat(daemon.store().entries().locations()).isEmpty();
    assertThat(daemon.notices()).isEmpty();
  }

  @Test
  void namesWhoGivesWhatDoesNotHoldAndAsksAnother() throws Exception {
    SignedRuns.Result result = laptop.run("one");
    byte[] strange =
        SignedRuns.make(
                SignedRuns.inputs("one"),
                "forged",
                new TestAuthority("strangers").issue("spiffe://team/laptop"),
                directory.resolve("strange"))
            .attestation()
            .bytes();
    Home liar = home("liar").serve(MANY, meeting.address());
    try (StoredRecord lie =
        StoredRecords.of(
            directory, REPO, result.record().inputs().key(), strange, new byte[] {1})) {
      liar.announcer().announce(lie);
      mirror(MANY, REPO);
      assertThat(daemon.notices().take())
          .startsWith("the result of spiffe://team/liar is refused: the signer is not trusted");
      assertThat(daemon.notices().take())
          .startsWith(
              "spiffe://team/liar sent a result that does not hold; peer does not ask it for"
                  + " copies");
      assertThat(daemon.store().entries().locations()).isEmpty();

      laptop.serve(MANY, meeting.address());

      meeting.awaitHolders(result.record().inputs(), 3);
      assertThat(daemon.notices().take()).contains(" from spiffe://team/laptop, ");
    } finally {
      liar.close();
    }
  }

  @Test
  void copiesNoBundleThatIsMoreThanIsKept() throws Exception {
    mirror(new Retention(9, Optional.empty(), 10), REPO);
    laptop.serve(MANY, meeting.address());

    laptop.run("one");

    assertThat(daemon.notices().take())
        .startsWith("the holder spiffe://team/laptop does not give the result: its bundle of ")
        .endsWith(" bytes is more than is kept here");
    assertThat(daemon.store().entries().locations()).isEmpty();
  }

  @Test
  void keepsTheLastCopiesAlone() throws Exception {
    mirror(Retention.ofMost(1), REPO);
    laptop.serve(MANY, meeting.address());
    SignedRuns.Result first = laptop.run("first");
    meeting.awaitHolders(first.record().inputs(), 2);

    SignedRuns.Result last = laptop.run("last");

    meeting.awaitHolders(last.record().inputs(), 2);
    meeting.awaitHolders(first.record().inputs(), 1);
    assertThat(daemon.kept().isDeclined(new ResultName(REPO, first.record().inputs().key())))
        .isTrue();
  }

  @Test
  void doesNotCopyWhatIsOlderThanAllThatIsKept() throws Exception {
    Home other = home("other");
    SignedRuns.Result old = other.run("old");
    SignedRuns.Result recent = laptop.run("recent");
    mirror(Retention.ofMost(1), REPO);
    laptop.serve(MANY, meeting.address());
    meeting.awaitHolders(recent.record().inputs(), 2);
    assertThat(daemon.notices().take()).startsWith("copied ");
    try {
      other.serve(MANY, meeting.address());

      ResultName name = new ResultName(REPO, old.record().inputs().key());
      while (!daemon.kept().isDeclined(name)) {
        Thread.sleep(20);
      }
      assertThat(meeting.holders(old.record().inputs())).containsExactly(other.identity().id());
      assertThat(meeting.holders(recent.record().inputs())).hasSize(2);
      assertThat(daemon.notices()).isEmpty();
    } finally {
      other.close();
    }
  }

  @Test
  void followsEachRendezvous() throws Exception {
    try (Meeting second = new Meeting(team)) {
      mirror(MANY, List.of(second.address(), meeting.address()), REPO);
      laptop.serve(MANY, meeting.address());

      SignedRuns.Result result = laptop.run("one");

      meeting.awaitHolders(result.record().inputs(), 2);
    }
  }

  @Test
  void goesOnWithARendezvousThatHasRestarted() throws Exception {
    mirror(MANY, REPO);
    laptop.serve(MANY, meeting.address());
    SignedRuns.Result before = laptop.run("before");
    meeting.awaitHolders(before.record().inputs(), 2);
    InetSocketAddress where = meeting.where();
    meeting.close();
    meeting = new Meeting(team, where);

    SignedRuns.Result after = laptop.run("after");

    meeting.awaitHolders(after.record().inputs(), 2);
    meeting.awaitHolders(before.record().inputs(), 2);
    assertThat(daemon.store().entries().locations()).hasSize(2);
  }

  private Home home(String name) throws Exception {
    return new Home(team, "spiffe://team/" + name, Files.createDirectory(directory.resolve(name)));
  }

  private void mirror(Retention retention, RepoId repo) throws Exception {
    mirror(retention, List.of(meeting.address()), repo);
  }

  private void mirror(Retention retention, List<URI> rendezvous, RepoId repo) throws Exception {
    daemon.serve(retention, meeting.address());
    HolderFetch fetch = daemon.closing(new HolderFetch(daemon.identity(), Home.PATIENCE));
    daemon
        .closing(
            new Mirror(
                new Mirror.Sources(daemon.identity(), rendezvous, List.of(repo), Home.PATIENCE),
                daemon.store(),
                fetch,
                daemon::verifier,
                daemon.kept(),
                daemon.notices()::add))
        .start();
  }
}
