package dev.peer.core.sign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.access.AccessRule;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.id.TreeId;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.key.RunInputs;
import dev.peer.core.pem.Pem;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.record.PreparationNetwork;
import dev.peer.core.record.Provenance;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.StageTimes;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.record.Tries;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.TrustAnchors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Evidence that the installed command of each release made: it is verified for good.
 *
 * <p>The files are below {@code golden/RELEASE/TARGET}: results of the targets {@code test} and
 * {@code report} of one small repository, as its store had them, and {@code golden/RELEASE/ca.pem},
 * whose certificates are good for a hundred years.
 */
class GoldenEvidenceTest {

  private static final Path GOLDEN =
      Path.of("src", "test", "resources", "dev", "peer", "core", "golden");
  private static final Instant LATER = Instant.parse("2036-01-01T00:00:00Z");

  @TempDir private Path directory;

  @Test
  void evidenceOf050HoldsAndSaysWhatItDid() throws Exception {
    Verified tested = verified("0.5.0", "test");
    RunRecord record = tested.whole.record();

    assertThat(record.inputs())
        .isEqualTo(
            new RunInputs(
                new RepoId("example.org/golden"),
                new TreeId("a623545e2de8ba2b137ca7b28c25f8b606eac9f6"),
                Optional.empty(),
                "test",
                List.of("TABLE=1"),
                new TreeMap<>(Map.of("LEVEL", "gold")),
                Digest.ofHex("fdb83e9287896bf43e7422dcf3d732ca6af55c0daf7c41a991a129c95b7a60eb"),
                Architecture.AMD64,
                NetworkMode.NONE));
    assertThat(record.inputs().key())
        .isEqualTo(
            RunKey.ofHex("ac6b05590111d5b798fa242ba875f1a818372d4b9f898d3345a7d83cf8f1348e"));
    assertThat(record.secretNames()).containsExactly("TOKEN");
    assertThat(record.provenance()).isEqualTo(new Provenance.Unstated());
    assertThat(record.provenance().origin()).isEqualTo(KeptOrigin.ANY);
    assertThat(tested.text(OutputStreamName.STDOUT)).isEqualTo("golden gold\n");
    assertThat(tested.text(OutputStreamName.STDERR)).isEqualTo("on stderr\n");
    assertThat(tested.attestation.signer().id().text()).isEqualTo("urn:peer:runner");
    assertThat(tested.attestation.evidence().timestamp()).isEmpty();
  }

  @Test
  void evidenceOf050HoldsWithItsCommitItsArtifactAndItsTimestamp() throws Exception {
    Verified reported = verified("0.5.0", "report");
    RunRecord record = reported.whole.record();

    assertThat(record.inputs().commit())
        .contains(new CommitId("49343606caf237ac353c66a68f76de1097cd79cb"));
    assertThat(record.provenance()).isEqualTo(new Provenance.Unstated());
    assertThat(reported.whole.artifacts()).hasSize(1);
    assertThat(
            reported.whole.files().artifact((Artifact.File) reported.whole.artifacts().getFirst()))
        .hasContent("level gold\n");
    assertThat(reported.timestamp()).isEqualTo(Instant.parse("2026-11-28T16:45:47Z"));
  }

  @Test
  void evidenceOf060HoldsAndSaysWhatItDid() throws Exception {
    Verified tested = verified("0.6.0", "test");
    RunRecord record = tested.whole.record();

    assertThat(record.inputs())
        .isEqualTo(
            new RunInputs(
                new RepoId("example.org/golden"),
                new TreeId("15ebcd3f0a0c135499bb78821c24cb9b34c46aaf"),
                Optional.empty(),
                "test",
                List.of("TABLE=1"),
                new TreeMap<>(Map.of("LEVEL", "gold")),
                Digest.ofHex("47c70a47e960755c4bcb47953ae5a2f0d5035df497b85de9526502dd16317b91"),
                Architecture.AMD64,
                NetworkMode.NONE));
    assertThat(record.inputs().key())
        .isEqualTo(
            RunKey.ofHex("5b85f40d1be37c4b612adc89f3a903f971514a8f0ff5ea90844ebc45af854151"));
    assertThat(record.secretNames()).containsExactly("TOKEN");
    assertThat(record.provenance()).isEqualTo(stated(StartedFrom.BLANK));
    assertThat(tested.text(OutputStreamName.STDOUT)).isEqualTo("golden gold\n");
    assertThat(tested.text(OutputStreamName.STDERR)).isEqualTo("on stderr\n");
    assertThat(tested.attestation.signer().id().text()).isEqualTo("urn:peer:runner");
  }

  @Test
  void evidenceOf060HoldsWithTheTrunksDiskItsArtifactAndItsTimestamp() throws Exception {
    Verified reported = verified("0.6.0", "report");
    RunRecord record = reported.whole.record();
    CommitId commit = new CommitId("75cb6cf91027662398b1a1d19ebb1ec2198dbf91");

    assertThat(record.inputs().commit()).contains(commit);
    assertThat(record.provenance())
        .isEqualTo(stated(new StartedFrom(KeptOrigin.TRUNK, List.of(commit))));
    assertThat(reported.whole.artifacts()).hasSize(1);
    assertThat(
            reported.whole.files().artifact((Artifact.File) reported.whole.artifacts().getFirst()))
        .hasContent("level gold\n");
    assertThat(reported.timestamp()).isEqualTo(Instant.parse("2026-11-28T18:07:05Z"));
  }

  private static Provenance stated(StartedFrom startedFrom) {
    return new Provenance.Stated(
        startedFrom,
        PreparationNetwork.open(false),
        "9base 1:6-13+bb95e02ac72d",
        "4+1ff8c8804d3a",
        Tries.ONCE,
        StageTimes.UNSTATED);
  }

  /** What was verified of a result, by its attestation and by its bundle. */
  private record Verified(VerifiedAttestation attestation, VerifiedRecord whole) {

    String text(OutputStreamName stream) throws Exception {
      RunFiles files = whole.files();
      return Files.readString(files.output(stream));
    }

    Instant timestamp() {
      return attestation.evidence().timestamp().orElseThrow().time();
    }
  }

  private Verified verified(String release, String target) throws Exception {
    Path result = GOLDEN.resolve(release).resolve(target);
    CertificateValidator validator =
        new CertificateValidator(
            TrustAnchors.of(
                Pem.certificates(
                    "ca.pem", Files.readString(GOLDEN.resolve(release).resolve("ca.pem")))),
            RevocationLists.none());
    RecordVerifier verifier =
        new RecordVerifier(validator, AccessRule.anyone(), InstantSource.fixed(LATER));
    VerifiedAttestation attestation =
        verifier.verifyAnyRun(
            Attestation.of(Files.readAllBytes(result.resolve("attestation.json"))), KeptLists.NONE);
    VerifiedRecord whole =
        verifier.verify(attestation, result.resolve("bundle.tar.zst"), directory);
    return new Verified(attestation, whole);
  }
}
