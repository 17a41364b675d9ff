package dev.peer.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.peer.core.access.AccessRule;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.TreeId;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.key.RunInputs;
import dev.peer.core.pem.Pem;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.Artifacts;
import dev.peer.core.record.BundleWriter;
import dev.peer.core.record.Content;
import dev.peer.core.record.OutputRecorder;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.StageTimes;
import dev.peer.core.record.TestOutput;
import dev.peer.core.record.WrittenBundle;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.RunSigner;
import dev.peer.core.sign.SignedRuns;
import dev.peer.core.store.Store;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.TrustAnchors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A repository, and a result of it in a peer's store, signed by that peer and made without a
 * machine: its output can be whatever a test wants to see replayed.
 */
record SignedResult(Repository repository) {

  private static final int MOST = 10;
  static final Digest IMAGE = Digest.of(new byte[0]);

  static SignedResult of(Team team, Peer signer, String stdout, String stderr) throws Exception {
    Repository repository = repository(team, "replayed").commit();
    sign(team, signer, repository, output(stdout, stderr), Map.of());
    return new SignedResult(repository);
  }

  /** A repository of whose commits there may be results, with nothing committed yet. */
  static Repository repository(Team team, String name) throws Exception {
    return Repository.init(team.root().resolve(name))
        .write("mkfile", "test:VQ:\n\ttrue\n")
        .write(".env", "PEER_REPO=example.org/replayed\nPEER_IMAGE=" + IMAGE + "\n");
  }

  /**
   * Puts a result of the repository's commit into a peer's store, beside those that are there.
   *
   * @param output writes what it put out
   * @param artifacts their contents, by name; all are executable
   */
  static void sign(
      Team team, Peer signer, Repository repository, Output output, Map<String, String> artifacts)
      throws Exception {
    Path directory = Files.createTempDirectory(team.root(), "result");
    RunFiles files = new RunFiles(Files.createDirectory(directory.resolve("files")));
    RunRecord record = record(repository, output.of(files), artifacts(files, artifacts));
    WrittenBundle written = BundleWriter.write(record, files, directory.resolve("bundle"));
    Map<String, String> environment = signer.environment();
    Attestation attestation = new RunSigner(credentials(signer)).sign(record, written.content());
    RecordVerifier verifier =
        new RecordVerifier(
            new CertificateValidator(
                TrustAnchors.of(Pem.certificates("PEER_CA", text(environment, "PEER_CA"))),
                RevocationLists.none()),
            AccessRule.anyone(),
            InstantSource.system());
    Store.open(signer.store(), MOST)
        .keep(verifier.verify(verifier.verify(attestation, record.inputs().key()), written))
        .close();
  }

  /** What a peer signs with. */
  static Credentials credentials(Peer signer) throws Exception {
    Map<String, String> environment = signer.environment();
    return Credentials.of(
        Pem.certificates("PEER_CERT", text(environment, "PEER_CERT")),
        Pem.privateKey("PEER_KEY", text(environment, "PEER_KEY")));
  }

  /** What a run put out. */
  interface Output {

    /** Writes it. */
    TestOutput of(RunFiles files) throws Exception;
  }

  static Output output(String stdout, String stderr) {
    return files -> {
      try (OutputRecorder recorder = new OutputRecorder(files, () -> 0)) {
        byte[] out = stdout.getBytes(UTF_8);
        recorder.write(OutputStreamName.STDOUT, out, 0, out.length);
        byte[] err = stderr.getBytes(UTF_8);
        recorder.write(OutputStreamName.STDERR, err, 0, err.length);
        return recorder.finish();
      }
    };
  }

  private static List<Artifact> artifacts(RunFiles files, Map<String, String> contents)
      throws Exception {
    List<Artifact> artifacts = new ArrayList<>();
    for (Map.Entry<String, String> content : new TreeMap<>(contents).entrySet()) {
      byte[] bytes = content.getValue().getBytes(UTF_8);
      Path file = files.artifacts().resolve(content.getKey());
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
      artifacts.add(
          Artifact.file(content.getKey(), true, new Content(bytes.length, Digest.of(bytes))));
    }
    return artifacts;
  }

  private static RunRecord record(
      Repository repository, TestOutput output, List<Artifact> artifacts) throws Exception {
    Instant now = Instant.now();
    return new RunRecord(
        new RunInputs(
            new RepoId("example.org/replayed"),
            new TreeId(repository.tree()),
            Optional.empty(),
            "test",
            List.of(),
            new TreeMap<>(),
            IMAGE,
            Architecture.AMD64,
            NetworkMode.NONE),
        0,
        now.minusSeconds(61),
        now.minusSeconds(1),
        "localhost/ci-base",
        "sha256:" + "0".repeat(64),
        List.of(),
        "tcg",
        1,
        1L << 30,
        SignedRuns.provenance(StageTimes.UNSTATED),
        output,
        new Artifacts.Listed(artifacts),
        Optional.empty());
  }

  private static String text(Map<String, String> environment, String name) throws Exception {
    return Files.readString(Path.of(environment.get(name)));
  }
}
