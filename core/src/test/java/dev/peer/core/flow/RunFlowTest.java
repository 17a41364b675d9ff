package dev.peer.core.flow;

import static dev.peer.core.trust.CertificateMaker.NOW;
import static dev.peer.core.trust.CertificateMaker.root;
import static dev.peer.core.trust.CertificateMaker.timestamper;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.find.Replayable;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.RunEvent;
import dev.peer.core.record.Records;
import dev.peer.core.secret.RunSecrets;
import dev.peer.core.sign.Signing;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.store.Store;
import dev.peer.core.timestamp.TimestampException;
import dev.peer.core.timestamp.TimestampToken;
import dev.peer.core.timestamp.Timestampers;
import dev.peer.core.trust.Made;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFlowTest {

  private static final Instant LATER = NOW.plus(Duration.ofDays(20));

  @TempDir private Path directory;

  private final List<String> said = new ArrayList<>();
  private Signing signing;
  private Store store;

  @BeforeEach
  void open() throws Exception {
    signing = new Signing();
    store = Store.open(directory.resolve("store"), 1);
  }

  @Test
  void stampsTheSignatureOfWhatItRan() throws Exception {
    Made tsa = timestamper("tsa", signing.root()).until(LATER).make();

    VerifiedAttestation result = run(Optional.of(stamper(tsa, signing.root())));

    assertThat(said).isEmpty();
    assertThat(result.evidence().until()).isEqualTo(LATER);
    assertThat(result.evidence().timestamp().orElseThrow().authority().text()).isEqualTo("CN=tsa");
    assertThat(kept()).isEqualTo(result.envelope().bytes());
  }

  @Test
  void runsAndKeepsWithoutATimestampWhereNoneIsAskedFor() throws Exception {
    VerifiedAttestation result = run(Optional.empty());

    assertThat(said).isEmpty();
    assertThat(result.evidence().timestamp()).isEmpty();
    assertThat(new String(kept(), UTF_8)).doesNotContain("timestamp");
  }

  @Test
  void saysThatThereIsNoTimestampAndGoesOn() throws Exception {
    VerifiedAttestation result =
        run(
            Optional.of(
                _ -> {
                  throw new TimestampException("tsa.example.org: no answer in time");
                }));

    assertThat(said)
        .containsExactly(
            "the result goes out without a timestamp: tsa.example.org: no answer in time");
    assertThat(kept()).isEqualTo(result.envelope().bytes());
    assertThat(new String(kept(), UTF_8)).doesNotContain("timestamp");
  }

  @Test
  void takesNoTimestampThatWouldNotCount() throws Exception {
    Made strange = root("Team CA").make();
    Made stranger = timestamper("tsa", strange).make();
    Stamper overSomethingElse =
        _ -> stamper(timestamper("tsa", signing.root()).make(), signing.root()).stamp(new byte[1]);

    run(Optional.of(stamper(stranger, strange)));
    run(Optional.of(overSomethingElse));
    run(Optional.of(_ -> TimestampToken.of(new byte[1])));

    assertThat(said).hasSize(3);
    assertThat(said.get(0)).contains("without a timestamp").contains("not trusted");
    assertThat(said.get(1)).contains("without a timestamp").contains("over something else");
    assertThat(said.get(2)).contains("without a timestamp").contains("not a time-stamp token");
    assertThat(new String(kept(), UTF_8)).doesNotContain("timestamp");
  }

  private static Stamper stamper(Made tsa, Made root) {
    return stamped -> {
      try {
        return Timestampers.token(Timestampers.authority(tsa, root, NOW), stamped);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    };
  }

  private byte[] kept() throws IOException {
    return store
        .entries()
        .find(Records.inputs().repo(), Records.inputs().key())
        .orElseThrow()
        .attestation()
        .bytes();
  }

  private VerifiedAttestation run(Optional<Stamper> stamper) throws Exception {
    Executor executor =
        (request, _) -> {
          try {
            return new ExecutionResult.Passed(Records.make(request.files(), Map.of()));
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        };
    RunFlow flow =
        new RunFlow(
            store,
            null,
            executor,
            new Attester(signing.signer(), signing.verifier(), stamper, said::add),
            Coordination.NONE,
            said::add);
    RunOutcome outcome =
        flow.run(
            Records.inputs(), (_, _) -> {}, CacheUse.NONE, () -> RunSecrets.NONE, new Silence());
    try (Replayable result = ((RunOutcome.Ran) outcome).result()) {
      return result.verified().attestation();
    }
  }

  private static final class Silence implements ExecutionListener {

    @Override
    public void accept(RunEvent event) {}
  }
}
