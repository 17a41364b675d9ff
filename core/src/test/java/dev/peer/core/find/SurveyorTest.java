package dev.peer.core.find;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.key.KeyInput;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.Content;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.Records;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.Signing;
import dev.peer.core.store.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SurveyorTest {

  private static final RepoId REPO = Records.inputs().repo();
  private static final RunKey KEY = Records.inputs().key();

  @TempDir private Path directory;

  private final Map<String, Attestation> holders = new TreeMap<>();
  private LookupResult others = new LookupResult.Absent();
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
  void seesAResultInTheStoreAndAsksNobody() throws Exception {
    keep();
    others = new LookupResult.Unavailable("nobody should be asked");

    Survey survey = surveyor().survey(REPO, KEY);

    assertThat(survey.held().orElseThrow().holder()).isEmpty();
    assertThat(survey.unavailable()).isEmpty();
  }

  @Test
  void seesAHoldersResultAndKeepsNothing() throws Exception {
    found("holder", result.attestation());

    Survey survey = surveyor().survey(REPO, KEY);

    assertThat(survey.held().orElseThrow().holder()).contains(new PeerId("holder"));
    assertThat(survey.held().orElseThrow().attestation().key()).isEqualTo(KEY);
    assertThat(survey.held().orElseThrow().delivery())
        .contains(new Delivery(new PeerId("holder"), Files.size(result.bundle()), 0));
    assertThat(store.entries().list()).isEmpty();
  }

  @Test
  void namesWhatDoesNotCountAndLooksOn() throws Exception {
    acceptance = new Acceptance(KeptOrigin.BLANK, ClaimedHistory.UNKNOWN);
    keep();
    found("holder", result.attestation());

    Survey survey = surveyor().survey(REPO, KEY);

    assertThat(survey.held()).isEmpty();
    assertThat(survey.onlyRefused()).isTrue();
    assertThat(survey.failures())
        .extracting(Survey.Failure::why)
        .anyMatch(why -> why.startsWith("the result in the local store does not count here"))
        .anyMatch(why -> why.startsWith("the result of holder does not count here"));
  }

  @Test
  void namesAHolderWhoseEvidenceDoesNotHoldAndLooksOn() throws Exception {
    found("a-stranger", new Signing().result(directory.resolve("other"), "x").attestation());
    found("b-gone", null);

    Survey survey = surveyor().survey(REPO, KEY);

    assertThat(survey.held()).isEmpty();
    assertThat(survey.onlyRefused()).isTrue();
    assertThat(survey.failures())
        .extracting(Survey.Failure::why)
        .anyMatch(why -> why.contains("a-stranger is refused"))
        .anyMatch(why -> why.contains("b-gone does not give"));

    found("c-honest", result.attestation());
    assertThat(surveyor().survey(REPO, KEY).held().orElseThrow().holder())
        .contains(new PeerId("c-honest"));
  }

  @Test
  void aHolderOutOfReachIsAMiss() throws Exception {
    found("gone", null);

    assertThat(surveyor().survey(REPO, KEY).onlyRefused()).isFalse();
  }

  @Test
  void leavesAnEntryOfTheStoreThatDoesNotHoldWhereItIs() throws Exception {
    keep();
    Path entry = store.entries().find(REPO, KEY).orElseThrow().bundleFile().getParent();
    Files.writeString(entry.resolve("attestation.json"), "{}");

    Survey survey = surveyor().survey(REPO, KEY);

    assertThat(survey.onlyRefused()).isTrue();
    assertThat(survey.failures().getFirst().why()).contains("local store is refused");
    assertThat(entry).exists();
  }

  @Test
  void saysWhoRunsItAndWithWhomItFailed() throws Exception {
    LookupResult.Failure failure =
        new LookupResult.Failure(
            holder("unlucky"),
            Optional.of(new FollowResult.Failed("test", Optional.of(3), Instant.EPOCH)));
    others = new LookupResult.Found(List.of(), List.of(holder("runner")), List.of(failure));

    Survey survey = surveyor().survey(REPO, KEY);

    assertThat(survey.held()).isEmpty();
    assertThat(survey.running()).containsExactly(new PeerId("runner"));
    assertThat(survey.failed()).containsExactly(failure);
  }

  @Test
  void saysWhyNobodyCouldBeAsked() throws Exception {
    others = new LookupResult.Unavailable("the rendezvous is down");

    assertThat(surveyor().survey(REPO, KEY).unavailable()).contains("the rendezvous is down");
  }

  @Test
  void theNearestIsTheOneThatDiffersInTheFewestInputs() throws Exception {
    keep();
    RunInputs here = Records.inputs();
    RunInputs wanted =
        new RunInputs(
            here.repo(),
            here.tree(),
            Optional.empty(),
            "lint",
            here.arguments(),
            new TreeMap<>(Map.of("LANG", "C")),
            here.image(),
            here.architecture(),
            here.network());

    Surveyor.Near near = surveyor().nearest(wanted).orElseThrow();

    assertThat(near.attestation().key()).isEqualTo(KEY);
    assertThat(near.differences())
        .extracting(KeyInput.Difference::either)
        .extracting(KeyInput::name)
        .containsExactly("target", "variable LANG");
  }

  @Test
  void whatDoesNotHoldOrIsTheRunItselfIsNotNearIt() throws Exception {
    assertThat(surveyor().nearest(Records.inputs())).isEmpty();
    keep();
    assertThat(surveyor().nearest(Records.inputs())).isEmpty();
  }

  private void keep() throws Exception {
    store.keep(signing.verified(result, directory.resolve("unpacked"))).close();
  }

  private void found(String name, Attestation attestation) {
    holders.put(name, attestation);
    others = new LookupResult.Found(holders.keySet().stream().map(SurveyorTest::holder).toList());
  }

  private static Holder holder(String name) {
    return new Holder(new PeerId(name), List.of());
  }

  private Surveyor surveyor() {
    return new Surveyor(
        store,
        Optional.of(new Holders((repo, key) -> others, new KnownHolders())),
        new ResultRules(signing.verifier(), acceptance),
        _ -> {});
  }

  /** Give evidence, and no bundle. */
  private final class KnownHolders implements Fetch {

    @Override
    public Attestation attestation(Holder holder, RunKey key) throws FetchException {
      Attestation attestation = holders.get(holder.id().text());
      if (attestation == null) {
        throw new FetchException(FetchException.Fault.UNREACHABLE, "connection refused");
      }
      return attestation;
    }

    @Override
    public Download bundle(Holder holder, Content bundle, long from) {
      throw new AssertionError("a bundle is asked for");
    }
  }
}
