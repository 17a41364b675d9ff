package dev.peer.core.find;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.flow.DownloadBytes;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.progress.Notices;
import dev.peer.core.progress.RunEvent;
import dev.peer.core.record.Content;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.Records;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.Signing;
import dev.peer.core.store.Store;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FinderTest {

  private static final RepoId REPO = Records.inputs().repo();
  private static final RunKey KEY = Records.inputs().key();
  private static final Duration PATIENT = Duration.ofMinutes(1);

  @TempDir private Path directory;

  private final List<String> said = new ArrayList<>();
  private final ScriptedHolders holders = new ScriptedHolders();
  private Acceptance acceptance = Acceptance.EVERYTHING;
  private Signing signing;
  private Signing.Result result;
  private Store store;

  @BeforeEach
  void makeResult() throws Exception {
    signing = new Signing();
    result = signing.result(directory.resolve("result"), "artifact");
    store = Store.open(directory.resolve("store"), 1);
  }

  @Test
  void takesAResultFromItsHolderAndKeepsIt() throws Exception {
    holders.add("honest", result);

    assertHitFrom("honest");

    holders.byName.clear();
    assertThat(find()).isInstanceOf(FindResult.Hit.class);
    assertThat(said).isEmpty();
  }

  @Test
  void saysWhomItWaitsForAndHowMuchIsThere() throws Exception {
    holders.add("laptop", result);
    List<String> progress = new ArrayList<>();
    Notices notices =
        new Notices() {
          @Override
          public void say(String line) {}

          @Override
          public void progress(RunEvent.Progress event) {
            progress.add(
                switch (event) {
                  case RunEvent.Step(String name) -> name;
                  case RunEvent.Awaiting(String what) -> what;
                  case RunEvent.Moved(long done, long total) -> done + " of " + total;
                });
          }
        };

    FindResult found =
        new Finder(
                store,
                new Holders(holders, holders),
                new ResultRules(signing.verifier(), acceptance),
                notices)
            .find(REPO, KEY);

    long size = Files.size(result.bundle());
    assertThat(progress)
        .startsWith(
            "search",
            "search",
            "the rendezvous",
            "fetch",
            "an answer of laptop",
            "from laptop",
            size + " of " + size,
            "verify");
    ((FindResult.Hit) found).result().close();
  }

  @Test
  void namesAHolderOfAChangedBundleAndTakesTheNext() throws Exception {
    holders.add("liar", result, bytes -> flipped(bytes, bytes.length / 2));
    holders.add("short", result, bytes -> Arrays.copyOf(bytes, bytes.length - 1));
    holders.add("zzz-honest", result);

    assertHitFrom("zzz-honest");
    assertThat(said).hasSize(2);
    assertThat(said.get(0)).contains("liar").contains("refused");
    assertThat(said.get(1)).contains("short").contains("refused");
  }

  @Test
  void keepsNothingOfABundleThatIsWrongOnlyAtItsEnd() throws Exception {
    holders.add("liar", result, bytes -> flipped(bytes, bytes.length - 1));

    assertThat(find()).isInstanceOf(FindResult.NoneVerified.class);
    assertThat(said).singleElement().asString().contains("liar").contains("the bundle's digest");
    assertThat(holders.reported).containsExactly("liar");
    assertThat(store.entries().find(REPO, KEY)).isEmpty();
    assertThat(directory.resolve("store/staging")).isEmptyDirectory();
  }

  /** Half of it came from another, which broke off. */
  @Test
  void namesAHolderThatGoesOnWithNothing() throws Exception {
    holders.add("honest", result);
    holders.add("liar", result);
    byte[] all = holders.bundles.get("honest");
    holders.next("honest", Arrays.copyOf(all, all.length / 2), Fault.UNREACHABLE);
    holders.next("liar", new byte[0], Fault.WRONG);
    holders.next("liar", new byte[0], Fault.WRONG);

    assertHitFrom("honest");
    assertThat(said).last().asString().startsWith("the result of liar is refused: ");
    assertThat(holders.reported).containsExactly("honest", "liar");
  }

  @Test
  void takesABundleWhoseHolderBreaksOffBehindTheLastByte() throws Exception {
    holders.add("laptop", result);
    holders.next("laptop", holders.bundles.get("laptop"), Fault.UNREACHABLE);

    assertHitFrom("laptop");
    assertThat(said).isEmpty();
  }

  @Test
  void refusesAResultThatAStrangerSigned() throws Exception {
    Signing.Result strange = new Signing().result(directory.resolve("strange"), "artifact");
    holders.add("stranger", strange);

    assertThat(find()).isInstanceOf(FindResult.NoneVerified.class);
    assertThat(said).singleElement().asString().contains("stranger").contains("not trusted");
    assertThat(store.entries().find(REPO, KEY)).isEmpty();
  }

  @Test
  void namesAHolderWhoseResultDoesNotCountAndTakesTheNext() throws Exception {
    acceptance = new Acceptance(KeptOrigin.BLANK, ClaimedHistory.UNKNOWN);
    holders.add("first", result);
    holders.add("second", blank());

    assertHitFrom("second");
    assertThat(said)
        .singleElement()
        .asString()
        .contains("the result of first does not count here")
        .contains("origin trunk, and PEER_REQUIRE_KEPT=blank refuses that");
    assertThat(holders.reported).isEmpty();
  }

  @Test
  void keepsAResultOfTheStoreThatDoesNotCount() throws Exception {
    holders.add("holder", result);
    assertHitFrom("holder");
    holders.byName.clear();
    acceptance = new Acceptance(KeptOrigin.BLANK, ClaimedHistory.UNKNOWN);

    assertThat(find()).isInstanceOf(FindResult.NoneVerified.class);
    assertThat(said)
        .singleElement()
        .asString()
        .contains("the result in the local store does not count here");

    acceptance = Acceptance.EVERYTHING;
    assertThat(find()).isInstanceOf(FindResult.Hit.class);
  }

  private Signing.Result blank() throws Exception {
    return signing.result(
        directory.resolve("blank"), "artifact", Records.provenance(StartedFrom.BLANK));
  }

  @Test
  void refusesAResultOfAnotherRun() throws Exception {
    holders.add("other", result);
    RunKey other = RunKey.ofHex("1".repeat(64));

    assertThat(finder().find(REPO, other)).isInstanceOf(FindResult.NoneVerified.class);
    assertThat(said).singleElement().asString().contains("other");
  }

  @Test
  void goesOnWhenAHolderIsGone() throws Exception {
    holders.gone.add("gone");
    holders.add("gone", result);

    assertThat(find()).isInstanceOf(FindResult.Miss.class);
    assertThat(said).singleElement().asString().contains("gone").contains("cannot be reached");
  }

  @Test
  void takesARunInProgressOrAFailedOneForNoResult() throws Exception {
    holders.add("laptop", result);
    holders.state = list -> new LookupResult.Found(List.of(), list, List.of());
    assertThat(find()).isInstanceOf(FindResult.Miss.class);
    holders.state =
        list ->
            new LookupResult.Found(
                List.of(),
                List.of(),
                list.stream()
                    .map(holder -> new LookupResult.Failure(holder, Optional.empty()))
                    .toList());
    assertThat(find()).isInstanceOf(FindResult.Miss.class);

    holders.state = LookupResult.Found::new;
    assertHitFrom("laptop");
  }

  @Test
  void saysWhyNobodyCouldBeAsked() throws Exception {
    holders.unavailable = true;

    assertThat(find()).isInstanceOf(FindResult.Miss.class);
    assertThat(said).containsExactly("the rendezvous is down");
  }

  @Test
  void refusesADamagedEntryOfTheStoreAndDropsIt() throws Exception {
    holders.add("honest", result);
    assertHitFrom("honest");
    holders.byName.clear();
    Path bundle = store.entries().find(REPO, KEY).orElseThrow().bundleFile();
    Files.write(bundle, flipped(Files.readAllBytes(bundle), 10));

    assertThat(find()).isInstanceOf(FindResult.NoneVerified.class);
    assertThat(said).singleElement().asString().contains("local store");
    assertThat(store.entries().find(REPO, KEY)).isEmpty();
  }

  @Test
  void leavesNothingStagedWhateverHappened() throws Exception {
    holders.add("liar", result, bytes -> flipped(bytes, 3));

    find();

    assertThat(directory.resolve("store/staging")).isEmptyDirectory();
  }

  private FindResult find() throws IOException, InterruptedException {
    FindResult found = finder().find(REPO, KEY);
    if (found instanceof FindResult.Hit hit) {
      hit.result().close();
    }
    return found;
  }

  private void assertHitFrom(String holder) throws Exception {
    FindResult found = finder().find(REPO, KEY);
    assertThat(found).isInstanceOf(FindResult.Hit.class);
    try (Replayable replayable = ((FindResult.Hit) found).result()) {
      assertThat(replayable.holder()).contains(new PeerId(holder));
      ByteArrayOutputStream both = new ByteArrayOutputStream();
      replayable
          .verified()
          .files()
          .replay((stream, buffer, offset, length) -> both.write(buffer, offset, length));
      assertThat(both.toString(UTF_8)).isEqualTo("one\ntwo\nthree");
    }
  }

  private Finder finder() {
    return new Finder(
        store,
        new Holders(holders, holders, PATIENT),
        new ResultRules(signing.verifier(), acceptance),
        said::add);
  }

  private static byte[] flipped(byte[] bytes, int at) {
    byte[] changed = bytes.clone();
    changed[at] ^= 1;
    return changed;
  }

  /** A rendezvous and holders that do as they are told. */
  private static final class ScriptedHolders implements Lookup, Fetch {

    private final Map<String, Attestation> byName = new TreeMap<>();
    private final Map<String, byte[]> bundles = new TreeMap<>();
    private final List<String> gone = new ArrayList<>();
    private final Map<String, Queue<Download>> next = new HashMap<>();
    private Function<List<Holder>, LookupResult> state = LookupResult.Found::new;
    private final List<String> reported = new ArrayList<>();
    private boolean unavailable;

    void add(String name, Signing.Result result) throws IOException {
      add(name, result, UnaryOperator.identity());
    }

    void add(String name, Signing.Result result, UnaryOperator<byte[]> change) throws IOException {
      byName.put(name, result.attestation());
      bundles.put(name, change.apply(Files.readAllBytes(result.bundle())));
    }

    /** A holder's next transfer begins with these bytes and then fails. */
    void next(String name, byte[] given, Fault fault) {
      next.computeIfAbsent(name, _ -> new ArrayDeque<>()).add(new Failing(given, fault));
    }

    private record Failing(byte[] given, Fault fault) implements Download {

      @Override
      public long from() {
        return 0;
      }

      @Override
      public void into(OutputStream out, Duration pause) throws FetchException, IOException {
        out.write(given);
        throw new FetchException(fault, "it broke off");
      }

      @Override
      public void close() {}
    }

    @Override
    public LookupResult find(RepoId repo, RunKey key) {
      if (unavailable) {
        return new LookupResult.Unavailable("the rendezvous is down");
      }
      List<Holder> found =
          byName.keySet().stream().map(name -> new Holder(new PeerId(name), List.of())).toList();
      return found.isEmpty() ? new LookupResult.Absent() : state.apply(found);
    }

    @Override
    public void report(RepoId repo, RunKey key, PeerId holder, FetchException.Fault fault) {
      reported.add(holder.text());
    }

    @Override
    public Attestation attestation(Holder holder, RunKey key) throws FetchException {
      if (gone.contains(holder.id().text())) {
        throw new FetchException(FetchException.Fault.UNREACHABLE, "connection refused");
      }
      return byName.get(holder.id().text());
    }

    @Override
    public Download bundle(Holder holder, Content bundle, long from) {
      Download failing = next.getOrDefault(holder.id().text(), new ArrayDeque<>()).poll();
      return failing != null ? failing : new DownloadBytes(bundles.get(holder.id().text()), from);
    }
  }
}
