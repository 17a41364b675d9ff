package dev.peer.core.flow;

import static dev.peer.core.trust.CertificateMaker.NOW;
import static dev.peer.core.trust.CertificateMaker.root;
import static dev.peer.core.trust.CertificateMaker.timestamper;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.find.Replayable;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.RunEvent;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.Content;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.record.Records;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.TestOutput;
import dev.peer.core.secret.RunSecrets;
import dev.peer.core.secret.SecretException;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.Signing;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.sign.VerifiedRecord;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredEntry;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.timestamp.TimestampException;
import dev.peer.core.timestamp.TimestampToken;
import dev.peer.core.timestamp.Timestampers;
import dev.peer.core.trust.Made;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

  /** What a reader of the bundle would refuse, and what its record must have for that. */
  enum Refused {
    CONTENT("the bundle's entry \"artifacts/report\" has another digest than the record says") {
      @Override
      RunRecord in(RunFiles files) throws IOException {
        RunRecord record = Records.make(files, Map.of("report", new byte[] {1}));
        Files.write(files.artifacts().resolve("report"), new byte[] {2});
        return record;
      }
    },
    OUTPUT("the bundle's entry \"stdout\" has another digest than the record says") {
      @Override
      RunRecord in(RunFiles files) throws IOException {
        RunRecord record = Records.make(files, Map.of());
        Files.writeString(files.output(OutputStreamName.STDOUT), "one\nTHREE");
        return record;
      }
    },
    TIMING("timing: ") {
      @Override
      RunRecord in(RunFiles files) throws IOException {
        TestOutput output = Records.make(files, Map.of()).output();
        byte[] timing = "stdout 0 3\n".getBytes(UTF_8);
        Files.write(files.timing(), timing);
        Content other = new Content(timing.length, Digest.of(timing));
        return Records.record(new TestOutput(output.stdout(), output.stderr(), other), List.of());
      }
    },
    SIZE("the result's files have ") {
      @Override
      RunRecord in(RunFiles files) throws IOException {
        RunRecord record = Records.make(files, Map.of());
        Content large = new Content(65L << 30, Digest.of(new byte[0]));
        return Records.record(record.output(), List.of(Artifact.file("large", false, large)));
      }
    },
    RECORD("the bundle's record is too large") {
      @Override
      RunRecord in(RunFiles files) throws IOException {
        List<Artifact> links = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
          links.add(new Artifact.Link("link" + i, "x".repeat(1_000)));
        }
        return Records.record(Records.make(files, Map.of()).output(), links);
      }
    };

    private final String why;

    Refused(String why) {
      this.why = why;
    }

    abstract RunRecord in(RunFiles files) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void keepsNothingThatOthersWouldRefuse(Refused refused) throws Exception {
    RunOutcome outcome = outcome(refused::in, Optional.empty());

    assertThat(outcome).isInstanceOf(RunOutcome.RanUnsigned.class);
    assertThat(((RunOutcome.RanUnsigned) outcome).why())
        .startsWith("others would refuse it: " + refused.why);
    assertThat(store.entries().list()).isEmpty();
    assertThat(directory.resolve("store/staging")).isEmptyDirectory();
  }

  /** A reader unpacks it, as it was never unpacked here. */
  @Test
  void keepsWhatAReaderUnpacks() throws Exception {
    byte[] large = new byte[5 << 20];
    new Random(1).nextBytes(large);
    RunOutcome outcome =
        outcome(
            files -> Records.make(files, Map.of("large", large, "dir/small", new byte[] {1})),
            Optional.empty());
    ((RunOutcome.Ran) outcome).result().close();
    StoredEntry kept =
        store.entries().find(Records.inputs().repo(), Records.inputs().key()).orElseThrow();

    RecordVerifier reader = signing.verifier();
    VerifiedRecord verified =
        reader.verify(
            reader.verify(kept.attestation(), Records.inputs().key()),
            kept.bundleFile(),
            Files.createDirectory(directory.resolve("reader")));

    assertThat(verified.files().artifacts().resolve("large")).hasBinaryContent(large);
    assertThat(verified.files().artifacts().resolve("dir/small")).hasBinaryContent(new byte[] {1});
  }

  @Test
  void announcesNoRunThatCannotStart() {
    Coordination announced =
        new Coordination(Optional.of(new NoAnnouncer()), Optional.empty(), MachineSlots.AT_ONCE);
    SecretSource none =
        () -> {
          throw new SecretException("TOKEN has no value", "set it");
        };

    assertThatThrownBy(
            () -> outcome(new NoMachine(), Optional.empty(), announced, () -> RunSecrets.NONE))
        .isInstanceOf(ExecutorException.class)
        .hasMessage("there is no QEMU");
    assertThatThrownBy(() -> outcome(new NoMachine(), Optional.empty(), announced, none))
        .isInstanceOf(SecretException.class);
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
    RunOutcome outcome = outcome(files -> Records.make(files, Map.of()), stamper);
    try (Replayable result = ((RunOutcome.Ran) outcome).result()) {
      return result.verified().attestation();
    }
  }

  /** A run that passes. */
  @FunctionalInterface
  private interface Run {

    RunRecord in(RunFiles files) throws IOException;
  }

  private RunOutcome outcome(Run run, Optional<Stamper> stamper) throws Exception {
    return outcome(new PassingMachine(run), stamper, Coordination.NONE, () -> RunSecrets.NONE);
  }

  private RunOutcome outcome(
      Executor executor, Optional<Stamper> stamper, Coordination coordination, SecretSource secrets)
      throws Exception {
    RunFlow flow =
        new RunFlow(
            store,
            null,
            executor,
            new Attester(signing.signer(), signing.verifier(), stamper, said::add),
            coordination,
            said::add);
    return flow.run(Records.inputs(), (_, _) -> {}, CacheUse.NONE, secrets, new Silence());
  }

  private record PassingMachine(Run run) implements Executor {

    @Override
    public void requireMachine(Architecture architecture) {}

    @Override
    public ExecutionResult execute(ExecutionRequest request, ExecutionListener listener) {
      try {
        return new ExecutionResult.Passed(run.in(request.files()));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static final class NoMachine implements Executor {

    @Override
    public void requireMachine(Architecture architecture) throws ExecutorException {
      throw new ExecutorException("there is no QEMU", "install it");
    }

    @Override
    public ExecutionResult execute(ExecutionRequest request, ExecutionListener listener) {
      throw new AssertionError("it cannot run");
    }
  }

  private static final class NoAnnouncer implements Announcer {

    @Override
    public Announcement announce(StoredRecord record) {
      throw new AssertionError("there is no result");
    }

    @Override
    public RunAnnouncement announceRun(RepoId repo, RunKey key, String goal) {
      throw new AssertionError("there is no run");
    }
  }

  private static final class Silence implements ExecutionListener {

    @Override
    public void accept(RunEvent event) {}
  }
}
