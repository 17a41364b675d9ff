package dev.peer.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.client.fetch.HolderFetch;
import dev.peer.core.find.Holder;
import dev.peer.core.sign.SignedRuns;
import dev.peer.core.store.Location;
import dev.peer.core.store.Removal;
import dev.peer.core.store.Retention;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredRecord;
import dev.peer.tls.TestAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class KeptResultsTest {

  private static final Retention MANY = Retention.ofMost(100);

  private static TestAuthority team;

  @TempDir private Path directory;
  private Meeting meeting;
  private Home home;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
  }

  @BeforeEach
  void start() throws Exception {
    meeting = new Meeting(team);
    home = new Home(team, "spiffe://team/daemon", directory);
  }

  @AfterEach
  void stop() throws Exception {
    home.close();
    meeting.close();
  }

  @Test
  void servesAndAnnouncesAllThatIsKept() throws Exception {
    SignedRuns.Result one = home.run("one");
    SignedRuns.Result two = home.run("two");
    home.serve(MANY, meeting.address());

    assertThat(meeting.awaitHolders(one.record().inputs(), 1))
        .containsExactly(home.identity().id());
    meeting.awaitHolders(two.record().inputs(), 1);
    assertServed(one);
    assertServed(two);
    assertThat(home.notices()).isEmpty();
  }

  @Test
  void noticesWhatACommandKeepsMeanwhile() throws Exception {
    home.serve(MANY, meeting.address());

    SignedRuns.Result later = home.run("later");

    meeting.awaitHolders(later.record().inputs(), 1);
    assertServed(later);
  }

  @Test
  void servesAgainWhatItServedBefore() throws Exception {
    SignedRuns.Result result = home.run("one");
    home.serve(MANY, meeting.address());
    meeting.awaitHolders(result.record().inputs(), 1);

    home.close();
    assertThat(meeting.holders(result.record().inputs())).isEmpty();
    home.serve(MANY, meeting.address());

    meeting.awaitHolders(result.record().inputs(), 1);
    assertServed(result);
  }

  @Test
  void doesNotServeWhatIsNotAsItWasSigned() throws Exception {
    SignedRuns.Result damaged = home.run("damaged");
    Store store = Store.open(directory.resolve("store"), MANY);
    Path bundle = store.entries().locations().getFirst().directory().resolve("bundle.tar.zst");
    byte[] bytes = Files.readAllBytes(bundle);
    bytes[bytes.length / 2] ^= 1;
    Files.write(bundle, bytes);
    home.run("whole");

    home.serve(MANY, meeting.address());

    assertThat(home.notices().take()).contains("is not as it was signed");
    meeting.awaitHolders(SignedRuns.inputs("whole"), 1);
    assertThat(meeting.holders(damaged.record().inputs())).isEmpty();
    assertThat(store.removals().list())
        .extracting(Removal::why)
        .containsExactly(Removal.Why.REFUSED);
  }

  @Test
  void doesNotServeWhatNobodyOfOursSignedAndLeavesItAlone() throws Exception {
    TestAuthority strangers = new TestAuthority("strangers");
    Home theirs = new Home(strangers, "spiffe://strangers/laptop", directory);
    SignedRuns.Result strange = theirs.run("strange");

    home.serve(MANY, meeting.address());

    assertThat(home.notices().take())
        .startsWith("1 results in the store are not served, they are refused")
        .contains("not trusted");
    assertThat(meeting.holders(strange.record().inputs())).isEmpty();
    assertThat(home.store().entries().locations()).hasSize(1);
  }

  @Test
  void keepsTheLastOnesAndTakesTheOthersBackBeforeTheyGo() throws Exception {
    SignedRuns.Result old = home.run("old");
    home.serve(Retention.ofMost(1), meeting.address());
    meeting.awaitHolders(old.record().inputs(), 1);

    SignedRuns.Result next = home.run("next");

    meeting.awaitHolders(old.record().inputs(), 0);
    meeting.awaitHolders(next.record().inputs(), 1);
    // What is gone is written down last.
    while (home.store().removals().list().isEmpty()) {
      Thread.sleep(20);
    }
    assertThat(home.store().entries().locations())
        .extracting(Location::key)
        .containsExactly(next.record().inputs().key());
    assertThat(home.store().removals().list())
        .singleElement()
        .satisfies(
            gone -> {
              assertThat(gone.key()).isEqualTo(old.record().inputs().key());
              assertThat(gone.repository()).contains(old.record().inputs().repo());
              assertThat(gone.why()).isEqualTo(Removal.Why.NUMBER);
            });
    ResultName name = new ResultName(old.record().inputs().repo(), old.record().inputs().key());
    assertThat(home.kept().isDeclined(name)).isTrue();
    assertServed(next);
  }

  @Test
  void leavesWhatAnotherProcessServes() throws Exception {
    Path made = directory.resolve("served");
    SignedRuns.Result served =
        SignedRuns.make(SignedRuns.inputs("served"), "x", team.issue("spiffe://team/daemon"), made);
    try (StoredRecord elsewhere = home.keep(served)) {
      home.serve(Retention.ofMost(1), meeting.address());
      meeting.awaitHolders(served.record().inputs(), 1);

      home.run("next");

      meeting.awaitHolders(served.record().inputs(), 0);
      meeting.awaitHolders(SignedRuns.inputs("next"), 1);
      assertThat(elsewhere.bundleFile()).exists();
      assertThat(home.store().removals().list()).isEmpty();
    }
  }

  @Test
  void whatSomebodyRemovesIsServedNoMore() throws Exception {
    SignedRuns.Result result = home.run("one");
    home.serve(MANY, meeting.address());
    meeting.awaitHolders(result.record().inputs(), 1);
    Path entry = home.store().entries().locations().getFirst().directory();
    for (String file : List.of("attestation.json", "bundle.tar.zst", "targets", "lock")) {
      Files.delete(entry.resolve(file));
    }
    Files.delete(entry);

    home.run("two");

    meeting.awaitHolders(result.record().inputs(), 0);
  }

  @Test
  void oneDaemonKeepsAStore() throws Exception {
    home.serve(MANY, meeting.address());

    assertThat(Store.open(directory.resolve("store"), MANY).removals().takeOver()).isEmpty();
  }

  private void assertServed(SignedRuns.Result result) throws Exception {
    Holder holder = meeting.found(result.record().inputs()).getFirst();
    try (HolderFetch fetch = new HolderFetch(team.peer("spiffe://team/ci"), Home.PATIENCE)) {
      assertThat(fetch.attestation(holder, result.record().inputs().key()))
          .isEqualTo(result.attestation());
    }
  }
}
