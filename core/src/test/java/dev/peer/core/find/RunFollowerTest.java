package dev.peer.core.find;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.flow.DownloadBytes;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.OutputBytes;
import dev.peer.core.progress.RunEvent;
import dev.peer.core.record.Content;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.record.Records;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.Signing;
import dev.peer.core.store.Store;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs elsewhere, told by a rendezvous and runners that say what they are told to. */
class RunFollowerTest {

  private static final RunInputs RUN = Records.inputs();
  private static final RepoId REPO = RUN.repo();
  private static final RunKey KEY = RUN.key();
  private static final Holder ONE = new Holder(new PeerId("urn:one"), List.of());
  private static final Holder TWO = new Holder(new PeerId("urn:two"), List.of());

  @TempDir private Path directory;

  private final List<String> said = new ArrayList<>();
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final List<Holder> running = new ArrayList<>();
  private final List<Holder> holding = new ArrayList<>();
  private final Map<Holder, Script> scripts = new LinkedHashMap<>();
  private final List<Holder> followed = new ArrayList<>();

  /** What changes with the second lookup, the third and so on. */
  private final Map<Integer, Runnable> lookups = new LinkedHashMap<>();

  private int asked;
  private Signing signing;
  private Signing.Result result;
  private Store store;

  /** What a runner does when it is followed. */
  private interface Script {

    FollowResult play(ExecutionListener viewer) throws IOException;
  }

  @BeforeEach
  void makeResult() throws Exception {
    signing = new Signing();
    result = signing.result(directory.resolve("result"), "artifact");
    store = Store.open(directory.resolve("store"), 1);
  }

  @Test
  void followsARunAndTakesItsResult() throws Exception {
    runs(ONE, viewer -> passed(viewer, "one\n", "two\n", "three"));

    try (Replayable hit = hit(join())) {
      assertThat(hit.followed()).isTrue();
      assertThat(hit.holder()).contains(ONE.id());
      assertThat(replayed(hit)).isEmpty();
    }
    assertThat(shown.toString(UTF_8)).isEqualTo("one\ntwo\nthree");
    assertThat(said)
        .containsExactly(
            "following the run of urn:one; its output is unverified until it is signed");
  }

  @Test
  void waitsForARunToBegin() throws Exception {
    lookups.put(2, () -> runs(ONE, viewer -> passed(viewer, "one\n", "two\n", "three")));

    try (Replayable hit = hit(await(Duration.ofHours(1)))) {
      assertThat(hit.followed()).isTrue();
    }
    assertThat(said).startsWith("no peer has a result or runs it; waiting for a run to start");
  }

  @Test
  void waitsForAResultThatAppears() throws Exception {
    lookups.put(2, () -> holding.add(ONE));

    try (Replayable hit = hit(await(Duration.ofHours(1)))) {
      assertThat(hit.followed()).isFalse();
    }
  }

  @Test
  void waitsForNoOtherRunOnceOneHasFailed() throws Exception {
    runs(ONE, _ -> new FollowResult.Failed("test", Optional.of(3), Instant.EPOCH));

    assertThat(await(Duration.ofHours(1))).isInstanceOf(FindResult.Miss.class);
    assertThat(followed).containsExactly(ONE);
  }

  @Test
  void waitsNoLongerThanItIsLet() throws Exception {
    assertThat(await(Duration.ofMillis(1))).isInstanceOf(FindResult.Miss.class);
  }

  @Test
  void waitsForNobodyWhereItIsNotToWait() throws Exception {
    assertThat(await(Duration.ZERO)).isInstanceOf(FindResult.Miss.class);
    assertThat(said).isEmpty();
  }

  @Test
  void replaysWhatWasNotShown() throws Exception {
    runs(ONE, viewer -> passed(viewer, "on", "", ""));

    try (Replayable hit = hit(join())) {
      assertThat(replayed(hit)).isEqualTo("e\ntwo\nthree");
    }
  }

  @Test
  void refusesAResultWhoseOutputIsNotWhatWasShown() throws Exception {
    runs(ONE, viewer -> passed(viewer, "all is well\n", "", ""));

    assertThat(join()).isInstanceOf(FindResult.NoneVerified.class);
    assertThat(said).anyMatch(line -> line.contains("refused") && line.contains("urn:one"));
    assertThat(store.entries().find(REPO, KEY)).isEmpty();
  }

  @Test
  void refusesAResultThatIsShorterThanWhatWasShown() throws Exception {
    runs(ONE, viewer -> passed(viewer, "one\n", "two\n", "three and more"));

    assertThat(join()).isInstanceOf(FindResult.NoneVerified.class);
  }

  @Test
  void takesNoRunsWordForAPass() throws Exception {
    Signing.Result strange = new Signing().result(directory.resolve("strange"), "artifact");
    result = strange;
    runs(ONE, viewer -> passed(viewer, "one\n", "two\n", "three"));

    assertThat(join()).isInstanceOf(FindResult.Miss.class);
    assertThat(said).anyMatch(line -> line.contains("the result of urn:one is refused"));
  }

  @Test
  void goesOnToTheNextWhenARunBreaksOff() throws Exception {
    runs(ONE, _ -> new FollowResult.Ended("connection reset"));
    runs(TWO, viewer -> passed(viewer, "one\n", "two\n", "three"));

    hit(join()).close();
    assertThat(followed).containsExactly(ONE, TWO);
    assertThat(said).contains("the run of urn:one is not followed any more: connection reset");
  }

  @Test
  void showsAFailureAndReplaysNone() throws Exception {
    Instant at = Instant.parse("2030-01-31T12:00:00.5Z");
    runs(ONE, _ -> new FollowResult.Failed("test", Optional.of(3), at));

    FindResult found = join();

    assertThat(((FindResult.Miss) found).elsewhere().running()).containsExactly(ONE);
    assertThat(followed).containsExactly(ONE);
    assertThat(said)
        .contains("the run of urn:one failed at 2030-01-31T12:00:00Z: the stage test ended with 3");
  }

  @Test
  void followsNobodyOnceTheWaitIsOver() throws Exception {
    runs(ONE, _ -> new FollowResult.TimeOver());
    runs(TWO, _ -> new FollowResult.Passed());

    FindResult found = join(Duration.ofNanos(1));

    assertThat(found).isInstanceOf(FindResult.Miss.class);
    assertThat(followed).containsExactly(ONE);
  }

  @Test
  void followsNobodyWithoutAWait() throws Exception {
    runs(ONE, _ -> new FollowResult.Passed());

    assertThat(join(Duration.ZERO)).isInstanceOf(FindResult.Miss.class);
    assertThat(followed).isEmpty();
  }

  @Test
  void takesAResultThatIsThereBeforeItFollows() throws Exception {
    holding.add(TWO);
    runs(ONE, _ -> new FollowResult.Passed());

    try (Replayable hit = hit(join())) {
      assertThat(hit.followed()).isFalse();
      assertThat(replayed(hit)).isEqualTo("one\ntwo\nthree");
    }
    assertThat(followed).isEmpty();
  }

  /** As a rendezvous that lies might. */
  @Test
  void followsNoMoreThanSixteen() throws Exception {
    Follower never =
        (runner, _, _, _) -> {
          followed.add(runner);
          running.add(new Holder(new PeerId("urn:" + followed.size()), List.of()));
          return new FollowResult.Ended("connection refused");
        };
    running.add(ONE);

    FindResult found =
        new RunFollower(store, finder(), never, Duration.ofHours(1), new Viewer(), said::add)
            .find(RUN);

    assertThat(found).isInstanceOf(FindResult.Miss.class);
    assertThat(followed).hasSize(16);
  }

  private void runs(Holder runner, Script script) {
    running.add(runner);
    scripts.put(runner, script);
  }

  /** Of the two streams, standard output comes first and last. */
  private static FollowResult passed(
      ExecutionListener viewer, String first, String complaint, String second) throws IOException {
    viewer.stage("test");
    write(viewer, OutputStreamName.STDOUT, first);
    write(viewer, OutputStreamName.STDERR, complaint);
    write(viewer, OutputStreamName.STDOUT, second);
    return new FollowResult.Passed();
  }

  private static void write(ExecutionListener viewer, OutputStreamName stream, String text)
      throws IOException {
    viewer.write(stream, text.getBytes(UTF_8), 0, text.length());
  }

  private FindResult join() throws Exception {
    return join(Duration.ofHours(1));
  }

  private FindResult join(Duration wait) throws Exception {
    return joining(wait).find(RUN);
  }

  private FindResult await(Duration wait) throws Exception {
    return joining(wait).await(RUN);
  }

  private RunFollower joining(Duration wait) {
    Follower follower =
        (runner, run, _, viewer) -> {
          assertThat(run).isEqualTo(RUN);
          followed.add(runner);
          return scripts.get(runner).play(viewer);
        };
    return new RunFollower(store, finder(), follower, wait, new Viewer(), said::add);
  }

  private Finder finder() {
    Lookup lookup =
        (_, _) -> {
          asked++;
          lookups.getOrDefault(asked, () -> {}).run();
          return new LookupResult.Found(holding, running, List.of());
        };
    return new Finder(
        store,
        new Holders(lookup, new ScriptedHolders()),
        new ResultRules(signing.verifier(), Acceptance.EVERYTHING),
        said::add);
  }

  private static Replayable hit(FindResult found) {
    return ((FindResult.Hit) found).result();
  }

  private static String replayed(Replayable result) throws Exception {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    result.replay((_, buffer, offset, length) -> both.write(buffer, offset, length));
    return both.toString(UTF_8);
  }

  /** Whoever is asked has the result. */
  private final class ScriptedHolders implements Fetch {

    @Override
    public Attestation attestation(Holder holder, RunKey key) {
      return result.attestation();
    }

    @Override
    public Download bundle(Holder holder, Content bundle, long from) {
      try {
        return new DownloadBytes(Files.readAllBytes(result.bundle()), from);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final class Viewer implements ExecutionListener {

    @Override
    public void accept(RunEvent event) {
      switch (event) {
        case RunEvent.TestOutput(OutputStreamName _, OutputBytes bytes) -> bytes.to(shown);
        case RunEvent.Stage _ -> throw new AssertionError("a stage elsewhere is no step here");
        case RunEvent.Message _ -> {}
      }
    }
  }
}
