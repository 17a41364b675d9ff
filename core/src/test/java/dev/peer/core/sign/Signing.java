package dev.peer.core.sign;

import static dev.peer.core.trust.CertificateMaker.NOW;

import dev.peer.core.access.AccessRule;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.BundleWriter;
import dev.peer.core.record.Content;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.Provenance;
import dev.peer.core.record.Records;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import dev.peer.core.trust.CertificateMaker;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.Lists;
import dev.peer.core.trust.Made;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.RevocationMode;
import dev.peer.core.trust.TrustAnchors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A team's CA, which outlasts its one signer, for the tests of what comes after signing. */
public final class Signing {

  private final Made root =
      CertificateMaker.root("Team CA").until(NOW.plus(Duration.ofDays(40))).make();
  private final Credentials credentials;
  private RevocationLists lists = RevocationLists.none();

  /** Makes the CA and the signer. */
  public Signing() throws Exception {
    Made leaf = CertificateMaker.leaf("signer", root).make();
    credentials = Credentials.of(List.of(leaf.certificate()), leaf.keys().getPrivate());
  }

  /**
   * A signed result as a holder has it.
   *
   * @param record what ran
   * @param attestation the evidence
   * @param bundle the bundle's file
   */
  public record Result(RunRecord record, Attestation attestation, Path bundle) {}

  /** Makes a result in this directory, which must be empty. */
  public Result result(Path directory, String artifact) throws IOException {
    return result(directory, artifact, Records.provenance());
  }

  /** The same, of another provenance. */
  public Result result(Path directory, String artifact, Provenance.Stated provenance)
      throws IOException {
    RunFiles files = new RunFiles(Files.createDirectories(directory.resolve("files")));
    return sign(
        Records.with(
            Records.make(files, Map.of("artifact", artifact.getBytes(StandardCharsets.UTF_8))),
            provenance),
        files,
        directory);
  }

  /** A result of these inputs, without artifacts. */
  public Result result(Path directory, RunInputs inputs) throws IOException {
    RunFiles files = new RunFiles(Files.createDirectories(directory.resolve("files")));
    RunRecord made = Records.make(files, Map.of());
    return sign(Records.record(inputs, made.output(), made.artifacts()), files, directory);
  }

  private Result sign(RunRecord record, RunFiles files, Path directory) throws IOException {
    Path bundle = directory.resolve("bundle");
    try {
      Content content = BundleWriter.write(record, files, bundle).content();
      return new Result(record, signer().sign(record, content), bundle);
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  /** From now on verifiers have a list of the CA, with nobody on it. */
  public void revokeNobody() {
    lists = RevocationLists.of(List.of(Lists.by(root).make()), RevocationMode.CURRENT);
  }

  /** The CA. */
  public Made root() {
    return root;
  }

  public RunSigner signer() {
    return new RunSigner(credentials);
  }

  public RecordVerifier verifier() {
    return new RecordVerifier(
        new CertificateValidator(TrustAnchors.of(List.of(root.certificate())), lists),
        AccessRule.anyone(),
        () -> NOW);
  }

  /** Verifies a result as whoever fetched it does. */
  public VerifiedRecord verified(Result result, Path unpackInto) throws Exception {
    RecordVerifier verifier = verifier();
    return verifier.verify(
        verifier.verify(result.attestation(), result.record().inputs().key()),
        result.bundle(),
        Files.createDirectories(unpackInto));
  }
}
