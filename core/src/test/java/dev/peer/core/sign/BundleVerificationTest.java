package dev.peer.core.sign;

import static dev.peer.core.trust.CertificateMaker.NOW;
import static dev.peer.core.trust.CertificateMaker.leaf;
import static dev.peer.core.trust.CertificateMaker.root;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.access.AccessRule;
import dev.peer.core.record.BundleWriter;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.WrittenBundle;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.Made;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.TrustAnchors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleVerificationTest {

  @TempDir private Path directory;

  private final Made root = root("Root").make();
  private final RecordVerifier verifier =
      new RecordVerifier(
          new CertificateValidator(
              TrustAnchors.of(List.of(root.certificate())), RevocationLists.none()),
          AccessRule.anyone(),
          InstantSource.fixed(NOW));
  private RunSigner signer;
  private Path bundle;
  private WrittenBundle written;
  private VerifiedAttestation attestation;

  @BeforeEach
  void signARun() throws Exception {
    RunFiles files = new RunFiles(Files.createDirectories(directory.resolve("run")));
    Runs.writeFiles(files);
    RunRecord record = Runs.passed();
    bundle = directory.resolve("bundle.tar.zst");
    written = BundleWriter.write(record, files, bundle);
    Made alice = leaf("alice", root).make();
    signer = new RunSigner(Credentials.of(List.of(alice.certificate()), alice.keys().getPrivate()));
    attestation = verifier.verify(signer.sign(record, written.content()), record.inputs().key());
  }

  @Test
  void unpacksTheBundleThatWasSigned() throws Exception {
    VerifiedRecord verified = verifier.verify(attestation, bundle, empty());

    assertThat(verified.attestation()).isSameAs(attestation);
    assertThat(verified.record()).isEqualTo(Runs.passed());
    assertThat(verified.bundleFile()).isEqualTo(bundle);
    assertThat(verified.files().artifacts().resolve("report.txt")).hasContent("report");
  }

  @Test
  void refusesABundleOfWhichOneByteDiffers() throws Exception {
    byte[] bytes = Files.readAllBytes(bundle);
    for (int i = 0; i < bytes.length; i += 17) {
      byte[] flipped = bytes.clone();
      flipped[i] ^= 1;
      Files.write(bundle, flipped);

      assertThatThrownBy(() -> verifier.verify(attestation, bundle, empty()))
          .isInstanceOf(VerificationException.class);
    }
  }

  @Test
  void refusesABundleThatIsShorterOrLonger() throws Exception {
    byte[] bytes = Files.readAllBytes(bundle);
    for (int length : new int[] {0, bytes.length - 1, bytes.length + 1}) {
      Files.write(bundle, Arrays.copyOf(bytes, length));

      assertThatThrownBy(() -> verifier.verify(attestation, bundle, empty()))
          .isInstanceOf(VerificationException.class);
    }
  }

  @Test
  void takesTheBundleThatWasWrittenAsItIs() throws Exception {
    VerifiedRecord verified = verifier.verify(attestation, written);

    assertThat(verified.attestation()).isSameAs(attestation);
    assertThat(verified.bundleFile()).isEqualTo(bundle);
    assertThat(verified.files()).isEqualTo(written.files());
  }

  @Test
  void refusesAnotherBundleThanTheSignedOneThatWasWritten() throws Exception {
    WrittenBundle other =
        BundleWriter.write(
            Runs.finishedAt(NOW.minusSeconds(5)), written.files(), directory.resolve("other"));

    assertThatThrownBy(() -> verifier.verify(attestation, other))
        .isInstanceOf(VerificationException.class)
        .hasMessage("it is of another bundle than was written");
  }

  /** A signer that says something else of the same bytes. */
  @Test
  void refusesAnotherRecordThanTheOneThatWasWritten() throws Exception {
    RunRecord other = Runs.finishedAt(NOW.minusSeconds(5));
    VerifiedAttestation lying =
        verifier.verify(signer.sign(other, written.content()), other.inputs().key());

    assertThatThrownBy(() -> verifier.verify(lying, written))
        .isInstanceOf(VerificationException.class)
        .hasMessage("it is of another record than was written");
  }

  @Test
  void refusesTheBundleOfAnotherRun() throws Exception {
    Path other = directory.resolve("other.tar.zst");
    BundleWriter.write(
        Runs.finishedAt(NOW.minusSeconds(5)), new RunFiles(directory.resolve("run")), other);

    assertThatThrownBy(() -> verifier.verify(attestation, other, empty()))
        .isInstanceOf(VerificationException.class);
  }

  private Path empty() throws Exception {
    return Files.createTempDirectory(directory, "unpacked");
  }
}
